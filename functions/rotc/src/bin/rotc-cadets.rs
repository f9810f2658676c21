//! Lambda function `rotc-cadets`: answers `/api/cadets`, `/api/admin/cadets`, `/api/cadet/profile`, `/api/cadet/access`, `/api/cadet/acknowledge-guide`.

fn main() -> shared::lambda::Exit {
    shared::lambda::serve_http(&rotc::SYSTEM, &rotc::cadets::GROUP)
}
