//! Lambda function `rotc-worker-import`: does imports, as messages of its queue say.

fn main() -> shared::lambda::Exit {
    shared::lambda::serve_queue(&rotc::SYSTEM)
}
