//! Lambda function `rotc-reports`: answers `/api/reports`, `/api/certificates`, `/verify`.

fn main() -> shared::lambda::Exit {
    shared::lambda::serve_http(&rotc::SYSTEM, &rotc::reports::GROUP)
}
