//! Certificates: given once, checked by anybody, and caught when forged.

use base64::{Engine, prelude::BASE64_URL_SAFE_NO_PAD};
use serde_json::{Value, json};
use tests::{TestApp, a_cadet};

use super::{activity, logged, pages, qr_code};

/// The code of the only certificate.
async fn code(app: &TestApp) -> String {
    app.value("SELECT code FROM muster.certificates", &[]).await
}

#[tokio::test]
async fn a_certificate_leads_to_a_page_that_shows_what_is_printed() {
    let app = TestApp::rotc().await;
    let id = activity(&app, "Marksmanship <Finals>", "achievement").await;

    let answer =
        app.as_staff().get(&format!("/api/activities/{id}/certificate?cadet_name=Ñoño%20Peñaranda")).await;

    answer.is(200);
    assert!(
        answer
            .header("content-disposition")
            .contains(&format!("filename=\"certificate__o_o_Pe_aranda_{id}.pdf\""))
    );
    let text = pages(answer.bytes()).join("\n");
    for part in ["CERTIFICATE OF ACHIEVEMENT", "Ñoño Peñaranda", "Marksmanship <Finals>", "14 January 2026"]
    {
        assert!(text.contains(part), "{part}: {text}");
    }
    let address = qr_code(answer.bytes());
    assert_eq!(address, format!("https://rotc.example.test/verify/{}", code(&app).await));
    let page = app.anonymous().get(address.trim_start_matches("https://rotc.example.test")).await;
    let html = page.is(200).text();
    for part in ["Ñoño Peñaranda", "Issued", "14 January 2026", "2 February 2026"] {
        assert!(html.contains(part), "{part}: {html}");
    }
    assert!(
        !html.contains("<Finals>") && html.contains("Marksmanship") && !html.contains("<script"),
        "{html}"
    );
    assert_eq!(logged(&app, "GENERATE", "certificate").await, 1);
    app.as_admin().get(&format!("/api/certificates/{id}?cadet_name=Juan")).await.is(200);
    app.as_admin().get(&format!("/api/reports/certificates/{id}?cadet_name=Juan")).await.is(200);
}

#[tokio::test]
async fn who_asks_twice_or_at_the_same_moment_gets_the_same_certificate() {
    let app = TestApp::crowded().await;
    let (id, cadet) = (activity(&app, "Parade", "event").await, app.add(a_cadet()).await);
    let url = format!("/api/reports/certificates/{id}?cadet_id={}", cadet.id);
    let other = app.another_process().await;

    let (staff, elsewhere) = (app.as_staff(), other.as_staff());
    let (first, second) = tokio::join!(staff.get(&url), elsewhere.get(&url));

    first.is(200);
    second.is(200);
    assert_eq!(qr_code(first.bytes()), qr_code(second.bytes()));
    assert_eq!(app.value::<i64>("SELECT count(*) FROM muster.certificates", &[]).await, 1);
    app.as_staff().get(&format!("/api/reports/certificates/{id}?cadet_name=Juan")).await.is(200);
    assert_eq!(app.value::<i64>("SELECT count(*) FROM muster.certificates", &[]).await, 2);
}

#[tokio::test]
async fn a_record_that_somebody_edits_is_not_valid_and_is_not_printed_again() {
    let app = TestApp::rotc().await;
    let id = activity(&app, "Parade", "achievement").await;
    let url = format!("/api/certificates/{id}?cadet_name=Juan");
    app.as_staff().get(&url).await.is(200);
    let code = code(&app).await;
    let check = format!("/api/certificates/verify/{code}");
    app.anonymous()
        .get(&check)
        .await
        .is(200)
        .has(json!({ "status": "issued", "certificate": { "name": "Juan" } }));

    for forgery in [
        "snapshot = snapshot || '{\"name\": \"Pedro\"}'",
        "snapshot = snapshot || '{\"more\": 1}'",
        "snapshot = '[]'",
        "cadet_id = 7",
        "activity_id = activity_id + 1",
        "signature = sha512('x')",
        "key_id = 'none'",
    ] {
        app.execute("BEGIN", &[]).await;
        app.execute(&format!("UPDATE muster.certificates SET {forgery}"), &[]).await;
        app.execute("COMMIT", &[]).await;
        let verdict = app.anonymous().get(&check).await;
        verdict.is(200).has(json!({ "status": "not_valid", "certificate": null, "issued_at": null }));
        let page = app.anonymous().get(&format!("/verify/{code}")).await;
        assert!(page.is(200).text().contains("Not valid") && !page.text().contains("Pedro"), "{forgery}");
    }
    app.app.cache.clear().await;
    app.execute("UPDATE muster.certificates SET activity_id = $1", &[&id]).await;
    app.as_staff().get(&url).await.is(409);
}

