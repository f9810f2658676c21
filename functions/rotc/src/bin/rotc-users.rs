//! Lambda function `rotc-users`: answers `/api/admin/users`, `/api/admin/purge`.

fn main() -> shared::lambda::Exit {
    shared::lambda::serve_http(&rotc::SYSTEM, &rotc::users::GROUP)
}
