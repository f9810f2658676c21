//! Lambda function `rotc-attendance`: answers `/api/attendance`.

fn main() -> shared::lambda::Exit {
    shared::lambda::serve_http(&rotc::SYSTEM, &rotc::attendance::GROUP)
}
