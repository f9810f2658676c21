//! Lambda function `clearance-students`: answers `/api/students`.

fn main() -> shared::lambda::Exit {
    shared::lambda::serve_http(&clearance::SYSTEM, &clearance::students::GROUP)
}
