//! Bad input of every kind, against every operation of the description: a clear refusal, and nothing changes.

use std::collections::BTreeMap;

use http::Method;
use serde_json::{Map, Value, json};
use tests::{Answer, TestApp, a_cadet, a_training_day};

/// A write of the description: method, path, and the members its body may have.
struct Write {
    method: Method,
    path: String,
    members: Vec<String>,
}

const JSON: Option<&str> = Some("application/json");

#[tokio::test]
async fn bodies_that_are_no_json_objects_are_refused_and_change_nothing() {
    let app = populated().await;
    let before = fingerprint(&app).await;

    for write in writes().iter().filter(|write| !write.members.is_empty()) {
        for body in ["{", "{\"a\":", "[1,2]", "\"text\"", "7", "{} {}", "\u{0}", "{\"a\":1e999}x", "nul"] {
            let answer = app.as_admin().quiet().send(write.method.clone(), &url(write), JSON, body).await;
            refused(&answer);
        }
        let deep = "[".repeat(20_000);
        refused(&app.as_admin().quiet().send(write.method.clone(), &url(write), JSON, deep).await);
        let latin = vec![b'{', b'"', 0xff, 0xfe, b'"', b':', b'1', b'}'];
        refused(&app.as_admin().quiet().send(write.method.clone(), &url(write), JSON, latin).await);
    }

    assert_eq!(fingerprint(&app).await, before);
}

#[tokio::test]
async fn a_megabyte_in_any_member_is_refused_and_changes_nothing() {
    let app = populated().await;
    let before = fingerprint(&app).await;
    let megabyte = "x".repeat(1024 * 1024);

    for write in &writes() {
        for member in &write.members {
            let body = json!({ member.as_str(): megabyte }).to_string();
            refused(&app.as_admin().quiet().send(write.method.clone(), &url(write), JSON, body).await);
        }
    }

    assert_eq!(fingerprint(&app).await, before);
}

#[tokio::test]
async fn wrong_types_and_hostile_texts_in_any_member_never_break_the_server() {
    let app = populated().await;
    let hostile = [
        json!({ "$gt": "" }),
        json!([[], {}]),
        json!(-1),
        json!(1e300),
        json!(9_223_372_036_854_775_807_i64),
        json!(true),
        json!("'; DROP TABLE cadets; --"),
        json!("<script>alert(1)</script>"),
        json!("a\u{0}b"),
        json!("\u{202e}\u{feff}\u{1f600}"),
        json!("%s %n {{7*7}} ${jndi:x}"),
    ];

    for write in &writes() {
        for value in &hostile {
            let body: Map<String, Value> =
                write.members.iter().map(|member| (member.clone(), value.clone())).collect();
            let body = Value::Object(body).to_string();
            let answer = app.as_admin().quiet().send(write.method.clone(), &url(write), JSON, body).await;
            assert!(answer.status() < 500, "{answer}");
        }
    }

    assert_eq!(app.value::<i64>("SELECT count(*) FROM cadets WHERE id = 1000001", &[]).await, 0);
    assert!(app.value::<i64>("SELECT count(*) FROM training_days", &[]).await >= 1);
}

#[tokio::test]
async fn ids_that_are_none_or_unknown_are_refused_and_change_nothing() {
    let app = populated().await;
    let before = fingerprint(&app).await;

    for (method, path) in tests::exercised::operations(&rotc::SYSTEM) {
        // Where a picture is wanted, a drawing is the answer.
        if !path.contains("id}") || path.starts_with("/api/images/") {
            continue;
        }
        for id in ["abc", "1.5", "99999999999999999999", "1%20OR%201=1", "%27", "NaN", "%00", "0x10"] {
            let url = filled(&path, id);
            let method: Method = method.parse().unwrap();
            let answer = app.as_admin().quiet().send(method, &url, JSON, "{}").await;
            refused(&answer);
        }
    }

    assert_eq!(fingerprint(&app).await, before);
}

