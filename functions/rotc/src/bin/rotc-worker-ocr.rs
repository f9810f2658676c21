//! Lambda function `rotc-worker-ocr`: reads letters, as messages of its queue say. It needs the layer of `functions/ocr`.

fn main() -> shared::lambda::Exit {
    shared::lambda::serve_queue(&rotc::SYSTEM)
}
