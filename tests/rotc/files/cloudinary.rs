//! Files at Cloudinary: where new ones go, who is shown which, and what is removed there.

use bytes::Bytes;
use chrono::TimeDelta;
use http::Method;
use serde_json::json;
use shared::{
    files::{Audience, NewFile, StoredFile},
    jobs::Tally,
};
use tests::{Answer, Cadet, CloudinaryServer, Part, TestApp, a_cadet, field};

const AVATAR: &[u8] = include_bytes!("../recordings/files/avatar.png");
const LETTER: &[u8] = b"%PDF-1.4\n1 0 obj<</Type/Catalog>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n";

/// As the legacy server stored a photo.
const LEGACY: &str = "rotc-grading-system/zk2ssuyxuk1rvihwaqbq";

/// What one destroyed letter or picture leaves in the list of the server.
fn destroyed(name: &str) -> Vec<String> {
    vec![format!("{name}: ok")]
}

/// Sends a cadet's photo.
async fn send_photo(app: &TestApp, cadet: &Cadet) -> Answer {
    let part = Part::File("profile_pic".into(), "a.png".into(), "image/png".into(), AVATAR.to_vec());
    app.as_admin().form(Method::PUT, &format!("/api/cadets/{}", cadet.id), &[part]).await
}

/// Sends it and tells its address.
async fn give_photo(app: &TestApp, cadet: &Cadet) -> String {
    send_photo(app, cadet).await.is(200).json()["data"]["profile_pic"].as_str().unwrap_or_default().to_owned()
}

async fn set_photo(app: &TestApp, cadet: &Cadet, url: Option<&str>) {
    app.execute("UPDATE cadets SET profile_pic = $2 WHERE id = $1", &[&cadet.id, &url]).await;
}

async fn photo_of(app: &TestApp, cadet: &Cadet) -> Option<String> {
    app.value("SELECT profile_pic FROM cadets WHERE id = $1", &[&cadet.id]).await
}

/// Stores a letter as the forms for letters do, with its record, and tells its address.
async fn give_letter(app: &TestApp, cadet: &Cadet, body: &'static [u8]) -> String {
    let name = format!("letter-{}.pdf", app.app.ids.uuid().simple());
    let body = Bytes::from_static(body);
    let file = NewFile { name, body, content_type: "application/pdf", audience: Audience::Checked };
    let url = app.app.files.put(file).await.expect("the letter is stored");
    app.execute(
        "INSERT INTO excuse_letters (cadet_id, date_absent, reason, file_url) VALUES ($1, '2026-02-01', 'ill', $2)",
        &[&cadet.id, &url],
    )
    .await;
    url
}

/// Runs a sweep and tells what it has reported, at any time: every call signs in anew.
async fn sweep(app: &TestApp) -> Vec<String> {
    let admin = app.with_token(app.sign_in(app.admin_id().await).await.access);
    admin.post("/api/admin/files/sweep", json!({})).await.is(202);
    app.work().await;
    let files = app.query("SELECT address FROM muster.orphan_files ORDER BY address", &[]).await;
    files.iter().map(|file| file.get(0)).collect()
}

/// `image/upload/<public id>` of an address.
fn name_of(url: &str) -> String {
    let stem = url.rsplit_once('/').map_or(url, |(_, name)| name).trim_end_matches(".png");
    format!("image/upload/rotc-grading-system/{stem}")
}

