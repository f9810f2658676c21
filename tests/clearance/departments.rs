//! The offices that clear students.

use serde_json::{Value, json};

use crate::recorded::{client, id, recorded};

fn office() -> Value {
    json!({ "name": "Alumni Office", "code": "alumni", "department_type": "Other", "approval_order": 9,
            "contact_email": "Alumni@MKSU.test", "contact_phone": "0700000000" })
}

#[tokio::test]
async fn new_office_gets_its_code_and_type_in_the_usual_case() {
    let app = recorded().await;
    let admin = client(&app, "admin");
    let added = admin.post("/api/departments/", office()).await;
    added.is(201).has(json!({
        "code": "ALUMNI", "department_type": "other", "head_email": "alumni@mksu.test",
        "contact_email": "alumni@mksu.test", "contact_phone": "0700000000", "is_active": true
    }));
    let again = admin.post("/api/departments/", office()).await;
    again.is(400).has(json!({ "code": ["Department with this code already exists"] }));
    let found = admin.get("/api/departments/?search=alumni%20office").await;
    found.is(200).has(json!({ "count": 1 }));
    client(&app, "staff:LIBRARY").post("/api/departments/", office()).await.is(403).has(json!({
        "detail": "Only administrators can modify this resource."
    }));
}

#[tokio::test]
async fn wrong_fields_are_told_together() {
    let app = recorded().await;
    let wrong =
        json!({ "code": "a b", "department_type": "canteen", "approval_order": 0, "contact_email": "x" });
    client(&app, "admin").post("/api/departments/", wrong).await.is(400).has(json!({
        "name": ["This field is required."],
        "department_type": ["\"canteen\" is not a valid choice."],
        "approval_order": ["Approval order must be a positive integer"],
        "contact_email": ["Enter a valid email address."]
    }));
}

#[tokio::test]
async fn code_of_an_office_stays_and_a_closed_one_leaves_the_workflow() {
    let app = recorded().await;
    let (admin, path) = (client(&app, "admin"), format!("/api/departments/{}/", id("dept.SPORTS")));
    let saved = admin.put(&path, office()).await;
    saved.is(200).has(json!({ "name": "Alumni Office", "code": "SPORTS", "approval_order": 9 }));
    admin.patch(&path, json!({ "description": "By the lake" })).await.is(200).has(json!({
        "name": "Alumni Office", "description": "By the lake"
    }));
    admin.delete(&path).await.is(204);
    admin.get(&path).await.is(200).has(json!({ "is_active": false }));
    let workflow = admin.get("/api/departments/approval-workflow").await;
    workflow.is(200).has(json!({ "total_steps": 7 }));
    assert_eq!(workflow.json()["workflow"][0]["contact"], "finance.head@makuni.ac.ke");
}

#[tokio::test]
async fn numbers_of_an_office_are_for_its_staff() {
    let app = recorded().await;
    let path = format!("/api/departments/{}/statistics/", id("dept.LIBRARY"));
    client(&app, "staff:LIBRARY").get(&path).await.is(200).has(json!({
        "department": { "code": "LIBRARY" },
        "statistics": { "total_approvals": 30, "pending_approvals": 15, "approved_count": 14, "rejected_count": 1 }
    }));
    client(&app, "staff:HOSTEL").get(&path).await.is(403);
    client(&app, "student").get(&path).await.is(403);
    client(&app, "student").get(&path.replace("statistics", "staff")).await.is(200).has(json!([
        { "full_name": "Staff Library", "email": null, "admission_number": null }
    ]));
}

#[tokio::test]
async fn offices_by_type_are_listed_in_any_case() {
    let app = recorded().await;
    app.execute("UPDATE departments SET department_type = 'Academic' WHERE code = 'ACADEMIC'", &[]).await;
    let student = client(&app, "student");
    student.get("/api/departments/academic/").await.is(200).has(json!([{ "code": "ACADEMIC" }]));
    student.get("/api/departments/administrative/").await.is(200).has(json!([]));
    student.get("/api/departments/?department_type=FINANCE").await.is(200).has(json!({ "count": 1 }));
}
