//! Offices that open and close meanwhile.

use serde_json::json;

use crate::people::{OFFICES, agree, asked, client, decide, id, seen, university};

#[tokio::test]
async fn new_office_does_not_enter_open_requests() {
    let app = university().await;
    let request = asked(&app, "S01").await;
    let body = json!({ "name": "Alumni", "code": "ALUMNI", "department_type": "other", "approval_order": 9 });
    client(&app, "admin").post("/api/departments/", body).await.is(201);
    agree(&app, &request, &OFFICES).await;
    let detail = seen(&app, &request).await;
    assert_eq!((&detail["status"], &detail["completion_percentage"]), (&json!("completed"), &json!(100)));
    let other = asked(&app, "S02").await;
    assert_eq!(seen(&app, &other).await["approvals"].as_array().map(Vec::len), Some(9));
}

#[tokio::test]
async fn closed_office_still_decides_on_open_requests_and_enters_no_new_one() {
    let app = university().await;
    let request = asked(&app, "S01").await;
    let path = format!("/api/departments/{}/", id("dept.MESS"));
    client(&app, "admin").delete(&path).await.is(204);
    assert_eq!(seen(&app, &request).await["completion_percentage"], 0);
    agree(&app, &request, &OFFICES).await;
    assert_eq!(seen(&app, &request).await["completion_percentage"], 100);
    let other = asked(&app, "S02").await;
    assert_eq!(seen(&app, &other).await["approvals"].as_array().map(Vec::len), Some(7));
}

#[tokio::test]
async fn page_of_students_shows_one_row_for_each_office() {
    let app = university().await;
    let path = format!("/api/clearances/?student={}", id("user.student.S01"));
    let rows = async |path: &str| client(&app, "student:S01").get(path).await.is(200).json();
    assert_eq!(rows(&path).await, json!({ "count": 0, "next": null, "previous": null, "results": [] }));
    let request = asked(&app, "S01").await;
    agree(&app, &request, &["FINANCE"]).await;
    let page = rows(&path).await;
    assert_eq!((&page["count"], &page["next"]), (&json!(8), &json!(null)));
    let names: Vec<&str> = page["results"]
        .as_array()
        .into_iter()
        .flatten()
        .filter_map(|row| row["department"].as_str())
        .collect();
    let known = [
        "Finance",
        "Library",
        "Mess/Cafeteria",
        "Hostel",
        "Academic Affairs",
        "Workshop/Labs",
        "Sports & Games",
        "Student Services",
    ];
    assert_eq!(names, known);
    let first = &page["results"][0];
    assert_eq!((&first["status"], &first["clearance_id"]), (&json!("approved"), &json!(request)));
    assert_eq!(first["created_at"], first["submission_date"]);
    decide(&app, &request, "LIBRARY", "reject").await.is(200);
    let page = rows(&path).await;
    let states: Vec<&str> =
        page["results"].as_array().into_iter().flatten().filter_map(|row| row["status"].as_str()).collect();
    assert_eq!(states[..3], ["approved", "rejected", "not_submitted"]);
    let other = format!("/api/clearances/?student={}", id("user.student.S05"));
    assert_eq!(rows(&other).await["count"], 0, "of somebody else");
    assert_eq!(rows("/api/clearances/?student=17").await["count"], 0);
    let newest = asked(&app, "S01").await;
    client(&app, "student:S01").post(&format!("/api/clearances/{newest}/cancel/"), json!({})).await.is(200);
    assert_eq!(
        rows(&path).await["results"][0]["clearance_id"],
        json!(request),
        "cancelled ones do not count"
    );
}
