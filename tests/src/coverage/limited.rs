//! Whoever sends files without end.

use serde_json::json;

use crate::{Client, Part, TestApp, exercised};

/// Every operation that takes files refuses them (429) from somebody who has sent too many, or too much. `callers` are those
/// who may call any of them.
pub async fn files_without_end_are_refused(app: &TestApp, callers: &[Client<'_>]) {
    for caller in callers {
        caller.token().await;
    }
    for (limit, bytes) in [("sent-files", 10), ("sent-kilobytes", 100 * 1024)] {
        let file =
            || Part::File("file".to_owned(), "a.csv".to_owned(), "text/csv".to_owned(), vec![b'a'; bytes]);
        let spent = "INSERT INTO muster.rate_limits (key, window_start, hits)
                     SELECT $1 || ':' || id, $2, 1000000 FROM users ON CONFLICT (key) DO NOTHING";
        app.execute(spent, &[&limit, &app.clock.now()]).await;
        let mut checked = 0;
        for (method, path) in taking_files(app) {
            let mut statuses = Vec::new();
            for caller in callers {
                let caller = caller.clone().quiet();
                statuses
                    .push(caller.form(method.parse().expect("a method"), &path, &[file()]).await.status());
            }
            let others_refuse = statuses.iter().all(|status| [429, 403, 404].contains(status));
            assert!(
                others_refuse && statuses.contains(&429),
                "{limit}: {method} {path} answers {statuses:?}"
            );
            checked += 1;
        }
        assert!(checked > 0);
        app.execute("DELETE FROM muster.rate_limits WHERE key LIKE $1 || ':%'", &[&limit]).await;
    }
}

/// The operations whose bodies may have files, with 1 for every variable.
fn taking_files(app: &TestApp) -> Vec<(String, String)> {
    let document = json!(shared::http::openapi::document(app.system));
    let takes_files = |(method, path): &(String, String)| {
        let body = &document["paths"][path][method.to_lowercase()]["requestBody"];
        body["content"]["multipart/form-data"].is_object()
    };
    let operations = exercised::operations(app.system).into_iter().filter(takes_files);
    operations.map(|(method, path)| (method, super::refused::with_ones(&path))).collect()
}
