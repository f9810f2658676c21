//! Students: making, changing and removing their records.

use serde_json::{Value, json};

use crate::people::{asked, client, decide, id, seen, text, university};

fn body() -> Value {
    json!({
        "email": "New.Student@students.mksu.test", "full_name": "New Student", "admission_number": "ADM-900",
        "password": "Quiet-Harbour-42", "registration_number": "SCE/CS/0900/2024",
        "faculty": "School of Computing and Engineering", "program": "BSc Computer Science", "graduation_year": 2028,
    })
}

#[tokio::test]
async fn new_student_has_an_account_a_fee_and_a_mail() {
    let app = university().await;
    let student = client(&app, "admin").post("/api/students/", body()).await;
    student.is(201).has(json!({
        "email": "New.Student@students.mksu.test", "full_name": "New Student", "admission_number": "ADM-900",
        "admission_year": 2024, "eligibility_status": "pending", "school": null,
        "user": { "role": "student", "role_display": "Student", "is_active": true },
    }));
    let fee: String = app
        .value(
            "SELECT graduation_fee::text FROM finance_records WHERE student_id = $1::text::uuid",
            &[&text(&student.json()["id"])],
        )
        .await;
    assert_eq!(fee, "5500.00");
    let mail = app.mailed("New.Student@students.mksu.test", "Your account").await;
    assert!(!mail.contains("Quiet-Harbour-42"), "{mail}");
    let login = json!({ "email": "new.student@students.mksu.test", "password": "Quiet-Harbour-42" });
    app.anonymous().post("/api/auth/login/", login).await.is(200);
}

#[tokio::test]
async fn taken_numbers_and_addresses_are_all_told() {
    let app = university().await;
    let admin = client(&app, "admin");
    admin.post("/api/students/", body()).await.is(201);
    let mut again = body();
    again["email"] = json!("NEW.student@students.mksu.test");
    admin.post("/api/students/", again).await.is(400).has(json!({
        "email": ["user with this email already exists."],
        "admission_number": ["user with this admission number already exists."],
        "registration_number": ["student with this registration number already exists."],
    }));
    let mut other = body();
    other["graduation_year"] = json!(1969);
    other["course"] = json!(id("req.S05"));
    let refused = admin.post("/api/students/", other).await.is(400).json();
    assert_eq!(refused["graduation_year"], json!(["Ensure this value is greater than or equal to 1970."]));
    let pk = format!("Invalid pk \"{}\" - object does not exist.", id("req.S05"));
    assert_eq!(refused["course"], json!([pk]));
}

#[tokio::test]
async fn record_is_made_for_an_account_that_has_none() {
    let app = university().await;
    let account = id("user.student_noprofile");
    let known = json!({
        "user_id": account, "registration_number": "SBS/ACC/0901/2023", "faculty": "F", "program": "P",
        "graduation_year": 2027,
    });
    let admin = client(&app, "admin");
    let made = admin.post("/api/students/", known.clone()).await.is(201).json();
    assert_eq!(made["user"]["id"], json!(account));
    client(&app, "student:student_noprofile")
        .get("/api/students/me/")
        .await
        .is(200)
        .has(json!({ "id": made["id"] }));
    for user in [account, id("user.staff.LIBRARY"), id("req.S05")] {
        let mut body = known.clone();
        body["user_id"] = json!(user);
        body["registration_number"] = json!("SBS/ACC/0902/2023");
        let refused = json!({ "user_id": ["This user cannot get a student record."] });
        admin.post("/api/students/", body).await.is(400).has(refused);
    }
}

