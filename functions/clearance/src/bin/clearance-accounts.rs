//! Lambda function `clearance-accounts`: answers `/api/auth`, `/reset-password`.

fn main() -> shared::lambda::Exit {
    shared::lambda::serve_http(&clearance::SYSTEM, &clearance::accounts::GROUP)
}
