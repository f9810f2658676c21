//! Lambda function `rotc-messages`: answers `/api/messages`.

fn main() -> shared::lambda::Exit {
    shared::lambda::serve_http(&rotc::SYSTEM, &rotc::messages::GROUP)
}
