use http::Method;
use serde_json::{Value, json};
use tests::{TestApp, a_cadet, exercised};

/// Values for the variable parts of a path that are no id of anything.
const STRANGE_IDS: [&str; 8] =
    ["0", "-1", "abc", "2147483648", "9999999999999999999999", "1.5", "%00", "%27%3B--"];

#[tokio::test]
async fn no_operation_crashes_on_a_strange_id() {
    let app = TestApp::with(|config| config.rate_limits = false).await;
    let mut crashed = Vec::new();
    for (method, path) in exercised::operations().iter().filter(|(_, path)| path.contains('{')) {
        for id in STRANGE_IDS {
            let fill = |segment: &str| if segment.starts_with('{') { id } else { segment }.to_owned();
            let url = path.split('/').map(fill).collect::<Vec<_>>().join("/");
            let answer = app.as_admin().quiet().json(verb(method), &url, &json!({})).await;
            if answer.status() >= 500 {
                crashed.push(answer.to_string());
            }
        }
    }
    assert!(crashed.is_empty(), "{crashed:#?}");
}

#[tokio::test]
async fn no_operation_crashes_on_a_strange_body() {
    let app = TestApp::with(|config| config.rate_limits = false).await;
    let cadet = app.add(a_cadet()).await;
    let mut crashed = Vec::new();
    for (method, path) in exercised::operations().iter().filter(|(method, _)| method != "GET") {
        // Signing out would end the sessions this test uses.
        if path.ends_with("/logout") {
            continue;
        }
        let fill =
            |segment: &str| if segment.starts_with('{') { cadet.id.to_string() } else { segment.to_owned() };
        let url = path.split('/').map(fill).collect::<Vec<_>>().join("/");
        for body in strange_bodies() {
            for client in [app.as_admin(), app.as_cadet(&cadet)] {
                let answer = client.quiet().json(verb(method), &url, &body).await;
                if answer.status() >= 500 {
                    let sent: String = body.to_string().chars().take(80).collect();
                    crashed.push(format!("{sent} to {answer}"));
                }
            }
        }
    }
    assert!(crashed.is_empty(), "{crashed:#?}");
}

/// Bodies no client sends: wrong types under names that routes know, and texts PostgreSQL cannot store.
fn strange_bodies() -> Vec<Value> {
    let names = [
        "username",
        "password",
        "identifier",
        "email",
        "firstName",
        "lastName",
        "first_name",
        "last_name",
        "studentId",
        "student_id",
        "ids",
        "cadetIds",
        "cadetId",
        "cadet",
        "points",
        "type",
        "reason",
        "prelimScore",
        "prelim_score",
        "attendancePresent",
        "meritPoints",
        "status",
        "birthdate",
        "latitude",
        "longitude",
        "accuracy",
        "dark_mode",
        "primary_color",
        "custom_bg",
        "refresh",
        "code",
        "role",
        "profilePic",
        "is_profile_completed",
        "token",
    ];
    let of =
        |value: Value| -> Value { names.iter().map(|name| ((*name).to_owned(), value.clone())).collect() };
    vec![
        json!([]),
        json!([[]]),
        json!("text"),
        json!(null),
        of(json!(null)),
        of(json!("")),
        of(json!({ "a": [1] })),
        of(json!([null, "x", -1, 1.5, 99_999_999_999_i64])),
        of(json!(-1)),
        of(json!(1e300)),
        of(json!(true)),
        of(json!("nul\u{0}byte")),
        of(json!("x".repeat(2000))),
    ]
}

fn verb(method: &str) -> Method {
    method.parse().unwrap_or(Method::GET)
}