#[tokio::test]
async fn a_photo_goes_to_cloudinary_and_its_row_holds_the_url() {
    let (app, cloud) = TestApp::with_cloudinary().await;
    let cadet = app.add(a_cadet()).await;

    let url = give_photo(&app, &cadet).await;

    assert!(url.starts_with("https://res.cloudinary.com/muster-test/image/upload/v17"), "{url}");
    assert_eq!(cloud.stored(), [name_of(&url)]);
    assert_eq!(cloud.transformation().as_deref(), Some("c_limit,h_1200,w_1200,q_auto:good"));
    assert_eq!(photo_of(&app, &cadet).await.as_ref(), Some(&url));
    let image = app.as_cadet(&cadet).get(&format!("/api/images/cadets/{}", cadet.id)).await;
    assert_eq!((image.is(302).header("location"), image.bytes().len()), (&*url, 0));
    let kept = app.app.files.get(&url).await.expect("the store answers").expect("the photo");
    assert_eq!((&*kept.body, &*kept.content_type), (AVATAR, "image/png"));
    assert_eq!(app.work().await, Tally::default(), "the store has made it small itself");
}

#[tokio::test]
async fn a_letter_is_for_its_cadet_and_the_staff() {
    let (app, cloud) = TestApp::with_cloudinary().await;
    let (cadet, other) = (app.add(a_cadet()).await, app.add(a_cadet()).await);

    let url = give_letter(&app, &cadet, LETTER).await;

    let name = url.strip_prefix("/uploads/cloud/").expect("an address of ours");
    assert_eq!(cloud.stored(), [format!("raw/authenticated/rotc-grading-system/{name}")]);
    for reader in [app.as_cadet(&cadet), app.as_staff(), app.as_admin()] {
        let letter = reader.get(&url).await;
        assert_eq!(letter.is(200).bytes(), LETTER);
        assert_eq!(letter.header("content-type"), "application/pdf");
        assert_eq!(letter.header("content-disposition"), "attachment");
    }
    app.as_cadet(&other).get(&url).await.is(404);
    app.anonymous().get(&url).await.is(404);
    app.as_staff().get("/uploads/cloud/letter-00000000000000000000000000000000.pdf").await.is(404);

    app.execute("DELETE FROM excuse_letters", &[]).await;
    assert_eq!(app.work().await.done, 2, "the file is deleted; there is no letter to read any more");
    assert_eq!(cloud.stored(), Vec::<String>::new());
}

/// A letter that somebody sends on its own is theirs before any record has it.
#[tokio::test]
async fn a_letter_sent_alone_is_hidden_from_others() {
    let (app, _cloud) = TestApp::with_cloudinary().await;
    let (cadet, other) = (app.add(a_cadet()).await, app.add(a_cadet()).await);
    let file = Part::File("file".into(), "l.pdf".into(), "application/pdf".into(), LETTER.to_vec());
    let kind = field("type", "excuse_letter");

    let sent = app.as_cadet(&cadet).form(Method::POST, "/api/upload", &[kind, file]).await;

    let data = sent.is(201).json()["data"].clone();
    let url = data["url"].as_str().expect("an address");
    assert!(url.starts_with("/uploads/cloud/letter-"), "{url}");
    assert_eq!(data["format"], "pdf");
    app.as_cadet(&cadet).get(url).await.is(200);
    app.as_cadet(&other).get(url).await.is(404);
    let id = data["public_id"].as_str().unwrap_or_default();
    app.as_cadet(&other).delete(&format!("/api/upload/{id}")).await.is(404);
    app.as_cadet(&cadet).delete(&format!("/api/upload/{id}")).await.is(200);
    app.work().await;
    app.as_staff().get(url).await.is(404);
}

/// A function cannot answer with a large file; the client gets an address that holds for five minutes.
#[tokio::test]
async fn a_large_letter_is_fetched_from_the_store_itself() {
    let (app, _cloud) = TestApp::with_cloudinary().await;
    let cadet = app.add(a_cadet()).await;
    let body: &'static [u8] = Box::leak(vec![b'x'; 5 * 1024 * 1024].into_boxed_slice());
    let url = give_letter(&app, &cadet, body).await;

    let letter = app.as_cadet(&cadet).get(&url).await;

    let address = letter.is(307).header("location").to_owned();
    let fetch =
        async || app.app.outbound.client().expect("a client").get(&address).send().await.expect("an answer");
    let fetched = fetch().await;
    assert_eq!((fetched.status().as_u16(), fetched.content_length()), (200, Some(5 * 1024 * 1024)));
    app.clock.advance(TimeDelta::minutes(6));
    assert_eq!(fetch().await.status(), 401);
}

