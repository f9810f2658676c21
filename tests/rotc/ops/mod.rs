//! Running the server: numbers, alerts, the audit log, backups, the clean-up.

mod alerts;
mod audit_logs;
mod backup;
mod clean_up;
mod metrics;
mod prometheus;
mod reports;
mod status;

use tests::TestApp;

/// Neither strangers, cadets nor staff get any of these.
async fn for_admins_only(app: &TestApp, method: http::Method, urls: &[&str]) {
    let cadet = app.add(tests::a_cadet()).await;
    for url in urls {
        let body = serde_json::json!({});
        app.anonymous().json(method.clone(), url, &body).await.is(401);
        app.as_staff().json(method.clone(), url, &body).await.is(403);
        app.as_cadet(&cadet).json(method.clone(), url, &body).await.is(403);
    }
}
