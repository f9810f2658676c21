//! Lambda function `rotc-recognition`: answers `/api/recognition`.

fn main() -> shared::lambda::Exit {
    shared::lambda::serve_http(&rotc::SYSTEM, &rotc::recognition::GROUP)
}
