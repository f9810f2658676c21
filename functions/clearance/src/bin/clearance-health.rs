//! Lambda function `clearance-health`: answers `/api/health`, `/api/schema`, `/api/docs`, `/api/redoc`.

fn main() -> shared::lambda::Exit {
    shared::lambda::serve_http(&clearance::SYSTEM, &clearance::health::GROUP)
}