#[tokio::test]
async fn a_body_cut_in_the_middle_of_a_form_is_refused_and_changes_nothing() {
    let app = populated().await;
    let before = fingerprint(&app).await;
    let head = "--b\r\nContent-Disposition: form-data; name=\"firstName\"\r\n\r\nPart";
    let file =
        "--b\r\nContent-Disposition: form-data; name=\"profilePic\"; filename=\"x.png\"\r\n\r\n\u{89}PNG";

    for write in &writes() {
        for body in [head, file, "", "--b--garbage", "no boundary at all"] {
            let kind = Some("multipart/form-data; boundary=b");
            let answer = app.as_admin().quiet().send(write.method.clone(), &url(write), kind, body).await;
            assert!(answer.status() < 500, "{answer}");
        }
        let answer = app
            .as_admin()
            .quiet()
            .send(write.method.clone(), &url(write), Some("multipart/form-data"), head)
            .await;
        assert!(answer.status() < 500, "{answer}");
    }

    let after = fingerprint(&app).await;
    assert_eq!(after["cadets"], before["cadets"]);
}

/// A 4xx in the envelope that repeats nothing of a database or a stack.
#[track_caller]
fn refused(answer: &Answer) {
    assert!((400..500).contains(&answer.status()), "{answer}");
    let message = answer.json()["message"].as_str().unwrap_or_default().to_owned();
    assert!(!message.is_empty(), "a message: {answer}");
    for word in ["SELECT", "INSERT", "syntax", "panicked", "postgres", "serde"] {
        assert!(!message.contains(word), "{answer}");
    }
}

/// A cadet, a training day, grades and settings to lose.
async fn populated() -> TestApp {
    let app = TestApp::with(|config| config.rate_limits = false).await;
    app.add(a_cadet()).await;
    app.add(a_training_day()).await;
    app.as_admin().quiet().get("/api/auth/settings").await.is(200);
    app
}

/// Every write that takes a body or an id, except those that only read or end the session.
fn writes() -> Vec<Write> {
    let document =
        serde_json::to_value(shared::http::openapi::document(&rotc::SYSTEM)).expect("a description");
    let mut writes = Vec::new();
    for (path, operations) in document["paths"].as_object().expect("paths") {
        for (method, operation) in operations.as_object().expect("operations") {
            if !["post", "put", "patch"].contains(&method.as_str()) || path.ends_with("/logout") {
                continue;
            }
            let schema = &operation["requestBody"]["content"]["application/json"]["schema"];
            let method = method.to_uppercase().parse().expect("a method");
            writes.push(Write { method, path: path.clone(), members: members(&document, schema) });
        }
    }
    assert!(writes.iter().filter(|write| !write.members.is_empty()).count() > 5);
    writes
}

fn members(document: &Value, schema: &Value) -> Vec<String> {
    let name = schema["$ref"].as_str().and_then(|path| path.rsplit('/').next());
    let schema = name.map_or(schema, |name| &document["components"]["schemas"][name]);
    schema["properties"].as_object().map(|members| members.keys().cloned().collect()).unwrap_or_default()
}

/// An id nobody has.
fn url(write: &Write) -> String {
    filled(&write.path, "1999999999")
}

fn filled(path: &str, value: &str) -> String {
    let fill = |segment: &str| if segment.starts_with('{') { value.to_owned() } else { segment.to_owned() };
    path.split('/').map(fill).collect::<Vec<_>>().join("/")
}

/// Every row of every legacy table as one hash per table, but for the log of what was tried.
async fn fingerprint(app: &TestApp) -> BTreeMap<String, String> {
    let tables = app
        .query(
            "SELECT table_name::text FROM information_schema.tables
             WHERE table_schema = 'public' AND table_type = 'BASE TABLE' AND table_name <> 'audit_logs'",
            &[],
        )
        .await;
    let mut hashes = BTreeMap::new();
    for table in tables.iter().map(|row| row.get::<_, String>(0)) {
        let rows = format!(
            "SELECT coalesce(md5(string_agg(t::text, '|' ORDER BY t::text)), '') FROM public.{table} AS t"
        );
        hashes.insert(table, app.value(&rows, &[]).await);
    }
    hashes
}
