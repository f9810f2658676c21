//! Lambda function `clearance-departments`: answers `/api/departments`.

fn main() -> shared::lambda::Exit {
    shared::lambda::serve_http(&clearance::SYSTEM, &clearance::departments::GROUP)
}