#[tokio::test]
async fn a_replaced_photo_is_destroyed_after_the_change_and_once() {
    let (app, cloud) = TestApp::with_cloudinary().await;
    let cadet = app.add(a_cadet()).await;
    let first = give_photo(&app, &cadet).await;

    let second = give_photo(&app, &cadet).await;

    assert_eq!((cloud.stored().len(), cloud.destroyed().len()), (2, 0), "not before the change holds");
    assert_eq!(app.work().await.done, 1);
    assert_eq!(cloud.stored(), [name_of(&second)]);
    assert_eq!(cloud.destroyed(), destroyed(&name_of(&first)));
    assert_eq!(app.work().await, Tally::default());
}

#[tokio::test]
async fn nothing_is_written_while_cloudinary_is_down() {
    let (app, cloud) = TestApp::with_cloudinary().await;
    let cadet = app.add(a_cadet()).await;
    let letter = give_letter(&app, &cadet, LETTER).await;
    cloud.down(true);

    let refused = send_photo(&app, &cadet).await;

    refused.is(503).code("unavailable");
    assert!(!refused.text().contains("Cloudinary"), "{refused}");
    assert_eq!(photo_of(&app, &cadet).await, None);
    app.as_cadet(&cadet).get(&letter).await.is(503);
    assert_eq!(app.work().await, Tally { postponed: 1, ..Tally::default() }, "the letter is read later");
    cloud.down(false);
    assert_eq!(cloud.stored().len(), 1);
    send_photo(&app, &cadet).await.is(200);
}

#[tokio::test]
async fn a_deletion_waits_until_cloudinary_is_back() {
    let (app, cloud) = TestApp::with_cloudinary().await;
    let cadet = app.add(a_cadet()).await;
    let url = give_photo(&app, &cadet).await;
    cloud.down(true);

    let deleted =
        app.as_admin().post("/api/admin/cadets/delete-permanent", json!({ "ids": [cadet.id] })).await;

    deleted.is(200);
    assert_eq!(app.work().await, Tally { postponed: 1, ..Tally::default() });
    cloud.down(false);
    assert_eq!(app.work().await, Tally::default(), "not at once");
    app.clock.advance(TimeDelta::minutes(2));
    assert_eq!(app.work().await, Tally { done: 1, ..Tally::default() });
    assert_eq!(cloud.destroyed(), destroyed(&name_of(&url)));
}

/// What goes wrong is kept for the administrators, without anything that could be used to ask.
#[tokio::test]
async fn no_key_or_signature_is_told_when_the_service_refuses_or_is_away() {
    let server = TestApp::with_cloudinary().await.1;
    let refused = |config: &mut shared::config::CloudinaryConfig| config.secret = "another".into();
    let away = |config: &mut shared::config::CloudinaryConfig| {
        config.endpoint = "http://127.0.0.1:9".parse().expect("an address");
    };
    for (change, words) in
        [(refused as fn(&mut _), "Cloudinary answered 401"), (away, "error sending request")]
    {
        let mut account = server.config();
        change(&mut account);
        let app = TestApp::with(|config| config.files.cloudinary = Some(account)).await;
        for problem in [
            app.app.files.get("/uploads/cloud/letter-1.pdf").await.map(|_| ()).unwrap_err(),
            app.app.files.delete("/uploads/cloud/letter-1.pdf").await.unwrap_err(),
        ] {
            assert_eq!(problem.kind().status(), 503);
            let text = format!("{problem} {problem:?}");
            assert!(text.contains(words), "{text}");
            for secret in ["signature", "another", "123456789012345"] {
                assert!(!text.contains(secret), "{text}");
            }
        }
    }
    assert_eq!(server.destroyed(), Vec::<String>::new());
}

