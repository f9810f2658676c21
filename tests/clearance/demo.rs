//! The demo data: every state that students can be in.

use serde_json::json;
use tests::TestApp;

use crate::recorded;

#[tokio::test]
async fn the_demo_has_somebody_in_every_state() {
    let app =
        TestApp::of(&clearance::SYSTEM, |config| config.demo_password = Some("Quiet-Harbour-42".into()))
            .await;

    let accounts =
        muster::demo::seed(&app.app, app.system).await.expect("it is filled").expect("it was empty");

    assert_eq!(accounts.len(), 43);
    let count = async |sql: &str| app.value::<i64>(&format!("SELECT count(*) FROM {sql}"), &[]).await;
    for (rows, expected) in [
        ("students", 25),
        ("clearance_requests WHERE status = 'completed'", 8),
        ("clearance_requests WHERE status = 'rejected'", 2),
        ("clearance_requests WHERE status = 'in_progress'", 5),
        ("clearance_requests WHERE status = 'pending'", 4),
        ("clearance_requests WHERE status = 'cancelled'", 1),
        ("clearance_certificates", 8),
        ("gown_issuances", 6),
        ("receipts WHERE state = 'review'", 1),
        ("receipts WHERE state = 'applied' AND applied_amount < amount", 1),
        ("payments WHERE NOT is_verified", 3),
        ("clearance_approvals WHERE notes LIKE 'Carried over%'", 3),
        ("muster.mails WHERE sent_at IS NOT NULL", 0),
    ] {
        assert_eq!(count(rows).await, expected, "{rows}");
    }
    let signed_in = json!({ "email": "student@mksu.ac.ke", "password": "Quiet-Harbour-42" });
    app.anonymous().post("/api/auth/login/", signed_in).await.is(200);
    assert!(muster::demo::seed(&app.app, app.system).await.expect("it is looked at").is_none(), "once only");
}

#[tokio::test]
async fn the_first_administrator_signs_in_with_the_password_that_is_told() {
    let app = TestApp::of(&clearance::SYSTEM, |_| ()).await;
    let wish = shared::system::NewAdmin { email: "Head@mksu.test".to_owned(), username: None };
    let first = clearance::SYSTEM.admin.expect("there is one");
    let mut change = app.app.db.change_for_system("a test").await.expect("a transaction opens");
    assert_eq!(first.count(&mut change).await.expect("they are counted"), 0);

    let made = first.create(&app.app, &mut change, &wish, &Told).await.expect("one is made");

    first.create(&app.app, &mut change, &wish, &Told).await.expect_err("the address is taken");
    change.commit().await.expect("it is stored");
    let shared::system::Access::Password { username, password } = made else {
        panic!("a password: {made:?}")
    };
    let answer =
        app.anonymous().post("/api/auth/login/", json!({ "email": username, "password": password })).await;
    answer.is(200).has(json!({ "user": { "email": "head@mksu.test", "role": "admin" } }));
}

struct Told;

impl shared::system::Passwords for Told {
    fn draw(&self) -> String {
        "Quiet-Harbour-42".to_owned()
    }
}

#[tokio::test]
async fn nothing_is_filled_where_somebody_is() {
    let app = recorded::recorded().await;
    assert!(muster::demo::seed(&app.app, app.system).await.expect("it is looked at").is_none());
}
