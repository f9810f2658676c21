//! Approving and removing accounts.

use serde_json::{Value, json};
use tests::{TestApp, a_cadet, a_staff_member, an_admin};

const USERS: &str = "/api/admin/users";

/// Somebody who has asked for an account.
async fn an_applicant(app: &TestApp) -> i32 {
    let body = json!({ "username": "newcomer", "email": "new@example.test", "password": "a good word" });
    let answer = app.anonymous().post("/api/auth/register", body).await;
    let id = answer.is(201).json()["user"]["id"].as_i64();
    i32::try_from(id.expect("an id")).expect("an id of a user")
}

async fn standing(app: &TestApp, user_id: i32) -> Option<(i32, bool)> {
    let find = "SELECT is_approved, coalesce(is_archived, FALSE) FROM users WHERE id = $1";
    app.query(find, &[&user_id]).await.first().map(|row| (row.get(0), row.get(1)))
}

#[tokio::test]
async fn the_list_holds_everybody_or_those_who_wait() {
    let app = TestApp::rotc().await;
    let cadet = app.add(a_cadet()).await;
    let applicant = an_applicant(&app).await;

    let all = app.as_admin().get(USERS).await;
    let waiting = app.as_admin().get("/api/admin/users?pending=true").await;

    assert_eq!(all.is(200).json().as_array().map(Vec::len), Some(3), "{all}");
    assert!(all.text().contains(&cadet.student_id), "{all}");
    assert!(!all.text().contains("password"), "{all}");
    let one = json!({
        "id": applicant, "username": "newcomer", "role": "cadet", "is_approved": 0, "email": "new@example.test",
        "first_name": null, "last_name": null, "student_id": null,
    });
    assert_eq!(waiting.is(200).json(), json!([one]));
    app.as_staff().get(USERS).await.is(403);
    app.as_cadet(&cadet).get(USERS).await.is(403);
}

#[tokio::test]
async fn who_is_approved_may_sign_in_and_is_told_once() {
    let app = TestApp::rotc().await;
    let applicant = an_applicant(&app).await;
    let approve = format!("{USERS}/{applicant}/approve");
    app.as_staff().put(&approve, json!({})).await.is(403);

    app.as_admin().put(&approve, json!({})).await.is(200).message("User approved");
    app.as_admin().put(&approve, json!({})).await.is(200).message("User approved");

    let text = app.mailed("new@example.test", "Account Approved - ROTC Grading System").await;
    assert!(text.contains("newcomer") && text.contains("https://rotc.example.test/login"), "{text}");
    assert_eq!(app.value::<i64>("SELECT count(*) FROM muster.mails", &[]).await, 1);
    app.audited("users", "UPDATE", applicant).await;
    let body = json!({ "username": "newcomer", "password": "a good word" });
    app.anonymous().post("/api/auth/login", body).await.is(200);
    app.as_admin().put("/api/admin/users/1999999999/approve", json!({})).await.is(200);
    app.as_admin().put("/api/admin/users/abc/approve", json!({})).await.is(400);
}

#[tokio::test]
async fn an_approved_cadet_gets_a_row_of_grades_and_names_are_escaped_in_mails() {
    let app = TestApp::rotc().await;
    let cadet = app.add(a_cadet().without_grades()).await;
    app.execute("UPDATE users SET is_approved = 0 WHERE id = $1", &[&cadet.user_id]).await;
    app.execute("UPDATE cadets SET first_name = '<b>Juan' WHERE id = $1", &[&cadet.id]).await;

    app.as_admin().put(&format!("{USERS}/{}/approve", cadet.user_id), json!({})).await.is(200);

    let grades = "SELECT count(*) FROM grades WHERE cadet_id = $1";
    assert_eq!(app.value::<i64>(grades, &[&cadet.id]).await, 1);
    let html: String = app.value("SELECT html_body FROM muster.mails", &[]).await;
    assert!(!html.contains("<b>Juan") && html.contains("Juan"), "{html}");
}

#[tokio::test]
async fn an_archived_account_is_not_approved_but_restored() {
    let app = TestApp::rotc().await;
    let cadet = app.add(a_cadet().archived()).await;
    app.execute("UPDATE users SET is_approved = 0 WHERE id = $1", &[&cadet.user_id]).await;

    let answer = app.as_admin().put(&format!("{USERS}/{}/approve", cadet.user_id), json!({})).await;

    answer.is(409).code("archived");
    assert_eq!(standing(&app, cadet.user_id).await, Some((0, true)));
}

