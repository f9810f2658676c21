//! Photos of people in `<img>`.

use http::Method;
use serde_json::json;
use tests::{TestApp, a_cadet, a_staff_member};

use super::{AVATAR, file};

#[tokio::test]
async fn photos_are_for_people_who_are_signed_in() {
    let app = TestApp::rotc().await;
    let (cadet, other, staff) =
        (app.add(a_cadet()).await, app.add(a_cadet()).await, app.add(a_staff_member()).await);
    let part = [file("profile_pic", "a.png", AVATAR)];
    app.as_admin().form(Method::PUT, &format!("/api/cadets/{}", cadet.id), &part).await.is(200);
    let copy = "UPDATE training_staff SET profile_pic = (SELECT profile_pic FROM cadets WHERE id = $1) WHERE id = $2";
    app.execute(copy, &[&cadet.id, &staff.id]).await;

    for url in [format!("/api/images/cadets/{}?t=1", cadet.id), format!("/api/images/staff/{}", staff.id)] {
        let shown = app.as_cadet(&other).get(&url).await;
        assert_eq!(shown.is(200).bytes().as_ref(), AVATAR, "{url}");
        assert_eq!(shown.header("content-type"), "image/png");
        assert_eq!(shown.header("cache-control"), "private, max-age=86400");
        let hidden = app.anonymous().get(&url).await;
        assert!(hidden.is(200).text().contains(" Image</text>"), "{url}");
        assert_eq!(hidden.header("content-type"), "image/svg+xml");
    }
    app.anonymous().get("/api/images/status").await.is(200).has(json!({ "status": "ok" }));
}

#[tokio::test]
async fn only_pictures_and_addresses_we_trust_are_shown() {
    let app = TestApp::rotc().await;
    let cadet = app.add(a_cadet()).await;
    let url = format!("/api/images/cadets/{}", cadet.id);
    let show = async |value: &str| {
        app.execute("UPDATE cadets SET profile_pic = $2 WHERE id = $1", &[&cadet.id, &value]).await;
        app.as_cadet(&cadet).get(&url).await
    };

    let cloud = "https://res.cloudinary.com/unit/image/upload/v1/rotc-grading-system/abc.jpg";
    let answer = show(cloud).await;
    assert_eq!(answer.is(302).header("location"), cloud);
    let data = "data:image/png;base64,iVBORw0KGgo=";
    assert_eq!(show(data).await.is(200).bytes().as_ref(), b"\x89PNG\r\n\x1a\n");
    for value in [
        "https://elsewhere.example.test/a.jpg",
        "data:text/html;base64,PHNjcmlwdD4=",
        "data:image/svg+xml;base64,PHN2Zz4=",
        "data:image/png;base64,%%%",
        "/uploads/../secret",
        "/uploads/missing.png",
        "C:\\server\\uploads\\missing.png",
        "",
    ] {
        assert!(show(value).await.is(200).text().contains("No Cadet Image"), "{value}");
    }
    app.as_cadet(&cadet).get("/api/images/cadets/abc").await.is(200);
    app.as_cadet(&cadet).get("/api/images/staff/99999999999").await.is(200);
}
