//! Lambda function `clearance-certificates`: answers `/api/certificates`, `/verify`.

fn main() -> shared::lambda::Exit {
    shared::lambda::serve_http(&clearance::SYSTEM, &clearance::certificates::GROUP)
}
