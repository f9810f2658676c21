//! Lambda function `rotc-tasks`: answers `/api/tasks`, `/api/jobs`, `/api/celery`.

fn main() -> shared::lambda::Exit {
    shared::lambda::serve_http(&rotc::SYSTEM, &rotc::tasks::GROUP)
}
