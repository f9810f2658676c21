//! Who sees which requests.

use serde_json::{Value, json};

use crate::people::{asked, client, id, university};

#[tokio::test]
async fn requests_are_seen_by_owners_deciding_offices_gown_desk_and_administrators() {
    let app = university().await;
    let request = asked(&app, "S01").await;
    for path in ["", "progress/", "approval_progress/", "approvals/"] {
        let path = format!("/api/clearances/{request}/{path}");
        for who in
            ["student:S01", "staff:LIBRARY", "staff:library_staff", "staff:gown_issuance_staff", "admin"]
        {
            client(&app, who).get(&path).await.is(200);
        }
        for who in ["student:S02", "staff:NONE"] {
            client(&app, who).get(&path).await.is(404);
        }
        app.anonymous().get(&path).await.is(401);
    }
    let certificate = format!("/api/clearances/{request}/certificate/");
    client(&app, "student:S01")
        .get(&certificate)
        .await
        .is(400)
        .has(json!({ "error": "The clearance is not completed yet" }));
    client(&app, "student:S02").get(&certificate).await.is(404);
}

#[tokio::test]
async fn staff_of_a_new_office_see_no_older_requests() {
    let app = university().await;
    let body = json!({ "name": "Alumni", "code": "ALUMNI", "department_type": "other", "approval_order": 9 });
    let office = client(&app, "admin").post("/api/departments/", body).await.is(201).json()["id"].clone();
    let user = id("user.staff.LIBRARY");
    client(&app, "admin")
        .patch(&format!("/api/users/{user}/"), json!({ "department": office }))
        .await
        .is(200);
    let staff = client(&app, "staff:LIBRARY");
    for path in ["/api/clearances/", "/api/approvals/", "/api/students/"] {
        staff.get(path).await.is(200).has(json!({ "count": 0 }));
    }
    asked(&app, "S01").await;
    for path in ["/api/clearances/", "/api/approvals/", "/api/students/"] {
        staff.get(path).await.is(200).has(json!({ "count": 1 }));
    }
}

#[tokio::test]
async fn requests_are_searched_filtered_and_ordered_by_two_columns() {
    let app = university().await;
    let get = async |query: &str| {
        client(&app, "admin").get(&format!("/api/clearances/?{query}")).await.is(200).json()
    };
    assert_eq!(get("search=daudi+shsss").await["count"], 0);
    assert_eq!(get("search=esther+sce/cs/0005").await["count"], 1);
    assert_eq!(get(&format!("student={}", id("student.S13"))).await["count"], 2);
    assert_eq!(get(&format!("student={}", id("user.student.S13"))).await["count"], 2);
    let page = get("ordering=status,-created_at&page_size=100").await;
    let keys: Vec<(String, String)> = page["results"]
        .as_array()
        .into_iter()
        .flatten()
        .map(|row| (row["status"].to_string(), row["created_at"].to_string()))
        .collect();
    let mut sorted = keys.clone();
    sorted.sort_by(|a, b| a.0.cmp(&b.0).then(b.1.cmp(&a.1)));
    assert_eq!(keys, sorted);
}

#[tokio::test]
async fn statistics_name_every_state() {
    let app = university().await;
    let numbers = client(&app, "staff:LIBRARY").get("/api/clearances/statistics/").await.is(200).json();
    let breakdown = json!({
        "draft": 2, "submitted": 1, "pending": 7, "in_progress": 7, "completed": 8, "rejected": 5, "cancelled": 0,
    });
    assert_eq!(
        numbers,
        json!({ "total_requests": 30, "status_breakdown": breakdown, "completion_rate": 26.67 })
    );
    client(&app, "student:S01")
        .get("/api/clearances/statistics/")
        .await
        .is(403)
        .has(json!({ "error": "Permission denied" }));
}

#[tokio::test]
async fn reason_of_a_request_is_changed_by_administrators_only() {
    let app = university().await;
    let path = format!("/api/clearances/{}/", id("req.S10"));
    let body = json!({ "rejection_reason": "From the student", "student_id": id("student.S10") });
    let draft: Value = client(&app, "student:S10").put(&path, body.clone()).await.is(200).json();
    assert_eq!(draft["rejection_reason"], "");
    client(&app, "staff:LIBRARY").patch(&path, body.clone()).await.is(403);
    client(&app, "admin")
        .put(&path, json!({}))
        .await
        .is(400)
        .has(json!({ "student_id": ["This field is required."] }));
    client(&app, "admin")
        .patch(&path, body)
        .await
        .is(200)
        .has(json!({ "rejection_reason": "From the student" }));
}
