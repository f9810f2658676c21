//! Lambda function `rotc-worker-image`: does the jobs on stored files, as messages of its queue say.

fn main() -> shared::lambda::Exit {
    shared::lambda::serve_queue(&rotc::SYSTEM)
}
