//! Lambda function `clearance-finance`: answers `/api/finance`.

fn main() -> shared::lambda::Exit {
    shared::lambda::serve_http(&clearance::SYSTEM, &clearance::finance::GROUP)
}
