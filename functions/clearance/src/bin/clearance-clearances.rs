//! Lambda function `clearance-clearances`: answers `/api/clearances`.

fn main() -> shared::lambda::Exit {
    shared::lambda::serve_http(&clearance::SYSTEM, &clearance::clearances::GROUP)
}
