//! Lambda function `rotc-grades`: grades, and the ledger of merits and demerits.

fn main() -> shared::lambda::Exit {
    shared::lambda::serve_http(&rotc::SYSTEM, &rotc::grades::GROUP)
}
