//! Lambda function `rotc-excuses`: answers `/api/excuse`, `/api/excuse-letters`.

fn main() -> shared::lambda::Exit {
    shared::lambda::serve_http(&rotc::SYSTEM, &rotc::excuses::GROUP)
}
