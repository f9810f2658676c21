//! Lambda function `clearance-ops`: answers `/api/health`, `/api/schema`, `/api/docs`, `/api/redoc`.

fn main() -> shared::lambda::Exit {
    shared::lambda::serve_http(&clearance::SYSTEM, &clearance::ops::GROUP)
}
