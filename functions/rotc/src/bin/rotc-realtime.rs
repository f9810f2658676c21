//! Lambda function `rotc-realtime`: event streams, as far as the gateway lets them through.

fn main() -> shared::lambda::Exit {
    shared::lambda::serve_http(&rotc::SYSTEM, &rotc::realtime::GROUP)
}
