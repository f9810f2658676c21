//! Lambda function `rotc-exports`: answers `/api/export`.

fn main() -> shared::lambda::Exit {
    shared::lambda::serve_http(&rotc::SYSTEM, &rotc::exports::GROUP)
}
