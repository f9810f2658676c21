//! Lambda function `clearance-worker-upkeep`: does what the clock says, and sends mails to many people, as messages of its queue say.

fn main() -> shared::lambda::Exit {
    shared::lambda::serve_queue(&clearance::SYSTEM)
}
