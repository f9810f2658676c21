//! Lambda function `rotc-activities`: activities and announcements.

fn main() -> shared::lambda::Exit {
    shared::lambda::serve_http(&rotc::SYSTEM, &rotc::activities::GROUP)
}
