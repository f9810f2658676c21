//! Who gets an account, and with which record.

use serde_json::json;

use super::{PASSWORD, add, empty, log_in, register, registration, tokens};

#[tokio::test]
async fn registration_with_a_number_makes_the_student_row_with_the_fee() {
    let app = empty().await;
    register(&app, "amani@students.test", "sce/cs/0001/2024").await.is(201);
    let row = "SELECT concat_ws(' ', registration_number, admission_year, eligibility_status, graduation_year, faculty, program,
                      graduation_fee) FROM students JOIN finance_records ON student_id = students.id";
    assert_eq!(
        app.value::<String>(row, &[]).await,
        "SCE/CS/0001/2024 2024 pending 2028 SCE CS 5500.00",
        "codes stand for what is not in the academics"
    );
    register(&app, "other@students.test", "SCE/CS/0001/2024").await.is(400).has(json!({
        "admission_number": ["student with this registration number already exists."]
    }));
    register(&app, "third@students.test", "no number").await.is(201);
    assert_eq!(app.value::<i64>("SELECT count(*) FROM students", &[]).await, 1);
}

#[tokio::test]
async fn registration_number_of_a_removed_student_stays_taken() {
    let app = empty().await;
    register(&app, "amani@students.test", "SCE/CS/0001/2024").await.is(201);
    app.execute("UPDATE students SET deleted_at = now()", &[]).await;
    app.execute("UPDATE users SET admission_number = NULL", &[]).await;
    register(&app, "other@students.test", "SCE/CS/0001/2024").await.is(400);
}

#[tokio::test]
async fn role_is_refused_at_registration_and_ignored_in_the_profile() {
    let app = empty().await;
    let mut body = registration("amani@students.test", "SCE/CS/0001/2024");
    body["role"] = "admin".into();
    app.anonymous().post("/api/auth/register/", body).await.is(400).has(json!({
        "role": ["Only student accounts can be registered here."], "code": "invalid"
    }));
    let registered = register(&app, "amani@students.test", "SCE/CS/0001/2024").await;
    let student = app.with_token(tokens(&registered).0);
    let change = json!({ "role": "admin", "is_active": false, "department": null, "full_name": "Amani M" });
    let shown = student.patch("/api/auth/profile/", change).await;
    shown.is(200).has(json!({ "role": "student", "is_active": true, "full_name": "Amani M" }));
    student.get("/api/users/").await.is(403);
}

#[tokio::test]
async fn new_address_needs_the_password_and_a_number_is_set_once() {
    let app = empty().await;
    let registered = register(&app, "amani@students.test", "").await;
    let student = app.with_token(tokens(&registered).0);
    let address = json!({ "email": "new@students.test" });
    student.patch("/api/auth/profile/", address).await.is(400).has(json!({
        "current_password": ["Enter your password to change the e-mail address."]
    }));
    let wrong = json!({ "email": "new@students.test", "password": "wrong" });
    student.patch("/api/auth/profile/", wrong).await.is(400).has(json!({
        "current_password": ["Old password is not correct."]
    }));
    let right = json!({ "email": "new@students.test", "current_password": PASSWORD });
    student.patch("/api/auth/profile/", right).await.is(200);
    let number = json!({ "admission_number": "SCE/CS/0001/2024" });
    student.patch("/api/auth/profile/", number).await.is(200);
    assert_eq!(
        app.value::<i64>("SELECT count(*) FROM students", &[]).await,
        1,
        "the number makes the record"
    );
    let another = json!({ "admission_number": "SCE/CS/0002/2024" });
    student.patch("/api/auth/profile/", another).await.is(400).has(json!({
        "admission_number": ["Ask an administrator to change your admission number."]
    }));
}

#[tokio::test]
async fn weak_and_long_passwords_are_refused_in_the_order_of_the_rules() {
    let app = empty().await;
    for (password, messages) in [
        (
            "123",
            json!([
                "This password is too short. It must contain at least 8 characters.",
                "This password is too common.",
                "This password is entirely numeric.",
            ]),
        ),
        ("password123", json!(["This password is too common."])),
        (
            "é-Quiet-Harbour-42-Quiet-Harbour-42-Quiet-Harbour-42-Quiet-Harbour-42-Qu",
            json!(["This password is too long. It must contain at most 72 bytes."]),
        ),
    ] {
        let mut body = registration("amani@students.test", "");
        body["password"] = password.into();
        body["password_confirm"] = password.into();
        app.anonymous().post("/api/auth/register/", body).await.is(400).has(json!({ "password": messages }));
    }
}

