//! Lambda function `rotc-settings`: answers `/api/auth/settings`, `/api/settings`, `/api/system-settings`, `/api/admin/system-settings`, `/api/admin/settings`.

fn main() -> shared::lambda::Exit {
    shared::lambda::serve_http(&rotc::SYSTEM, &rotc::settings::GROUP)
}
