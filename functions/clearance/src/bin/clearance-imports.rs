//! Lambda function `clearance-imports`: answers `/api/students/import`, `/api/finance/records/import`.

fn main() -> shared::lambda::Exit {
    shared::lambda::serve_http(&clearance::SYSTEM, &clearance::imports::GROUP)
}
