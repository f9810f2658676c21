//! Lambda function `rotc-auth`: signing in and out, and one's settings.

fn main() -> shared::lambda::Exit {
    shared::lambda::serve_http(&rotc::SYSTEM, &rotc::auth::GROUP)
}
