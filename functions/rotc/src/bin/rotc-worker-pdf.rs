//! Lambda function `rotc-worker-pdf`: makes documents, as messages of its queue say.

fn main() -> shared::lambda::Exit {
    shared::lambda::serve_queue(&rotc::SYSTEM)
}