#[tokio::test]
async fn photos_of_the_legacy_server_stay_as_they_are() {
    let (app, cloud) = TestApp::with_cloudinary().await;
    let cadet = app.add(a_cadet()).await;
    let url = cloud.place(LEGACY, AVATAR);
    set_photo(&app, &cadet, Some(&url)).await;

    app.as_cadet(&cadet).get("/api/cadet/profile").await.is(200).has(json!({ "profile_pic": url }));
    let one = app.as_staff().get(&format!("/api/cadets/{}", cadet.id)).await;
    one.is(200).has(json!({ "data": { "profile_pic": url } }));
    let image = app.as_cadet(&cadet).get(&format!("/api/images/cadets/{}", cadet.id)).await;
    assert_eq!(image.is(302).header("location"), url);
    app.work().await;
    assert_eq!(cloud.stored().len(), 1);
}

/// The same picture may stand in other rows with another version, or made smaller on its way.
#[tokio::test]
async fn a_picture_stays_while_any_address_of_it_is_in_use() {
    let (app, cloud) = TestApp::with_cloudinary().await;
    let (cadet, other) = (app.add(a_cadet()).await, app.add(a_cadet()).await);
    let url = cloud.place(LEGACY, AVATAR);
    let small = format!("https://res.cloudinary.com/muster-test/image/upload/c_fill,w_90/v1/{LEGACY}.jpg");
    set_photo(&app, &cadet, Some(&url)).await;
    set_photo(&app, &other, Some(&small)).await;

    set_photo(&app, &cadet, None).await;
    app.work().await;
    assert_eq!(cloud.stored().len(), 1);

    set_photo(&app, &other, None).await;
    app.work().await;
    assert_eq!(cloud.destroyed(), destroyed(&format!("image/upload/{LEGACY}")));
}

/// Whoever writes an address of somebody else's file into a row and takes it out again destroys nothing.
#[tokio::test]
async fn files_of_others_are_never_destroyed() {
    let (app, cloud) = TestApp::with_cloudinary().await;
    let cadet = app.add(a_cadet()).await;
    let logo = cloud.place("school/logo", AVATAR);
    let elsewhere = "https://res.cloudinary.com/another/image/upload/v1/rotc-grading-system/a.png";

    for url in [&*logo, elsewhere, "https://pictures.example.test/a.png"] {
        set_photo(&app, &cadet, Some(url)).await;
        set_photo(&app, &cadet, None).await;
    }

    assert_eq!(app.work().await, Tally { done: 2, ..Tally::default() });
    assert_eq!(cloud.destroyed(), Vec::<String>::new());
}

#[tokio::test]
async fn files_in_the_bucket_are_still_shown_and_removed_there() {
    let (app, cloud) = TestApp::with_cloudinary().await;
    let cadet = app.add(a_cadet()).await;
    let address = "/uploads/profile-1700000000000-1.png";
    let file = StoredFile { body: Bytes::from_static(AVATAR), content_type: "image/png".to_owned() };
    app.app.files.replace(address, file).await.expect("the bucket answers");
    set_photo(&app, &cadet, Some(address)).await;

    assert_eq!(app.as_cadet(&cadet).get(address).await.is(200).bytes(), AVATAR);
    let image = app.as_cadet(&cadet).get(&format!("/api/images/cadets/{}", cadet.id)).await;
    assert_eq!(image.is(200).bytes(), AVATAR);

    give_photo(&app, &cadet).await;
    app.work().await;
    assert!(app.app.files.get(address).await.expect("the bucket answers").is_none());
    assert_eq!(cloud.destroyed(), Vec::<String>::new());
}

