//! Lambda function `rotc-worker-delivery`: sends mails and push messages, as messages of its queue say.

fn main() -> shared::lambda::Exit {
    shared::lambda::serve_queue(&rotc::SYSTEM)
}
