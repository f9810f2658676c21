//! How far the university is with its clearances.

use serde_json::json;

use crate::recorded::{client, id, recorded};

#[tokio::test]
async fn students_see_their_own_numbers_only() {
    let app = recorded().await;
    let student = client(&app, "student:S08");
    student.get("/api/analytics/dashboard/").await.is(200).has(json!({
        "students": { "total": 1 }, "clearances": { "total": 1, "completed": 1, "completion_rate": 100 },
        "gown_issuance": { "total_issued": 1 }
    }));
    student.get("/api/analytics/financial-summary/").await.is(200).has(json!({
        "summary": { "total_payments": 1, "total_students": 1 }
    }));
    student
        .get("/api/analytics/completion-rate/")
        .await
        .is(200)
        .has(json!({ "summary": { "total_clearances": 1 } }));
    let offices = student.get("/api/analytics/bottlenecks/").await.is(200).json();
    assert_eq!(offices["departments"][0]["total_approvals"], 1);
    student.get("/api/analytics/by-cohort/").await.is(200).has(json!({ "total_cohorts": 1 }));
}

#[tokio::test]
async fn cohorts_count_each_student_once() {
    let app = recorded().await;
    let staff = client(&app, "staff:LIBRARY");
    let years = staff.get("/api/analytics/by-cohort/").await.is(200).json();
    assert_eq!(years["by"], "graduation_year");
    let cohorts = years["cohorts"].as_array().cloned().unwrap_or_default();
    let total: i64 = cohorts.iter().filter_map(|cohort| cohort["total_students"].as_i64()).sum();
    assert_eq!(total, 40, "S13 has two requests");
    assert_eq!(cohorts.first().map(|cohort| &cohort["cohort"]), Some(&json!(2027)));
    for cohort in &cohorts {
        let part = |name: &str| cohort[name].as_i64().unwrap_or_default();
        let parts = part("cleared") + part("in_progress") + part("rejected") + part("not_started");
        assert_eq!(parts, part("total_students"), "{cohort}");
    }
    let schools = staff.get("/api/analytics/by-cohort/?by=school").await.is(200).json();
    let codes: Vec<_> =
        schools["cohorts"].as_array().into_iter().flatten().map(|one| one["cohort"].clone()).collect();
    assert_eq!(codes, [json!("SBS"), json!("SCE"), json!("SHSS"), json!(null)]);
    staff.get("/api/analytics/by-cohort/?by=x").await.is(400).has(json!({
        "by": ["Select a valid choice. x is not one of the available choices."]
    }));
}

#[tokio::test]
async fn removed_students_are_left_out() {
    let app = recorded().await;
    app.execute("UPDATE students SET deleted_at = now() WHERE id = $1", &[&id("student.S08")]).await;
    let admin = client(&app, "admin");
    admin.get("/api/analytics/dashboard/").await.is(200).has(json!({
        "students": { "total": 39 }, "clearances": { "total": 29, "completed": 7 }, "approvals": { "total": 232 },
        "finance": { "total_payments": 18 }, "gown_issuance": { "total_issued": 6 }
    }));
    admin
        .get("/api/analytics/by-cohort/?graduation_year=2027")
        .await
        .is(200)
        .has(json!({ "total_cohorts": 1 }));
}

#[tokio::test]
async fn undecided_rows_of_closed_requests_are_not_overdue() {
    let app = recorded().await;
    let overdue = async || {
        let shown = client(&app, "admin").get("/api/analytics/bottlenecks/").await.is(200).json();
        let offices = shown["departments"].as_array().cloned().unwrap_or_default();
        offices
            .iter()
            .find(|office| office["department_code"] == "LIBRARY")
            .map(|office| office["overdue_pending"].clone())
    };
    assert_eq!(overdue().await, Some(json!(15)));
    app.execute(
        "UPDATE clearance_requests SET status = 'cancelled', completion_date = now() WHERE status = 'draft'",
        &[],
    )
    .await;
    assert_eq!(overdue().await, Some(json!(13)));
}
