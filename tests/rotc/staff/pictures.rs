//! Pictures of the staff.

use base64::{Engine, prelude::BASE64_STANDARD};
use http::Method;
use serde_json::{Value, json};
use tests::{Answer, Part, StaffMember, TestApp, a_staff_member, field};

use super::{AVATAR, STAFF};

const PHOTO: &str = "/api/staff/profile/photo";
const PROFILE: &str = "/api/staff/profile";

fn picture(field: &str, body: &[u8]) -> Part {
    Part::File(field.to_owned(), "a.png".to_owned(), "image/png".to_owned(), body.to_vec())
}

async fn upload(app: &TestApp, member: &StaffMember, part: Part) -> Answer {
    app.as_user(member.user_id).form(Method::POST, PHOTO, &[part]).await
}

fn data_url(kind: &str, body: &[u8]) -> String {
    format!("data:{kind};base64,{}", BASE64_STANDARD.encode(body))
}

/// Where row and account say the picture is.
async fn on_file(app: &TestApp, member: &StaffMember) -> [Option<String>; 2] {
    let both = "SELECT training_staff.profile_pic, users.profile_pic
                FROM training_staff JOIN users ON staff_id = training_staff.id WHERE training_staff.id = $1";
    let row = &app.query(both, &[&member.id]).await[0];
    [row.get(0), row.get(1)]
}

async fn is_stored(app: &TestApp, path: &str) -> bool {
    app.app.files.get(path).await.expect("files answer").is_some()
}

/// Files in the store.
fn files(app: &TestApp) -> usize {
    app.stored_files().len()
}

/// Also after the profile is locked.
#[tokio::test]
async fn a_member_uploads_a_picture_for_row_and_account() {
    let app = TestApp::rotc().await;
    let member = app.add(a_staff_member()).await;

    let answer = upload(&app, &member, picture("image", AVATAR)).await;

    let path =
        answer.is(200).message("Profile picture updated").json()["filePath"].as_str().map(str::to_owned);
    assert!(is_stored(&app, path.as_deref().unwrap_or_default()).await, "{answer}");
    assert_eq!(on_file(&app, &member).await, [path.clone(), path.clone()]);
    let second =
        upload(&app, &member, picture("image", AVATAR)).await.json()["filePath"].as_str().map(str::to_owned);
    assert_ne!(second, path);
    assert_eq!(on_file(&app, &member).await, [second.clone(), second]);
}

#[tokio::test]
async fn what_is_no_picture_is_refused_and_nothing_is_stored() {
    let app = TestApp::rotc().await;
    let member = app.add(a_staff_member()).await;
    for body in [
        &b"<svg xmlns='http://www.w3.org/2000/svg' onload='x()'/>"[..],
        b"<!doctype html><script>alert(1)</script>",
        b"",
        b"%PDF-1.4",
    ] {
        upload(&app, &member, picture("image", body)).await.is(400);
    }
    let wrong = upload(&app, &member, picture("wrong", AVATAR)).await;
    wrong.is(400).message("Image upload failed: Unexpected field");
    let text = upload(&app, &member, field("image", "x")).await;
    text.is(400).message("No file uploaded");
    upload(&app, &member, picture("image", &vec![0; 20 * 1024 * 1024 + 1])).await.is(413);
    let huge = vec![0; 22 * 1024 * 1024];
    upload(&app, &member, picture("image", &huge)).await.is(413);

    assert_eq!(files(&app), 0);
    assert_eq!(on_file(&app, &member).await, [None, None]);
}

