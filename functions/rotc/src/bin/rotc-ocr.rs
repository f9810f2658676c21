//! Lambda function `rotc-ocr`: answers `/api/ocr`.

fn main() -> shared::lambda::Exit {
    shared::lambda::serve_http(&rotc::SYSTEM, &rotc::ocr::GROUP)
}
