//! Lambda function `rotc-metrics`: answers `/api/metrics`, `/api/slow-queries`, `/api/cache`, `/api/admin/metrics`, `/api/admin/perf`, `/api/admin/cache`.

fn main() -> shared::lambda::Exit {
    shared::lambda::serve_http(&rotc::SYSTEM, &rotc::metrics::GROUP)
}
