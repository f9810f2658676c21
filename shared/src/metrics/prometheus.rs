//! The counters of this process as Prometheus reads them.

use axum::response::{IntoResponse, Response};
use http::{HeaderValue, header};

use super::{
    BOUNDS_SECONDS, HistogramView, Process, RequestsView,
    exposition::{CONTENT_TYPE, Exposition},
    summary::active_sessions,
};
use crate::{App, Result};

/// A `text/plain` response with every counter of this process, and the sessions that have not ended.
pub async fn prometheus(app: &App) -> Result<Response> {
    let sessions = active_sessions(app).await?;
    let mut text = Exposition::default();
    requests(&mut text, app);
    totals(&mut text, &app.metrics.requests().view());
    text.single("http_active_sessions", "gauge", "Sessions that have not ended.", sessions);
    database(&mut text, app).await;
    process(&mut text, app);
    Ok(([(header::CONTENT_TYPE, HeaderValue::from_static(CONTENT_TYPE))], text.finish()).into_response())
}

/// Requests and their durations for each operation and status.
fn requests(text: &mut Exposition, app: &App) {
    let operations = app.metrics.requests().operations();
    let all: Vec<(&str, &str, String, HistogramView)> = operations
        .all()
        .iter()
        .flat_map(|operation| {
            operation.views().map(|(status, view)| {
                let status = if status == 0 { "other".to_owned() } else { status.to_string() };
                (operation.method, operation.route.as_str(), status, view)
            })
        })
        .collect();
    text.family("http_requests_total", "counter", "Requests answered.");
    for (method, route, status, view) in &all {
        let labels = [("method", *method), ("route", *route), ("status", status)];
        text.sample("http_requests_total", &labels, view.count());
    }
    text.family("http_request_duration_seconds", "histogram", "How long requests took.");
    for (method, route, status, view) in &all {
        histogram(text, [("method", method), ("route", route), ("status", status)], view);
    }
}

fn histogram(text: &mut Exposition, labels: [(&str, &str); 3], view: &HistogramView) {
    let [method, route, status] = labels;
    let bounds = BOUNDS_SECONDS.iter().map(f64::to_string).chain(["+Inf".to_owned()]);
    for (bound, count) in bounds.zip(view.at_most) {
        let labels = [method, route, status, ("le", bound.as_str())];
        text.sample("http_request_duration_seconds_bucket", &labels, count);
    }
    text.sample("http_request_duration_seconds_sum", &labels, view.sum_seconds);
    text.sample("http_request_duration_seconds_count", &labels, view.count());
}

fn totals(text: &mut Exposition, view: &RequestsView) {
    let failed = "Requests that failed because of the server.";
    text.single("http_errors_total", "counter", failed, view.failed);
    text.single("http_error_rate", "gauge", "The same in percent of all requests.", view.failed_percent());
    text.single("http_slow_requests_total", "counter", "Requests of more than a second.", view.slow);
    for (status, count) in &view.statuses {
        let name = format!("http_status_{status}_total");
        text.single(&name, "counter", &format!("Answers with the status {status}."), count);
    }
}

async fn database(text: &mut Exposition, app: &App) {
    let (queries, pool) = (app.metrics.queries().view(), app.db.connections());
    text.single("db_queries_total", "counter", "Queries.", queries.total);
    text.single("db_query_seconds_total", "counter", "Seconds of all queries.", queries.took.as_secs_f64());
    text.single("db_slow_queries_total", "counter", "Queries of more than 100 ms.", queries.slow);
    text.family("db_pool_connections", "gauge", "Connections of this process.");
    text.sample("db_pool_connections", &[("state", "active")], pool.busy);
    text.sample("db_pool_connections", &[("state", "idle")], pool.idle);
    text.single("db_pool_waiting", "gauge", "Requests that wait for a connection.", pool.waiting);
    text.single("db_pool_max_connections", "gauge", "Connections there may be.", pool.most);
    let (lookups, (keys, bytes)) = (app.cache.lookups(), app.cache.size().await);
    text.single("cache_hits_total", "counter", "Kept answers found.", lookups.hits);
    text.single("cache_misses_total", "counter", "Kept answers not found.", lookups.misses);
    text.single("cache_entries", "gauge", "Answers kept.", keys);
    text.single("cache_bytes", "gauge", "Bytes of the answers kept.", bytes);
}

fn process(text: &mut Exposition, app: &App) {
    let process = Process::now();
    if let Some(bytes) = process.resident_bytes {
        text.single("process_resident_memory_bytes", "gauge", "Memory in use.", bytes);
    }
    if let Some(seconds) = process.cpu_seconds {
        text.single("process_cpu_seconds_total", "counter", "Processor time used.", seconds);
    }
    if let Some(threads) = process.threads {
        text.single("process_threads", "gauge", "Threads.", threads);
    }
    let uptime = app.metrics.uptime().as_secs_f64();
    text.single("process_uptime_seconds", "gauge", "Since when the process runs.", uptime);
}
