//! Lambda function `rotc-notifications`: answers `/api/cadet/notifications`, `/api/admin/notifications`.

fn main() -> shared::lambda::Exit {
    shared::lambda::serve_http(&rotc::SYSTEM, &rotc::notifications::GROUP)
}
