//! Edits of the staff by admins.

use serde_json::{Value, json};
use tests::{TestApp, a_cadet, a_staff_member};

use super::STAFF;

/// The client leaves the picture out of every edit, and the position out of some.
#[tokio::test]
async fn an_edit_changes_only_what_is_sent() {
    let app = TestApp::rotc().await;
    let member = app.add(a_staff_member()).await;
    let url = format!("{STAFF}/{}", member.id);
    let put = async |body: Value| app.as_admin().put(&url, body).await;
    put(
        json!({ "role": "Commandant", "profile_pic": "/uploads/image-1.png", "blood_type": "O+", "age": 44 }),
    )
    .await
    .is(200)
    .message("Staff updated successfully");

    put(json!({ "rank": "Maj", "first_name": "Ana", "suffix_name": "", "age": null })).await.is(200);

    let shown = app.as_admin().get(&url).await;
    shown.has(
        json!({ "rank": "Maj", "first_name": "Ana", "suffix_name": "", "role": "Commandant", "age": 44,
        "profile_pic": "/uploads/image-1.png", "blood_type": "O+", "email": member.email,
        "is_profile_completed": true, "user": { "username": member.username, "email": member.email } }),
    );
    app.audited("training_staff", "UPDATE", member.id).await;
    put(json!({ "profile_pic": "", "age": "" })).await.is(200);
    app.as_admin().get(&url).await.has(json!({ "profile_pic": null, "age": null, "rank": "Maj" }));
    put(json!({ "first_name": " " })).await.is(400);
    put(json!({ "last_name": "" })).await.is(400);
    put(json!({ "email": "bad" })).await.is(400);
    put(json!({ "profile_pic": "javascript:alert(1)" })).await.is(400);
    put(json!({ "profile_pic": "/uploads/../secrets" })).await.is(400);
    app.as_admin()
        .put(&format!("{STAFF}/99999"), json!({ "rank": "x" }))
        .await
        .is(404)
        .message("Staff not found");
    app.as_admin().put(&format!("{STAFF}/abc"), json!({})).await.is(400);
}

/// The account follows; its owner signs in with the new address.
#[tokio::test]
async fn the_account_gets_the_new_address_and_name() {
    let app = TestApp::rotc().await;
    let member = app.add(a_staff_member()).await;
    let url = format!("{STAFF}/{}", member.id);

    app.as_admin().put(&url, json!({ "email": " new@example.test ", "username": "new" })).await.is(200);

    let account =
        json!({ "email": "new@example.test", "user": { "username": "new", "email": "new@example.test" } });
    app.as_admin().get(&url).await.has(account.clone());
    app.as_admin().put(&url, json!({ "email": null, "username": "" })).await.is(200);
    app.as_admin().get(&url).await.has(account);
    app.as_admin().put(&url, json!({ "email": "" })).await.is(200);
    app.as_admin()
        .get(&url)
        .await
        .has(json!({ "email": null, "user": { "username": "new", "email": null } }));
}

#[tokio::test]
async fn an_address_or_a_name_belongs_to_one_person() {
    let app = TestApp::rotc().await;
    let (member, colleague) = (app.add(a_staff_member()).await, app.add(a_staff_member()).await);
    let cadet = app.add(a_cadet()).await;
    let url = format!("{STAFF}/{}", member.id);

    for body in [
        json!({ "email": colleague.email }),
        json!({ "email": colleague.email.to_uppercase() }),
        json!({ "username": colleague.username }),
        json!({ "username": colleague.email }),
        json!({ "username": cadet.student_id }),
    ] {
        let answer = app.as_admin().put(&url, body).await;
        answer.is(409).message("Email/Username is already in use by another account.");
    }
    app.as_admin().put(&url, json!({ "email": member.email.to_uppercase() })).await.is(200);
    app.as_admin().put(&url, json!({ "username": member.username })).await.is(200);
}

#[tokio::test]
async fn of_two_who_want_the_same_address_at_once_one_gets_it() {
    let app = TestApp::crowded().await;
    let (one, other) = (app.add(a_staff_member()).await, app.add(a_staff_member()).await);
    let admin = app.as_admin();
    app.admin_id().await;
    let put = |id: i32| {
        let admin = admin.clone();
        async move { admin.put(&format!("{STAFF}/{id}"), json!({ "email": "both@example.test" })).await.status() }
    };

    let (a, b) = futures_util::join!(put(one.id), put(other.id));

    let mut statuses = [a, b];
    statuses.sort_unstable();
    assert_eq!(statuses, [200, 409]);
}