#[tokio::test]
async fn a_revoked_certificate_says_so_with_the_reason_and_a_new_one_can_be_given() {
    let app = TestApp::rotc().await;
    let id = activity(&app, "Parade", "achievement").await;
    let url = format!("/api/certificates/{id}?cadet_name=Juan");
    app.as_staff().get(&url).await.is(200);
    let code = code(&app).await;
    let revoke = format!("/api/certificates/{code}/revoke");
    app.as_staff().post(&revoke, json!({ "reason": "Wrong name" })).await.is(403);
    app.as_admin().post(&revoke, json!({ "reason": " " })).await.is(400);
    app.as_admin().post("/api/certificates/0000/revoke", json!({ "reason": "x" })).await.is(404);

    app.as_admin().post(&revoke, json!({ "reason": "Wrong <b>name</b>" })).await.is(200);

    let page = app.anonymous().get(&format!("/verify/{code}")).await;
    let html = page.is(200).text();
    assert!(html.contains("Revoked") && html.contains("Wrong") && !html.contains("<b>"), "{html}");
    app.anonymous()
        .get(&format!("/api/certificates/verify/{}", code.to_lowercase()))
        .await
        .is(200)
        .has(json!({ "status": "revoked", "revoked_reason": "Wrong <b>name</b>" }));
    app.as_admin().post(&revoke, json!({ "reason": "Again" })).await.is(409);
    let again = app.as_staff().get(&url).await;
    assert!(!qr_code(again.is(200).bytes()).ends_with(&code));
    let list = app.as_admin().get("/api/certificates?limit=10").await;
    list.is(200).has(json!({ "success": true, "total": 2 }));
    assert_eq!(list.json()["data"][0]["status"], "issued");
    assert_eq!(list.json()["data"][1]["status"], "revoked");
    let audit: String = app
        .value("SELECT string_agg(payload::text, ' ') FROM audit_logs WHERE table_name = 'certificates'", &[])
        .await;
    assert!(audit.contains("revoked_at") && !audit.contains("Juan") && !audit.contains(&code), "{audit}");
}

#[tokio::test]
async fn a_cadet_gets_the_own_certificate_once_it_was_given_and_nobody_elses() {
    let app = TestApp::rotc().await;
    let id = activity(&app, "Parade", "achievement").await;
    let (cadet, other) = (app.add(a_cadet()).await, app.add(a_cadet()).await);
    let url = format!("/api/activities/{id}/certificate");

    app.as_cadet(&cadet).get(&url).await.is(404).message("No certificate has been given");
    app.as_cadet(&cadet).get(&format!("{url}?cadet_name=Anybody")).await.is(404);
    app.as_cadet(&cadet).get(&format!("{url}?cadet_id={}", other.id)).await.is(403);
    assert_eq!(app.value::<i64>("SELECT count(*) FROM muster.certificates", &[]).await, 0);
    for path in [format!("/api/certificates/{id}"), format!("/api/reports/certificates/{id}")] {
        app.as_cadet(&cadet).get(&format!("{path}?cadet_id={}", cadet.id)).await.is(403);
    }
    app.as_staff().get(&format!("{url}?cadet_id={}", cadet.id)).await.is(200);
    app.as_cadet(&cadet).get(&url).await.is(200);
    app.as_cadet(&other).get(&url).await.is(404);
}

