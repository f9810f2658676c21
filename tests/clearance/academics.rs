//! Schools, their departments and courses.

use serde_json::json;

use crate::recorded::{client, id, recorded};

#[tokio::test]
async fn answers_are_kept_as_long_as_they_hold() {
    let app = recorded().await;
    let student = client(&app, "student");
    let first = student.get("/api/academics/schools/").await;
    first.is(200);
    assert_eq!(first.header("cache-control"), "private, no-cache");
    let tag = first.header("etag").to_owned();
    assert!(!tag.is_empty());
    let again = client(&app, "student").header("If-None-Match", &tag);
    again.get("/api/academics/schools/").await.is(304);
    app.execute("UPDATE academic_schools SET name = 'School of Engineering' WHERE code = 'SCE'", &[]).await;
    again.get("/api/academics/schools/").await.is(200);
    assert_eq!(student.get("/api/departments/").await.header("cache-control"), "private, no-cache");
}

#[tokio::test]
async fn default_order_is_by_school_and_two_keys_are_taken() {
    let app = recorded().await;
    let student = client(&app, "student");
    let codes = async |path: &str| {
        let page = student.get(path).await.is(200).json();
        let rows = page["results"].as_array().cloned().unwrap_or_default();
        rows.iter().map(|row| row["code"].as_str().unwrap_or_default().to_owned()).collect::<Vec<_>>()
    };
    assert_eq!(codes("/api/academics/courses/").await, ["BCOM-ACC", "BSC-CS", "BSC-IT", "BA-PSY"]);
    assert_eq!(
        codes("/api/academics/courses/?ordering=duration_years,-code").await,
        ["BA-PSY", "BSC-IT", "BSC-CS", "BCOM-ACC"]
    );
    assert_eq!(codes("/api/academics/departments/?search=computing%20tech").await, ["IT"]);
    let one = student.get(&format!("/api/academics/departments/{}/", id("acad.IT"))).await;
    one.is(200).has(json!({ "code": "IT", "school_code": "SCE" }));
}

#[tokio::test]
async fn inactive_rows_and_unknown_relations_are_not_found() {
    let app = recorded().await;
    let student = client(&app, "student");
    student.get(&format!("/api/academics/schools/{}", id("school.OLD"))).await.is(404);
    let list = student.get("/api/academics/courses/?department__school=x&duration_years=y").await;
    list.is(400).has(json!({
        "department__school": ["“x” is not a valid UUID."], "duration_years": ["Enter a number."]
    }));
}