#[tokio::test]
async fn removed_student_is_gone_from_lists_but_not_from_decisions() {
    let app = university().await;
    let request = asked(&app, "S01").await;
    decide(&app, &request, "LIBRARY", "approve").await.is(200);
    let (student, admin) = (id("student.S01"), client(&app, "admin"));
    let token = client(&app, "student:S01").token().await;
    let path = format!("/api/students/{student}/");
    client(&app, "staff:LIBRARY").delete(&path).await.is(403);
    admin.delete(&path).await.is(204);
    admin.delete(&path).await.is(404);
    admin.get(&path).await.is(404);
    admin.get("/api/students/?search=SCE/CS/0001").await.is(200).has(json!({ "count": 0 }));
    app.with_token(token).get("/api/students/me/").await.is(401);
    let status: Vec<String> = app
        .query(
            "SELECT status || ': ' || rejection_reason FROM clearance_requests WHERE id = $1::text::uuid",
            &[&request],
        )
        .await
        .iter()
        .map(|row| row.get(0))
        .collect();
    assert_eq!(status, ["cancelled: Student record removed"]);
    let mut body = body();
    body["registration_number"] = json!("SCE/CS/0001/2022");
    admin.post("/api/students/", body).await.is(400).has(json!({
        "registration_number": ["student with this registration number already exists."],
    }));
}

#[tokio::test]
async fn staff_see_students_whose_requests_they_decide_on() {
    let app = university().await;
    let staff = client(&app, "staff:LIBRARY");
    staff.get(&format!("/api/students/{}/", id("student.S01"))).await.is(404);
    let request = asked(&app, "S01").await;
    for path in ["", "clearance_status/", "clearance-status/"] {
        staff.get(&format!("/api/students/{}/{path}", id("student.S01"))).await.is(200);
        client(&app, "student:S02").get(&format!("/api/students/{}/{path}", id("student.S01"))).await.is(404);
    }
    for desk in ["staff:finance_staff", "staff:gown_issuance_staff"] {
        client(&app, desk).get("/api/students/").await.is(200).has(json!({ "count": 40 }));
    }
    client(&app, "staff:NONE").get("/api/students/").await.is(200).has(json!({ "count": 0 }));
    client(&app, "student:S01").get("/api/students/").await.is(200).has(json!({ "count": 1 }));
    let status = client(&app, "student:S01")
        .get(&format!("/api/students/{}/clearance_status/", id("student.S01")))
        .await;
    status.is(200).has(json!({ "clearance_id": request, "submission_date": "2026-11-21T08:00:00Z" }));
    let eligible = staff.get("/api/students/eligible/").await.is(200).json();
    assert!(
        eligible
            .as_array()
            .is_some_and(|rows| rows.iter().all(|row| row["eligibility_status"] == "eligible"))
    );
    assert_eq!(seen(&app, &request).await["student"]["email"], "s01@students.mksu.test");
}

#[tokio::test]
async fn only_administrators_change_students() {
    let app = university().await;
    let path = format!("/api/students/{}/", id("student.S03"));
    let body = json!({ "eligibility_status": "eligible", "admission_year": 1999, "user_email": "x" });
    let refused = json!({ "detail": "You must be an administrator to perform this action." });
    client(&app, "student:S03").patch(&path, body.clone()).await.is(403).has(refused);
    client(&app, "student:S01").patch(&path, body.clone()).await.is(404);
    client(&app, "staff:NONE").patch(&path, body.clone()).await.is(404);
    let changed = client(&app, "admin").patch(&path, body).await.is(200).json();
    assert_eq!(
        (&changed["eligibility_status"], &changed["admission_year"]),
        (&json!("eligible"), &json!(2021))
    );
    let numbers = json!({ "registration_number": "SCE/CS/0903/2020", "school": null });
    let changed = client(&app, "admin").patch(&path, numbers).await.is(200).json();
    assert_eq!((&changed["admission_year"], &changed["school"]), (&json!(2021), &json!(null)));
    for wrong in ["sce/cs/0903/2020", "SCE/CS/903/2020", "SCE-CS-0903-2020"] {
        let body = json!({ "registration_number": wrong });
        client(&app, "admin").patch(&path, body).await.is(400);
    }
}
