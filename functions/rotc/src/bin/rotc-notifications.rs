//! Lambda function `rotc-notifications`: notices.

fn main() -> shared::lambda::Exit {
    shared::lambda::serve_http(&rotc::SYSTEM, &rotc::notifications::GROUP)
}
