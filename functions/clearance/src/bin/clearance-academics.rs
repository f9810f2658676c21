//! Lambda function `clearance-academics`: answers `/api/academics`.

fn main() -> shared::lambda::Exit {
    shared::lambda::serve_http(&clearance::SYSTEM, &clearance::academics::GROUP)
}