/// The client's first page sends pictures of up to 5 MB inside the JSON body.
#[tokio::test]
async fn a_picture_inside_a_profile_is_stored_as_a_file() {
    let app = TestApp::rotc().await;
    let member = app.add(a_staff_member().with_open_profile()).await;
    let me = app.as_user(member.user_id);
    let mut large = AVATAR.to_vec();
    large.resize(5 * 1024 * 1024, 0);

    me.put(PROFILE, json!({ "rank": "Cpl", "profile_pic": data_url("image/png", &large) })).await.is(200);

    let [path, account] = on_file(&app, &member).await;
    let path = path.unwrap_or_default();
    assert!(path.starts_with("/uploads/image-") && path.ends_with(".png"), "{path}");
    assert_eq!(account.as_deref(), Some(&*path));
    assert!(is_stored(&app, &path).await);
    let too_large = format!("data:image/png;base64,{}", "A".repeat(9 * 1024 * 1024));
    me.put(PROFILE, json!({ "profile_pic": too_large })).await.is(413);
    for bad in [
        data_url("image/svg+xml", b"<svg xmlns='http://www.w3.org/2000/svg'/>"),
        data_url("image/png", b"<script>alert(1)</script>"),
        "data:image/png;base64,%%%".to_owned(),
        "data:text/html,<script>alert(1)</script>".to_owned(),
    ] {
        me.put(PROFILE, json!({ "rank": "Gen", "profile_pic": bad })).await.is(400);
    }
    me.get(&format!("{STAFF}/me")).await.has(json!({ "rank": "Cpl", "profile_pic": path }));
    assert_eq!(files(&app), 1, "what was refused is not kept");
}

/// A locked profile, a taken address, nobody: the file of the picture goes with the refusal.
#[tokio::test]
async fn a_refused_edit_leaves_no_picture_behind() {
    let app = TestApp::rotc().await;
    let (locked, colleague) = (app.add(a_staff_member()).await, app.add(a_staff_member()).await);
    let url = data_url("image/png", AVATAR);
    let me = app.as_user(locked.user_id);

    me.put(PROFILE, json!({ "profile_pic": url })).await.is(403);
    app.as_admin().put(&format!("{STAFF}/99999"), json!({ "profile_pic": url })).await.is(404);
    let taken = json!({ "profile_pic": url, "email": colleague.email });
    app.as_admin().put(&format!("{STAFF}/{}", locked.id), taken).await.is(409);
    let twin =
        json!({ "first_name": "A", "last_name": "B", "profile_pic": url, "username": colleague.username });
    app.as_admin().post(STAFF, twin).await.is(409);

    assert_eq!(files(&app), 0);
}

/// Row and account always show the same picture.
#[tokio::test]
async fn admins_set_and_clear_pictures_for_row_and_account() {
    let app = TestApp::rotc().await;
    let member = app.add(a_staff_member()).await;
    let url = format!("{STAFF}/{}", member.id);
    let put = async |pic: Value| app.as_admin().put(&url, json!({ "profile_pic": pic })).await.status();

    assert_eq!(put(data_url("image/png", AVATAR).into()).await, 200);
    let [row, account] = on_file(&app, &member).await;
    assert!(row.as_deref().is_some_and(|path| path.starts_with("/uploads/image-")) && row == account);
    assert_eq!(put(format!("/api/images/staff/{}", member.id).into()).await, 200);
    assert_eq!(put(Value::Null).await, 200);
    assert_eq!(on_file(&app, &member).await, [row.clone(), row]);
    app.as_admin().delete(&url).await.is(200);
    let [row, account] = on_file(&app, &member).await;
    assert!(row.is_some() && row == account);
    assert_eq!(put("".into()).await, 200);
    assert_eq!(on_file(&app, &member).await, [None, None]);

    let body = json!({ "first_name": "A", "last_name": "B", "profile_pic": data_url("image/png", AVATAR) });
    let id = app.as_admin().post(STAFF, body).await.is(200).json()["id"].as_i64().unwrap_or_default();
    let pic = "SELECT training_staff.profile_pic = users.profile_pic FROM training_staff
               JOIN users ON staff_id = training_staff.id WHERE training_staff.id = $1";
    assert!(app.value::<bool>(pic, &[&i32::try_from(id).unwrap_or_default()]).await);
}

/// Legacy: old rows hold data URLs, which the client sends back with the rest of the row.
#[tokio::test]
async fn an_old_picture_that_comes_back_stays_as_it_is() {
    let app = TestApp::rotc().await;
    let member = app.add(a_staff_member().with_open_profile()).await;
    let old = data_url("image/svg+xml", b"<svg/>");
    app.execute("UPDATE training_staff SET profile_pic = $2 WHERE id = $1", &[&member.id, &old]).await;
    let body = json!({ "rank": "Cpl", "profile_pic": old });

    app.as_user(member.user_id).put(PROFILE, body.clone()).await.is(200);
    app.as_admin().put(&format!("{STAFF}/{}", member.id), body).await.is(200);

    assert_eq!(on_file(&app, &member).await[0], Some(old));
    assert_eq!(files(&app), 0);
}
