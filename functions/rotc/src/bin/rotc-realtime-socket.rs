//! Lambda function `rotc-realtime-socket`: WebSockets that the gateway holds are opened, closed, and say something.

fn main() -> shared::lambda::Exit {
    shared::lambda::serve_websocket(&rotc::SYSTEM)
}
