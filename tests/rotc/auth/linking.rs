//! Which cadet an account becomes, and on what proof.

use rotc::autolink::{Proof, link};
use serde_json::json;
use tests::{Cadet, TestApp, a_cadet};

async fn unlink(app: &TestApp, cadet: &Cadet, username: &str, email: &str) {
    let unlink = "UPDATE users SET cadet_id = NULL, username = $2, email = $3 WHERE id = $1";
    app.execute(unlink, &[&cadet.user_id, &username, &email]).await;
}

async fn linked(app: &TestApp, user_id: i32) -> Option<i32> {
    app.value("SELECT cadet_id FROM users WHERE id = $1", &[&user_id]).await
}

#[tokio::test]
async fn password_proves_the_student_id_but_not_the_mail_address() {
    let app = TestApp::rotc().await;
    let by_number = app.add(a_cadet().with_password("secret")).await;
    let by_mail = app.add(a_cadet().with_password("secret")).await;
    unlink(&app, &by_number, &by_number.student_id, "other@example.test").await;
    unlink(&app, &by_mail, "somebody", &by_mail.email).await;

    for (name, cadet) in [(by_number.student_id.as_str(), Some(by_number.id)), ("somebody", None)] {
        let body = json!({ "username": name, "password": "secret" });
        app.anonymous().post("/api/auth/login", body).await.is(200).has(json!({ "cadetId": cadet }));
    }

    app.audited("users", "UPDATE", by_number.user_id).await;
    assert_eq!(linked(&app, by_mail.user_id).await, None);
}

#[tokio::test]
async fn mailed_link_proves_the_address_and_links_the_only_free_cadet_that_has_it() {
    let app = TestApp::rotc().await;
    let (own, taken) = (app.add(a_cadet()).await, app.add(a_cadet()).await);
    let stranger = app.add(a_cadet()).await;
    unlink(&app, &own, "somebody", &own.email.to_uppercase()).await;
    unlink(&app, &stranger, "stranger", &taken.email).await;
    app.execute("UPDATE users SET email = 'moved@example.test' WHERE id = $1", &[&taken.user_id]).await;

    for (name, address, cadet) in
        [("somebody", own.email.to_uppercase(), Some(own.id)), ("stranger", taken.email.clone(), None)]
    {
        app.anonymous().post("/api/auth/cadet-login", json!({ "identifier": name })).await.is(401);
        let mail = app.mailed(&address, "Your sign-in link").await;
        let (_, rest) = mail.split_once("/api/auth/link#").expect("a link in the mail");
        let code = rest.split_whitespace().next().expect("a secret");
        let answer = app.anonymous().post("/api/auth/link", json!({ "code": code })).await;
        answer.is(200).has(json!({ "cadetId": cadet }));
    }

    let events = "SELECT count(*) FROM sync_events WHERE event_type = 'login_autolink_cadet'";
    assert_eq!(app.value::<i64>(events, &[]).await, 1);
    app.audited("users", "UPDATE", own.user_id).await;
}

#[tokio::test]
async fn approval_links_by_student_id_and_not_by_an_address_nobody_has_proved() {
    let app = TestApp::rotc().await;
    let (by_number, by_mail) = (app.add(a_cadet()).await, app.add(a_cadet()).await);
    unlink(&app, &by_number, &by_number.student_id, "other@example.test").await;
    unlink(&app, &by_mail, "somebody", &by_mail.email).await;
    app.execute("UPDATE users SET is_approved = 0 WHERE role = 'cadet'", &[]).await;

    for cadet in [&by_number, &by_mail] {
        app.as_admin().put(&format!("/api/admin/users/{}/approve", cadet.user_id), json!({})).await.is(200);
    }

    assert_eq!(linked(&app, by_number.user_id).await, Some(by_number.id));
    assert_eq!(linked(&app, by_mail.user_id).await, None);
}

#[tokio::test]
async fn two_accounts_racing_for_one_cadet_are_not_both_linked() {
    let app = TestApp::crowded().await;
    let (cadet, other) = (app.add(a_cadet()).await, app.add(a_cadet()).await);
    let address = cadet.email.clone();
    unlink(&app, &cadet, "first", &address).await;
    unlink(&app, &other, "second", &address).await;
    let mut first = app.app.db.change_for_system("first").await.unwrap();
    let mut second = app.app.db.change_for_system("second").await.unwrap();

    let won = link(&mut first, cadet.user_id, Proof::Address, "cadet_autolinked").await.unwrap();
    let (lost, committed) = tokio::join!(
        biased;
        link(&mut second, other.user_id, Proof::Address, "cadet_autolinked"),
        first.commit()
    );

    committed.unwrap();
    assert_eq!((won, lost.unwrap()), (Some(cadet.id), None));
}

#[tokio::test]
async fn database_refuses_a_second_active_account_of_a_cadet() {
    let app = TestApp::rotc().await;
    let (one, two) = (app.add(a_cadet()).await, app.add(a_cadet()).await);

    let twice = "UPDATE users SET cadet_id = $2 WHERE id = $1";
    let refused = app.database().await.execute(twice, &[&two.user_id, &one.id]).await.unwrap_err();

    assert_eq!(refused.code(), Some(&tokio_postgres::error::SqlState::UNIQUE_VIOLATION));
}
