//! Who sees which approvals.

use serde_json::json;

use crate::people::{asked, client, id, university};

#[tokio::test]
async fn rows_carry_what_the_pages_of_the_staff_show() {
    let app = university().await;
    let request = asked(&app, "S01").await;
    let page = client(&app, "staff:library_staff").get("/api/approvals/?status=pending").await.is(200).json();
    let row = &page["results"][0];
    assert_eq!(row["clearance_request"], json!(request));
    for (name, value) in [
        ("department", "Library Services"),
        ("department_code", "LIBRARY"),
        ("student_email", "s01@students.mksu.test"),
        ("submitted_date", "2026-11-21T11:00:00+03:00"),
        ("clearance_status", "pending"),
    ] {
        assert_eq!(row[name], value, "{name}");
    }
}

#[tokio::test]
async fn students_see_their_own_approvals_only() {
    let app = university().await;
    asked(&app, "S01").await;
    let student = client(&app, "student:S01");
    for path in ["/api/approvals/", "/api/approvals/pending/"] {
        student.get(path).await.is(200).has(json!({ "count": 8 }));
    }
    let offices = student.get("/api/approvals/by-department/").await.is(200).json();
    assert_eq!(offices.as_array().map(Vec::len), Some(8));
    student.get(&format!("/api/approvals/{}/", id("appr.S05.LIBRARY"))).await.is(404);
    student
        .get(&format!("/api/departments/{}/approvals/", id("dept.LIBRARY")))
        .await
        .is(200)
        .has(json!({ "count": 1 }));
    student.get("/api/approvals/my_approvals/").await.is(403);
    student.get("/api/approvals/statistics/").await.is(403);
    student.post("/api/approvals/", json!({})).await.is(403);
}

#[tokio::test]
async fn approvals_of_an_office_are_for_its_staff_and_administrators() {
    let app = university().await;
    let path = format!("/api/departments/{}/approvals/", id("dept.LIBRARY"));
    client(&app, "admin").get(&path).await.is(200).has(json!({ "count": 30 }));
    client(&app, "staff:LIBRARY")
        .get(&format!("{path}?status=rejected"))
        .await
        .is(200)
        .has(json!({ "count": 1 }));
    client(&app, "staff:MESS").get(&path).await.is(403);
    let unknown = path.replace(&id("dept.LIBRARY"), &id("req.S05"));
    client(&app, "admin").get(&unknown).await.is(404);
}

#[tokio::test]
async fn offices_stand_in_their_order_with_those_that_wait_first() {
    let app = university().await;
    let all = client(&app, "admin").get("/api/approvals/by-department/").await.is(200).json();
    assert_eq!(all.as_array().map(Vec::len), Some(8));
    let first = &all[0];
    assert_eq!(first["department"]["code"], "FINANCE");
    assert_eq!(first["department"]["approval_order"], 1);
    assert_eq!(first["total"], 30);
    assert_eq!(first["approvals"].as_array().map(Vec::len), Some(20));
    assert_eq!(first["approvals"][0]["status"], "pending");
    let one = client(&app, "admin")
        .get("/api/approvals/by-department/?department=MESS&status=approved")
        .await
        .is(200)
        .json();
    assert_eq!(one.as_array().map(Vec::len), Some(1));
    assert_eq!(one[0]["pending"], 0);
    let own = client(&app, "staff:LIBRARY").get("/api/approvals/by-department/").await.is(200).json();
    assert_eq!(own.as_array().map(Vec::len), Some(1));
}

#[tokio::test]
async fn filters_take_types_in_any_case_and_name_wrong_values() {
    let app = university().await;
    let get = async |query: &str| client(&app, "admin").get(&format!("/api/approvals/?{query}")).await;
    get("department__department_type=Finance").await.is(200).has(json!({ "count": 30 }));
    get("department__department_type=finance").await.is(200).has(json!({ "count": 30 }));
    let wrong = get("department__department_type=Bank&status=x&department=y").await;
    wrong.is(400).has(json!({
        "department__department_type": ["Select a valid choice. Bank is not one of the available choices."],
        "status": ["Select a valid choice. x is not one of the available choices."],
        "department": ["“y” is not a valid UUID."],
    }));
    get(&format!("department={}", id("req.S05"))).await.is(400);
    client(&app, "admin").get("/api/approvals/?search=SCE/CS/0005").await.is(200).has(json!({ "count": 8 }));
}