/// A photo whose change failed, and a letter, both without a record; beside them what must not be reported.
#[tokio::test]
async fn a_sweep_finds_our_files_only() {
    let (app, cloud) = TestApp::with_cloudinary().await;
    cloud.lists(2);
    let (cadet, other) = (app.add(a_cadet()).await, app.add(a_cadet()).await);
    let forgotten = give_photo(&app, &cadet).await;
    app.execute("DELETE FROM muster.jobs", &[]).await;
    let used = give_photo(&app, &cadet).await;
    let other_version = used.replace("/upload/v17", "/upload/w_90/v16");
    set_photo(&app, &other, Some(&other_version)).await;
    set_photo(&app, &cadet, None).await;
    let letter = give_letter(&app, &cadet, LETTER).await;
    app.execute("DELETE FROM excuse_letters", &[]).await;
    app.execute("UPDATE users SET profile_pic = NULL", &[]).await;
    app.execute("DELETE FROM muster.jobs", &[]).await;
    for name in
        ["zk2ssuyxuk1rvihwaqbq", "profile-1700000000000-1", "a/profile-00112233445566778899aabbccddeeff"]
    {
        cloud.place(&format!("rotc-grading-system/{name}"), AVATAR);
    }
    cloud.place("school/profile-00112233445566778899aabbccddeeff", AVATAR);
    assert_eq!(sweep(&app).await, Vec::<String>::new(), "they are young");

    app.clock.advance(TimeDelta::hours(25));
    assert_eq!(sweep(&app).await, [letter.clone(), forgotten.clone()]);
    assert_eq!(cloud.destroyed(), Vec::<String>::new());

    app.clock.advance(TimeDelta::days(7));
    assert_eq!(sweep(&app).await, Vec::<String>::new());
    app.work().await;
    let name = letter.replace("/uploads/cloud/", "raw/authenticated/rotc-grading-system/");
    let mut gone = cloud.destroyed();
    gone.sort();
    assert_eq!(gone, [destroyed(&name_of(&forgotten)), destroyed(&name)].concat());
    assert!(cloud.stored().contains(&name_of(&used)));
}

/// Else the file would outlive its record without anybody knowing.
#[tokio::test]
async fn a_letter_is_not_given_up_when_the_account_is_not_configured() {
    let app = TestApp::rotc().await;
    let cadet = app.add(a_cadet()).await;
    app.execute(
        "INSERT INTO excuse_letters (cadet_id, date_absent, reason, file_url)
         VALUES ($1, '2026-02-01', 'ill', '/uploads/cloud/letter-00112233445566778899aabbccddeeff.pdf')",
        &[&cadet.id],
    )
    .await;

    app.execute("DELETE FROM excuse_letters", &[]).await;

    assert_eq!(app.work().await, Tally { done: 1, postponed: 1, failed: 0 }, "there is no letter to read");
}

#[tokio::test]
async fn the_status_names_the_account() {
    let (app, _cloud) = TestApp::with_cloudinary().await;
    let expected = json!({ "configured": true, "cloud_name": "muster-test", "source": "url" });

    let answer = app.anonymous().get("/api/cloudinary/status").await;

    assert_eq!(answer.is(200).json(), expected);
    assert!(!answer.text().contains("123456789012345"));
}

/// The server behind these tests accepts nobody without a signature.
#[tokio::test]
async fn the_service_of_the_tests_refuses_what_the_real_one_does() {
    let (app, cloud) = TestApp::with_cloudinary().await;
    let url = give_photo(&app, &app.add(a_cadet()).await).await;
    let client = app.app.outbound.client().expect("a client");
    let ask = async |path: &str| {
        let url = format!("{}v1_1/muster-test/{path}", CloudinaryServer::config(&cloud).endpoint);
        client.get(url).send().await.expect("an answer").status().as_u16()
    };
    let id = name_of(&url).replace("image/upload/", "");

    assert_eq!(ask(&format!("image/download?public_id={id}&timestamp=1770019200")).await, 401);
    let wrong =
        format!("image/download?public_id={id}&timestamp=1770019200&api_key=123456789012345&signature=0");
    assert_eq!(ask(&wrong).await, 401);
    assert_eq!(ask("resources/image/upload?max_results=500").await, 401);
    assert_eq!(ask("anything").await, 404);
}