#[tokio::test]
async fn a_rejected_request_is_deleted_and_its_notices_do_not_become_everybodys() {
    let app = TestApp::rotc().await;
    let applicant = an_applicant(&app).await;
    let notice = "INSERT INTO notifications (user_id, message, type) VALUES ($1, 'Private', 'grade')";
    app.execute(notice, &[&applicant]).await;
    app.as_staff().delete(&format!("{USERS}/{applicant}")).await.is(403);

    let answer = app.as_admin().delete(&format!("{USERS}/{applicant}")).await;

    answer.is(200).message("User rejected/deleted");
    assert_eq!(standing(&app, applicant).await, None);
    assert_eq!(app.value::<i64>("SELECT count(*) FROM notifications", &[]).await, 0);
    app.audited("users", "DELETE", applicant).await;
    an_applicant(&app).await;
}

#[tokio::test]
async fn an_account_that_is_removed_is_archived_with_its_cadet_and_nothing_is_lost() {
    let app = TestApp::rotc().await;
    let (cadet, other) = (app.add(a_cadet()).await, app.add(a_cadet()).await);
    let token = app.sign_in(cadet.user_id).await.access;

    app.as_admin().delete(&format!("{USERS}/{}", cadet.user_id)).await.is(200);

    assert_eq!(standing(&app, cadet.user_id).await, Some((0, true)));
    assert_eq!(standing(&app, other.user_id).await, Some((1, false)));
    let archived = "SELECT array_agg(id) FROM cadets WHERE is_archived";
    assert_eq!(app.value::<Vec<i32>>(archived, &[]).await, [cadet.id]);
    assert_eq!(app.value::<i64>("SELECT count(*) FROM grades", &[]).await, 2);
    app.with_token(token).get("/api/cadet/profile").await.is(401);
    app.as_admin().delete("/api/admin/users/1999999999").await.is(200);
    app.as_admin().delete("/api/admin/users/abc").await.is(400);
}

#[tokio::test]
async fn an_account_of_the_staff_is_archived_alone() {
    let app = TestApp::rotc().await;
    let staff = app.add(a_staff_member()).await;

    app.as_admin().delete(&format!("{USERS}/{}", staff.user_id)).await.is(200);

    assert_eq!(standing(&app, staff.user_id).await, Some((0, true)));
    app.as_user(staff.user_id).get("/api/admin/cadets").await.is(401);
}

#[tokio::test]
async fn nobody_removes_their_own_account() {
    let app = TestApp::rotc().await;
    let (me, other) = (app.admin_id().await, app.add(an_admin()).await.user_id);

    app.as_admin().delete(&format!("{USERS}/{me}")).await.is(409).code("own_account");
    app.as_admin().delete(&format!("{USERS}/{other}")).await.is(200);

    assert_eq!(standing(&app, me).await, Some((1, false)));
    assert_eq!(standing(&app, other).await, Some((0, true)));
}

#[tokio::test]
async fn of_two_administrators_who_remove_each_other_one_stays() {
    let app = TestApp::crowded().await;
    let (one, other) = (app.add(an_admin()).await.user_id, app.add(an_admin()).await.user_id);
    let (by_one, by_other) = (app.as_user(one), app.as_user(other));
    by_one.get(USERS).await.is(200);
    by_other.get(USERS).await.is(200);
    let (path_of_one, path_of_other) = (format!("{USERS}/{one}"), format!("{USERS}/{other}"));

    let (first, second) = tokio::join!(by_one.delete(&path_of_other), by_other.delete(&path_of_one));

    let mut statuses = [first.status(), second.status()];
    statuses.sort_unstable();
    assert_eq!(statuses[0], 200, "{first} {second}");
    assert!([401, 409].contains(&statuses[1]), "{first} {second}");
    let left = "SELECT count(*) FROM users WHERE role = 'admin' AND is_approved = 1 AND NOT is_archived";
    assert_eq!(app.value::<i64>(left, &[]).await, 1);
}

#[tokio::test]
async fn removing_the_same_account_twice_changes_nothing_more() {
    let app = TestApp::rotc().await;
    let cadet = app.add(a_cadet()).await;
    let path = format!("{USERS}/{}", cadet.user_id);

    app.as_admin().delete(&path).await.is(200);
    let count = "SELECT count(*) FROM audit_logs WHERE table_name IN ('users', 'cadets')";
    let before: i64 = app.value(count, &[]).await;
    app.as_admin()
        .delete(&path)
        .await
        .is(200)
        .has(json!({ "message": Value::from("User rejected/deleted") }));

    assert_eq!(app.value::<i64>(count, &[]).await, before);
}
