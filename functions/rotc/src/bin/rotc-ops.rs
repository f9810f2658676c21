//! Lambda function `rotc-ops`: health, the API's documentation, and every path no other function has.

fn main() -> shared::lambda::Exit {
    shared::lambda::serve_http(&rotc::SYSTEM, &rotc::ops::GROUP)
}
