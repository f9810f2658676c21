//! Lambda function `rotc-attendance`: training days and attendance.

fn main() -> shared::lambda::Exit {
    shared::lambda::serve_http(&rotc::SYSTEM, &rotc::attendance::GROUP)
}
