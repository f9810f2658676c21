//! Lambda function `clearance-worker-delivery`: sends mails to one person, as messages of its queue say.

fn main() -> shared::lambda::Exit {
    shared::lambda::serve_queue(&clearance::SYSTEM)
}
