//! Lambda function `rotc-activities`: answers `/api/cadet/activities`.

fn main() -> shared::lambda::Exit {
    shared::lambda::serve_http(&rotc::SYSTEM, &rotc::activities::GROUP)
}
