//! Lambda function `clearance-worker-image`: makes pictures small and deletes files, as messages of its queue say.

fn main() -> shared::lambda::Exit {
    shared::lambda::serve_queue(&clearance::SYSTEM)
}
