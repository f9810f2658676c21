//! Lambda function `clearance-gowns`: answers `/api/gown-issuances`.

fn main() -> shared::lambda::Exit {
    shared::lambda::serve_http(&clearance::SYSTEM, &clearance::gowns::GROUP)
}
