//! Lambda function `clearance-worker-import`: imports files, as messages of its queue say.

fn main() -> shared::lambda::Exit {
    shared::lambda::serve_queue(&clearance::SYSTEM)
}
