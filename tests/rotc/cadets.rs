//! The cadet register.

use http::Method;
use serde_json::{Value, json};
use tests::{Part, TestApp, a_cadet};

const CADETS: &str = "/api/cadets";
const AVATAR: &[u8] = include_bytes!("recordings/files/avatar.png");

fn pedro(student_id: &str) -> Value {
    json!({ "student_id": student_id, "first_name": "Pedro", "last_name": "Cruz", "email": "p@example.test" })
}

fn picture(field: &str, body: &[u8]) -> Part {
    Part::File(field.to_owned(), "a.png".to_owned(), "image/png".to_owned(), body.to_vec())
}

/// A new cadet has a row of grades and an account, and stands in the list as the newest.
#[tokio::test]
async fn an_admin_enrols_a_cadet() {
    let app = TestApp::rotc().await;
    app.add(a_cadet()).await;

    let answer = app.as_admin().post(CADETS, pedro("2026-7001")).await;

    answer.is(201).has(json!({ "success": true, "data": {
        "student_id": "2026-7001", "status": "Ongoing", "username": "Pedro", "is_archived": false,
        "finalGrade": 30, "remarks": "Failed", "grades": { "merit_points": 0 } } }));
    let id = answer.json()["data"]["id"].clone();
    let list = app.as_staff().get("/api/cadets/?limit=1").await;
    list.is(200).has(json!({ "success": true, "page": 1, "limit": 1, "total": 2, "data": [{ "id": id }] }));
    app.as_staff().post(CADETS, pedro("2026-7002")).await.is(403);
    app.as_admin().post(CADETS, json!({})).await.is(400).message("This field is required.");
    let twin = app.as_admin().post(CADETS, pedro("2026-7001")).await;
    twin.is(400).message("Student ID already exists.");
    let mut namesake = pedro("2026-7003");
    namesake["email"] = "another.pedro@example.test".into();
    let namesake = app.as_admin().post(CADETS, namesake).await;
    let name = namesake.is(201).json()["data"]["username"].as_str().unwrap_or_default().to_owned();
    assert!(name.starts_with("Pedro") && name != "Pedro", "{name}");
}

/// Of two at the same moment one wins.
#[tokio::test]
async fn the_same_student_id_twice_at_once_makes_one_cadet() {
    let app = TestApp::crowded().await;
    let admin = app.as_admin();
    app.admin_id().await;

    let (a, b) = futures_util::join!(
        admin.post(CADETS, pedro("2026-7001")),
        admin.post(
            "/api/admin/cadets",
            json!({ "studentId": "2026-7001", "firstName": "A", "lastName": "B" })
        ),
    );

    let mut statuses = [a.status(), b.status()];
    statuses.sort_unstable();
    assert_eq!(statuses, [201, 400], "{a} {b}");
    assert_eq!(app.value::<i64>("SELECT count(*) FROM cadets", &[]).await, 1);
}

/// Filters hold together; the wildcards of SQL are ordinary letters.
#[tokio::test]
async fn cadets_are_filtered_and_searched() {
    let app = TestApp::rotc().await;
    let alpha = app.add(a_cadet().in_company("Alpha")).await;
    app.add(a_cadet().in_company("Bravo")).await;
    let found =
        async |query: &str| app.as_staff().get(&format!("{CADETS}?{query}")).await.json()["total"].clone();

    assert_eq!(found("company=Alpha").await, 1);
    assert_eq!(found("company=Alpha&status=Completed").await, 0);
    assert_eq!(found(&format!("search={}", alpha.last_name.to_uppercase())).await, 1);
    assert_eq!(found("search=%25").await, 0);
    assert_eq!(found("search=_").await, 0);
    assert_eq!(found("page=99").await, 2);
    assert_eq!(found("page=x&limit=-5").await, 2);
}