#[tokio::test]
async fn what_names_nobody_or_nothing_to_certify_is_refused() {
    let app = TestApp::rotc().await;
    let (id, news) =
        (activity(&app, "Parade", "achievement").await, activity(&app, "News", "announcement").await);
    let staff = app.as_staff();
    let needed = "cadet_name query parameter is required";

    staff.get(&format!("/api/certificates/{id}")).await.is(400).message(needed);
    staff.get(&format!("/api/certificates/{id}?cadet_name=%20")).await.is(400).message(needed);
    staff.get(&format!("/api/certificates/{id}?cadet_name={}", "x".repeat(201))).await.is(400);
    staff.get(&format!("/api/certificates/{id}?cadet_id=999")).await.is(404);
    staff.get("/api/certificates/999?cadet_name=Juan").await.is(404).message("Activity not found");
    staff.get(&format!("/api/certificates/{news}?cadet_name=Juan")).await.is(400);
    for nothing in ["0", "x", "0000000000000000000U", "00000000000000000000"] {
        assert!(app.anonymous().get(&format!("/verify/{nothing}")).await.is(404).text().contains("Unknown"));
        app.anonymous().get(&format!("/api/certificates/verify/{nothing}")).await.is(404);
    }
    let without = TestApp::with(|config| config.public_url = None).await;
    let id = activity(&without, "Parade", "achievement").await;
    let refused = without.as_staff().get(&format!("/api/certificates/{id}?cadet_name=Juan")).await;
    refused.is(503).has(json!({ "code": "configuration" })).message(
        "PUBLIC_URL is not configured: set it to the address people use, such as https://school.example",
    );
    let given: i64 = without.value("SELECT count(*) FROM muster.certificates", &[]).await;
    assert_eq!(given, 0, "nobody could check it");
}

#[tokio::test]
async fn codes_cannot_be_tried_without_end() {
    let app = TestApp::rotc().await;
    for _ in 0..60 {
        app.anonymous().from([203, 0, 113, 7]).get("/verify/00000000000000000000").await.is(404);
    }
    app.anonymous().from([203, 0, 113, 7]).get("/verify/00000000000000000000").await.is(429);
}

#[tokio::test]
async fn anybody_can_check_a_seal_with_the_published_key_and_earlier_keys_stay_good() {
    const SEED: &str = "nWGxne_9WmC6hEr0kuwsxERJxWl7MmkZcDusAxyuf2A";
    const PUBLIC: &str = "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo";
    let app = TestApp::with(|config| config.seal.key = Some(SEED.into())).await;
    let id = activity(&app, "Parade", "achievement").await;
    app.as_staff().get(&format!("/api/certificates/{id}?cadet_name=Juan")).await.is(200);
    let check = format!("/api/certificates/verify/{}", code(&app).await);

    let keys = app.anonymous().get("/api/certificates/public-key").await.is(200).json();

    let key = &keys["keys"][0];
    assert_eq!(
        (key["kty"].as_str(), key["crv"].as_str(), key["x"].as_str()),
        (Some("OKP"), Some("Ed25519"), Some(PUBLIC))
    );
    assert_eq!(BASE64_URL_SAFE_NO_PAD.decode(PUBLIC).map(|key| key.len()).ok(), Some(32));
    let verdict = app.anonymous().get(&check).await.is(200).json();
    assert_eq!(verdict["key_id"], key["kid"]);
    let changed = app.twin(|config| config.seal.key = None).await;
    assert_eq!(status(&changed, &check).await, "not_valid");
    let known = app
        .twin(|config| {
            config.seal.key = None;
            config.seal.earlier = vec![PUBLIC.to_owned()];
        })
        .await;
    assert_eq!(status(&known, &check).await, "issued");
}

async fn status(app: &TestApp, check: &str) -> Value {
    app.anonymous().get(check).await.is(200).json()["status"].clone()
}
