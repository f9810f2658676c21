//! Lambda function `rotc-worker-upkeep`: does what the clock starts: clean-up, reports, as messages of its queue say.

fn main() -> shared::lambda::Exit {
    shared::lambda::serve_queue(&rotc::SYSTEM)
}
