//! Lambda function `clearance-worker-schedule`: starts jobs at their times, and sends again what was lost.

fn main() -> shared::lambda::Exit {
    shared::lambda::serve_schedule(&clearance::SYSTEM)
}