/// Others are neither listed nor shown to a cadet.
#[tokio::test]
async fn a_cadet_sees_only_themselves() {
    let app = TestApp::rotc().await;
    let (one, other) = (app.add(a_cadet()).await, app.add(a_cadet().without_grades()).await);

    app.as_cadet(&one).get(CADETS).await.is(200).has(json!({ "total": 1, "data": [{ "id": one.id }] }));
    app.as_cadet(&one).get(&format!("{CADETS}/{}", one.id)).await.is(200);
    app.as_cadet(&one).get(&format!("{CADETS}/{}", other.id)).await.is(403);
    app.as_cadet(&one).get(&format!("{CADETS}/999")).await.is(403);
    let shown = app.as_staff().get(&format!("{CADETS}/{}", other.id)).await;
    shown.is(200).has(json!({ "data": { "grades": null, "merit_points": null, "finalGrade": 30 } }));
    app.as_staff().get(&format!("{CADETS}/999")).await.is(404).message("Cadet not found");
    app.as_cadet(&one).get(&format!("{CADETS}/archived")).await.is(403);
}

/// What is not sent stays, an empty text clears, null stays.
#[tokio::test]
async fn an_edit_changes_only_what_is_sent() {
    let app = TestApp::rotc().await;
    let (cadet, other) = (app.add(a_cadet()).await, app.add(a_cadet()).await);
    let url = format!("{CADETS}/{}", cadet.id);
    let put = async |body: Value| app.as_admin().put(&url, body).await;

    put(json!({ "company": "Bravo", "birthdate": "2005-05-05", "year_level": 3 })).await.is(200);
    let answer = put(json!({ "platoon": "", "religion": null })).await;

    answer.is(200).has(json!({ "data": { "company": "Bravo", "birthdate": "2005-05-05", "platoon": "",
        "year_level": "3", "email": cadet.email, "username": cadet.student_id } }));
    put(json!({ "first_name": " " })).await.is(400);
    put(json!({ "email": "bad" })).await.is(400);
    put(json!({ "birthdate": "31/12/2000" })).await.is(400);
    put(json!({ "address": "x".repeat(5000) })).await.is(400);
    put(json!({ "address": "a\u{0}b" })).await.is(400);
    put(json!({ "student_id": other.student_id })).await.is(400).message("Student ID already exists.");
    put(json!({ "email": other.email.to_uppercase() })).await.is(409);
    put(json!({ "username": other.student_id })).await.is(409);
    app.as_admin().put(&format!("{CADETS}/999"), json!({})).await.is(404);
    app.as_staff().put(&url, json!({})).await.is(403);
    app.audited("cadets", "UPDATE", cadet.id).await;
}

/// The picture is stored under a random name; when the edit fails it is not kept.
#[tokio::test]
async fn a_picture_comes_with_a_form() {
    let app = TestApp::rotc().await;
    let cadet = app.add(a_cadet()).await;
    let url = format!("{CADETS}/{}", cadet.id);

    let answer = app.as_admin().form(Method::PUT, &url, &[picture("profile_pic", AVATAR)]).await;

    let path = answer.is(200).json()["data"]["profile_pic"].as_str().unwrap_or_default().to_owned();
    let stored = app.app.files.get(&path).await.expect("files answer");
    assert_eq!(stored.map(|file| file.content_type).as_deref(), Some("image/png"), "{path}");
    let svg = [picture("profile_pic", b"<svg xmlns='http://www.w3.org/2000/svg' onload='x()'/>")];
    app.as_admin().form(Method::PUT, &url, &svg).await.is(400);
    app.as_admin().form(Method::PUT, &url, &[picture("other", AVATAR)]).await.is(400);
    let big = [picture("profile_pic", &vec![0; 20 * 1024 * 1024 + 1])];
    app.as_admin().form(Method::PUT, &url, &big).await.is(413);
}

