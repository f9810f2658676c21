//! Lambda function `clearance-media`: answers `/media`.

fn main() -> shared::lambda::Exit {
    shared::lambda::serve_http(&clearance::SYSTEM, &clearance::media::GROUP)
}
