//! Lambda function `rotc-files`: stored files.

fn main() -> shared::lambda::Exit {
    shared::lambda::serve_http(&rotc::SYSTEM, &rotc::files::GROUP)
}