#[tokio::test]
async fn administrator_adds_accounts_again_and_again_and_stays() {
    let app = empty().await;
    let admin = add(&app, "admin@mksu.test", "admin").await;
    let client = app.as_user(admin);
    for name in ["one", "two"] {
        let body = json!({ "email": format!("{name}@mksu.test"), "full_name": name, "role": "library_staff",
                           "password": PASSWORD });
        client.post("/api/users/", body).await.is(201).has(json!({ "role_display": "Library Staff" }));
        let mailed = app.mailed(&format!("{name}@mksu.test"), "Your account").await;
        assert!(mailed.contains("Somebody Else has the password"), "{mailed}");
    }
    log_in(&app, "ONE@mksu.test", PASSWORD).await.is(200);
    let last = json!({ "detail": "At least one administrator must remain.", "code": "conflict" });
    client.delete(&format!("/api/users/{admin}/")).await.is(409).has(last.clone());
    client.patch(&format!("/api/users/{admin}/"), json!({ "role": "student" })).await.is(409).has(last);
    let second = add(&app, "second@mksu.test", "admin").await;
    client.delete(&format!("/api/users/{second}/")).await.is(204);
    assert!(
        app.value::<bool>("SELECT NOT is_active FROM users WHERE id = $1", &[&second]).await,
        "not erased"
    );
}

#[tokio::test]
async fn audit_rows_name_who_is_gone_and_hold_no_secret() {
    let app = empty().await;
    let admin = add(&app, "admin@mksu.test", "admin").await;
    let body = json!({ "email": "one@mksu.test", "full_name": "One", "password": PASSWORD });
    let made = app.as_user(admin).post("/api/users/", body).await;
    let row =
        "SELECT concat_ws(' ', action, entity, actor_name, ip_address) FROM audit_logs WHERE entity_id = $1";
    let id = made.json()["id"].as_str().unwrap_or_default().to_owned();
    assert_eq!(app.value::<String>(row, &[&id]).await, "create User Somebody Else 203.0.113.7");
    let leaked = "SELECT count(*) FROM audit_logs WHERE changes::text ~ '[$]2b[$]|Quiet-Harbour|one@mksu'";
    assert_eq!(app.value::<i64>(leaked, &[]).await, 0);
    app.execute("UPDATE users SET role = 'student' WHERE id = $1", &[&admin]).await;
    assert_eq!(app.value::<String>(row, &[&id]).await, "create User Somebody Else 203.0.113.7");
}

#[tokio::test]
async fn names_with_unseen_letters_or_markup_are_refused_and_others_have_one_spelling() {
    let app = empty().await;
    let admin = add(&app, "admin@mksu.test", "admin").await;
    let body = |name: &str| json!({ "email": "one@mksu.test", "full_name": name, "password": PASSWORD });
    let refused = json!({ "full_name": ["This text holds characters that a name cannot have."] });
    for name in ["Amani\nMutiso", "\u{202e}inamA", "A\u{200b}mani", "<b>Amani</b>"] {
        app.as_user(admin).post("/api/users/", body(name)).await.is(400).has(refused.clone());
    }
    let made = app.as_user(admin).post("/api/users/", body(" Nn\u{303}eri O'Neil-Mwangi ")).await;
    made.is(201).has(json!({ "full_name": "Nñeri O'Neil-Mwangi" }));
}

#[tokio::test]
async fn administrator_reads_and_saves_an_account() {
    let app = empty().await;
    let admin = add(&app, "admin@mksu.test", "admin").await;
    let other = add(&app, "other@mksu.test", "student").await;
    let client = app.as_user(admin);
    let path = format!("/api/users/{other}/");
    client.get(&path).await.is(200).has(json!({ "email": "other@mksu.test", "role": "student" }));
    let body = json!({ "email": "new@mksu.test", "full_name": "New Name", "role": "hostel_staff" });
    client.put(&path, body).await.is(200).has(json!({ "email": "new@mksu.test", "role": "hostel_staff" }));
    client.put(&path, json!({ "email": "new@mksu.test" })).await.is(400).has(json!({
        "full_name": ["This field is required."]
    }));
}
