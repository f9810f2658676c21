//! One's own profile.

use http::Method;
use serde_json::{Value, json};
use tests::{TestApp, a_cadet, a_staff_member};

use super::STAFF;

const PROFILE: &str = "/api/staff/profile";
const LOCKED: &str = "Profile is locked after completion. Contact admin for changes.";

#[tokio::test]
async fn a_profile_is_filled_in_handed_in_once_and_then_locked() {
    let app = TestApp::rotc().await;
    let member = app.add(a_staff_member().with_open_profile()).await;
    let me = app.as_user(member.user_id);

    let saved = me.put(PROFILE, json!({ "afpsn": "O-777", "age": 44, "blood_type": "AB+" })).await;
    saved.is(200).message("Profile updated successfully");
    assert_eq!(saved.json()["isProfileCompleted"], Value::Null);
    let open = me.put(PROFILE, json!({ "gender": "Female", "is_profile_completed": false })).await;
    open.is(200).has(json!({ "isProfileCompleted": false }));
    let handed_in = me.put(PROFILE, json!({ "is_profile_completed": "true", "birthplace": "" })).await;

    handed_in.is(200).has(json!({ "isProfileCompleted": true }));
    for body in [json!({ "rank": "Gen" }), json!({ "is_profile_completed": false }), json!({})] {
        me.put(PROFILE, body).await.is(403).message(LOCKED);
    }
    me.get(&format!("{STAFF}/me")).await.has(json!({ "rank": "Sgt", "afpsn": "O-777", "age": 44,
        "blood_type": "AB+", "gender": "Female", "birthplace": "", "is_profile_completed": true,
        "email": member.email, "username": member.username }));
    let admins = format!("{STAFF}/{}", member.id);
    app.as_admin().put(&admins, json!({ "blood_type": "O+" })).await.is(200);
    me.get(&format!("{STAFF}/me")).await.has(json!({ "blood_type": "O+" }));
    me.post("/api/staff/acknowledge-guide", json!({})).await.is(200).message("User guide acknowledged");
    me.get(&format!("{STAFF}/me")).await.has(json!({ "has_seen_guide": true }));
}

/// The client sends the whole row back, changed or not.
#[tokio::test]
async fn a_row_that_comes_back_changes_nothing() {
    let app = TestApp::rotc().await;
    let member = app.add(a_staff_member().with_open_profile()).await;
    let me = app.as_user(member.user_id);
    let path =
        "UPDATE training_staff SET role = 'Commandant', profile_pic = '/uploads/old.png' WHERE id = $1";
    app.execute(path, &[&member.id]).await;
    let row = me.get(&format!("{STAFF}/me")).await.json();

    me.put(PROFILE, row.clone()).await.is(200);

    assert_eq!(me.get(&format!("{STAFF}/me")).await.json(), row);
    me.put(PROFILE, json!({ "first_name": "", "last_name": " ", "email": "", "profile_pic": "" }))
        .await
        .is(200);
    me.put(PROFILE, json!({ "role": "NSTP Director", "profile_pic": "https://x.example.test/a.png" }))
        .await
        .is(200);
    assert_eq!(
        me.get(&format!("{STAFF}/me")).await.json(),
        row,
        "position and address of a picture are not mine"
    );
}

/// Legacy: the address is the name to sign in with from then on.
#[tokio::test]
async fn a_new_address_becomes_the_user_name() {
    let app = TestApp::rotc().await;
    let member = app.add(a_staff_member().with_open_profile().with_password("a good password")).await;
    let me = app.as_user(member.user_id);

    me.put(PROFILE, json!({ "email": "new@example.test", "username": "ignored" })).await.is(200);

    me.get(&format!("{STAFF}/me"))
        .await
        .has(json!({ "email": "new@example.test", "username": "new@example.test",
        "user": { "email": "new@example.test" } }));
    let sign_in = json!({ "username": "new@example.test", "password": "a good password" });
    app.anonymous().post("/api/auth/login", sign_in).await.is(200);
    me.put(PROFILE, json!({ "username": "maria" })).await.is(200);
    me.get(&format!("{STAFF}/me")).await.has(json!({ "email": "new@example.test", "username": "maria" }));
}

#[tokio::test]
async fn an_address_or_a_name_of_somebody_else_is_refused() {
    let app = TestApp::rotc().await;
    let member = app.add(a_staff_member().with_open_profile()).await;
    let (colleague, cadet) = (app.add(a_staff_member()).await, app.add(a_cadet()).await);
    let me = app.as_user(member.user_id);
    let before = me.get(&format!("{STAFF}/me")).await.json();

    for body in [
        json!({ "email": colleague.email, "rank": "Gen" }),
        json!({ "email": colleague.email.to_uppercase() }),
        json!({ "email": cadet.email }),
        json!({ "username": colleague.username }),
        json!({ "username": cadet.student_id }),
    ] {
        let answer = me.put(PROFILE, body).await;
        answer.is(400).message("Email/Username is already in use by another account.");
    }
    for body in
        [json!({ "age": "abc" }), json!({ "age": 1000 }), json!({ "email": "bad" }), json!({ "rank": [1] })]
    {
        me.put(PROFILE, body).await.is(400);
    }
    assert_eq!(me.get(&format!("{STAFF}/me")).await.json(), before);
}

#[tokio::test]
async fn of_two_hand_ins_at_once_the_second_finds_the_profile_locked() {
    let app = TestApp::crowded().await;
    let member = app.add(a_staff_member().with_open_profile()).await;
    let me = app.as_user(member.user_id);
    me.get(&format!("{STAFF}/me")).await.is(200);
    let body = |rank: &str| json!({ "rank": rank, "is_profile_completed": true });

    let (a, b) = futures_util::join!(me.put(PROFILE, body("A")), me.put(PROFILE, body("B")));

    let mut statuses = [a.status(), b.status()];
    statuses.sort_unstable();
    assert_eq!(statuses, [200, 403], "{a} {b}");
}

/// The checks of bad input everywhere act as an admin, who has no profile here.
#[tokio::test]
async fn hostile_values_in_a_profile_a_code_or_a_message_are_refused() {
    let app = TestApp::rotc().await;
    let member = app.add(a_staff_member().with_open_profile()).await;
    let me = app.as_user(member.user_id);
    let row = me.get(&format!("{STAFF}/me")).await.json();
    let fields = row.as_object().expect("a row").keys().filter(|field| *field != "is_profile_completed");
    let fields: Vec<&String> = fields.collect();
    for value in [json!("a\u{0}b"), json!({ "$gt": "" }), json!([[]]), json!(1e300), json!(-1), json!(true)] {
        for field in ["qr_data", "content"].into_iter().chain(fields.iter().map(|field| field.as_str())) {
            let body = json!({ field: value });
            for path in [PROFILE, "/api/staff/qr-code", "/api/staff/chat/messages"] {
                let method = if path == PROFILE { Method::PUT } else { Method::POST };
                let answer = app.as_user(member.user_id).json(method, path, &body).await;
                assert!(answer.status() < 500, "{body} {answer}");
            }
        }
    }
    for field in ["rank", "email", "username", "profile_pic", "address", "age"] {
        let megabyte = json!({ field: "x".repeat(1024 * 1024) });
        let answer = app.as_user(member.user_id).put(PROFILE, megabyte).await;
        assert_eq!(answer.status(), if field == "profile_pic" { 200 } else { 400 }, "{field}");
    }
    let longest = "SELECT max(length(training_staff::text)) FROM training_staff";
    assert!(app.value::<i32>(longest, &[]).await < 5_000);
}
