//! Lambda function `rotc-push`: answers `/api/push`.

fn main() -> shared::lambda::Exit {
    shared::lambda::serve_http(&rotc::SYSTEM, &rotc::push::GROUP)
}