/// Archiving signs out, keeps every record, and can be taken back.
#[tokio::test]
async fn an_archived_cadet_is_signed_out_and_comes_back() {
    let app = TestApp::rotc().await;
    let cadet = app.add(a_cadet()).await;
    let url = format!("{CADETS}/{}", cadet.id);
    app.as_cadet(&cadet).get(&url).await.is(200);

    let answer = app.as_admin().delete(&url).await;

    answer.is(200).has(json!({ "success": true, "data": { "is_archived": true } }));
    app.as_cadet(&cadet).get(&url).await.is(401);
    app.as_admin().get(CADETS).await.has(json!({ "total": 0, "data": [] }));
    app.as_admin().get("/api/cadets/archived").await.has(json!({ "total": 1, "data": [{ "id": cadet.id }] }));
    assert_eq!(app.value::<i64>("SELECT count(*) FROM grades WHERE cadet_id = $1", &[&cadet.id]).await, 1);
    let restored = app.as_admin().post(&format!("{url}/restore"), json!({})).await;
    restored.is(200).has(json!({ "data": { "is_archived": false } }));
    let again = app.sign_in(cadet.user_id).await.access;
    app.with_token(again).get(&url).await.is(200);
    app.as_admin().delete(&format!("{CADETS}/999")).await.is(404);
    app.as_admin().post(&format!("{CADETS}/999/restore"), json!({})).await.is(404);
}

/// Everything goes; a private notice goes too instead of becoming one for everybody.
#[tokio::test]
async fn deleting_for_good_leaves_nothing_behind() {
    let app = TestApp::rotc().await;
    let (cadet, other) = (app.add(a_cadet()).await, app.add(a_cadet()).await);
    for user in [cadet.user_id, other.user_id] {
        app.execute(
            "INSERT INTO notifications (user_id, message, type) VALUES ($1, 'private', 'grade')",
            &[&user],
        )
        .await;
    }
    app.execute(
        "INSERT INTO merit_demerit_logs (cadet_id, type, points) VALUES ($1, 'merit', 5)",
        &[&cadet.id],
    )
    .await;
    let url = format!("{CADETS}/{}", cadet.id);
    let answer = app.as_admin().form(Method::PUT, &url, &[picture("profile_pic", AVATAR)]).await;
    let path = answer.json()["data"]["profile_pic"].as_str().unwrap_or_default().to_owned();

    let answer =
        app.as_admin().post("/api/admin/cadets/delete-permanent", json!({ "ids": [cadet.id, 999] })).await;

    answer.is(200).message("Permanently deleted 1 cadets and 1 users").has(json!({ "ids": [cadet.id, 999] }));
    assert_eq!(app.value::<i64>("SELECT count(*) FROM notifications", &[]).await, 1);
    assert_eq!(app.value::<i64>("SELECT count(*) FROM merit_demerit_logs", &[]).await, 0);
    assert!(app.app.files.get(path.trim_start_matches('/')).await.expect("files answer").is_none());
    app.as_admin().get(&url).await.is(404);
    app.as_cadet(&other).get(&format!("{CADETS}/{}", other.id)).await.is(200);
}

/// Of two hand-ins at once the second finds the profile locked.
#[tokio::test]
async fn a_profile_is_handed_in_once() {
    let app = TestApp::crowded().await;
    let cadet = app.add(a_cadet()).await;
    app.as_admin().post("/api/admin/cadets/unlock", json!({ "ids": [cadet.id] })).await.is(200);
    let body = json!({ "username": "juan", "firstName": "Juan", "lastName": "Cruz", "email": "j@example.test",
        "contactNumber": "1", "address": "a", "gender": "Male", "course": "BSIT", "yearLevel": "1",
        "schoolYear": "2026", "battalion": "1st", "company": "Alpha", "platoon": "1st", "cadetCourse": "MS1",
        "semester": "1st", "status": "Completed", "studentId": "stolen", "is_profile_completed": true });
    let client = app.as_cadet(&cadet);
    client.get("/api/cadet/profile").await.is(200);

    let (a, b) = futures_util::join!(
        client.put("/api/cadet/profile", body.clone()),
        client.put("/api/cadet/profile", body.clone()),
    );

    let mut statuses = [a.status(), b.status()];
    statuses.sort_unstable();
    assert_eq!(statuses, [200, 403], "{a} {b}");
    client.get("/api/cadet/profile").await.has(json!({ "status": "Verified", "is_profile_completed": true,
        "student_id": cadet.student_id, "username": "juan" }));
}
