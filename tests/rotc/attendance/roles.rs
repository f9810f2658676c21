//! Who may do what.

use http::Method;
use serde_json::json;
use tests::{TestApp, a_cadet};

/// Method, path, and whether staff and cadets get past the door.
const MATRIX: &[(&str, &str, bool, bool)] = &[
    ("GET", "/api/attendance/days", true, true),
    ("POST", "/api/attendance/days", false, false),
    ("DELETE", "/api/attendance/days/1", false, false),
    ("GET", "/api/attendance/records/1", false, false),
    ("GET", "/api/attendance/records/staff/1", false, false),
    ("GET", "/api/attendance/cadet/1", false, false),
    ("POST", "/api/attendance/mark", false, false),
    ("POST", "/api/attendance/mark/staff", false, false),
    ("POST", "/api/attendance/scan", false, false),
    ("POST", "/api/attendance/staff/scan", false, false),
    ("GET", "/api/attendance/my-history", false, true),
    ("GET", "/api/attendance/my-history/staff", true, false),
    ("GET", "/api/training-days", true, true),
    ("GET", "/api/training-days/1", true, true),
    ("POST", "/api/training-days", true, false),
    ("PUT", "/api/training-days/1", true, false),
    ("DELETE", "/api/training-days/1", false, false),
    ("GET", "/api/training-days/1/qr_code", true, false),
    ("GET", "/api/attendance/1", true, false),
    ("POST", "/api/attendance", true, false),
    ("PUT", "/api/attendance/1", true, false),
    ("DELETE", "/api/attendance/1", true, false),
    ("POST", "/api/attendance/bulk_create", true, false),
    ("POST", "/api/attendance/bulk_mark", true, false),
    ("POST", "/api/attendance/qr_checkin", true, true),
    ("GET", "/api/staff-attendance/1", true, false),
    ("POST", "/api/staff-attendance", true, false),
];

#[tokio::test]
async fn each_role_gets_past_the_doors_that_are_meant_for_it() {
    let app = TestApp::rotc().await;
    let cadet = app.add(a_cadet()).await;
    for (method, path, staff, cadets) in MATRIX {
        let method: Method = method.parse().expect("a method");
        for (client, may) in [(app.as_staff(), *staff), (app.as_cadet(&cadet), *cadets)] {
            let answer = client.quiet().json(method.clone(), path, &json!({})).await;
            assert_eq!(answer.status() != 403, may, "{answer}");
        }
        app.quiet().json(method.clone(), path, &json!({})).await.is(401);
        let admin = app.as_admin().quiet().json(method, path, &json!({})).await;
        assert_eq!(admin.status() == 403, path.contains("my-history"), "{admin}");
    }
}

#[tokio::test]
async fn every_route_of_the_group_is_in_the_matrix() {
    let operations = tests::exercised::operations();
    // Live events below the same path are another group's.
    let ours = operations.iter().filter(|(_, path)| path != "/api/attendance/events").filter(|(_, path)| {
        ["/api/attendance", "/api/training-days", "/api/staff-attendance"]
            .iter()
            .any(|prefix| path.starts_with(prefix))
    });
    let fill = |segment: &str| if segment.starts_with('{') { "1".to_owned() } else { segment.to_owned() };
    let missing: Vec<_> = ours
        .map(|(method, path)| (method.clone(), path.split('/').map(fill).collect::<Vec<_>>().join("/")))
        .filter(|(method, path)| !MATRIX.iter().any(|row| row.0 == method && row.1 == path))
        .collect();
    assert!(missing.is_empty(), "{missing:?}");
}
