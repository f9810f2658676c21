//! Lambda function `rotc-analytics`: answers `/api/admin/analytics`, `/api/admin/search`, `/api/admin/locations`, `/api/admin/online-users`.

fn main() -> shared::lambda::Exit {
    shared::lambda::serve_http(&rotc::SYSTEM, &rotc::analytics::GROUP)
}
