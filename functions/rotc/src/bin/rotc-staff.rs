//! Lambda function `rotc-staff`: answers `/api/staff`, `/api/admin/staff`.

fn main() -> shared::lambda::Exit {
    shared::lambda::serve_http(&rotc::SYSTEM, &rotc::staff::GROUP)
}
