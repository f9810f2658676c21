//! Certificates: on paper, on the page, and after somebody has altered them.

use std::process::Command;

use clearance::certificates::issue_missing;
use serde_json::json;

use crate::people::{cleared, client, id, seen, text, university};

#[tokio::test]
async fn certificate_is_printed_for_those_who_see_the_request() {
    let app = university().await;
    let request = cleared(&app, "S01").await;
    let path = format!("/api/clearances/{request}/certificate/");
    for who in ["student:S01", "staff:LIBRARY", "staff:gown_issuance_staff", "admin"] {
        let answer = client(&app, who).get(&path).await;
        answer.is(200);
        assert!(answer.bytes().starts_with(b"%PDF-"));
        assert_eq!(answer.header("content-type"), "application/pdf");
        assert_eq!(answer.header("content-disposition"), "attachment; filename=\"MKSU-CLR-2026-00001.pdf\"");
    }
    client(&app, "student:S02").get(&path).await.is(404);
    app.anonymous().get(&path).await.is(401);
}

#[tokio::test]
async fn certificate_shows_name_number_program_school_date_and_serial() {
    let app = university().await;
    let request = cleared(&app, "S01").await;
    let answer = client(&app, "student:S01").get(&format!("/api/clearances/{request}/certificate/")).await;
    let folder = std::env::temp_dir().join(format!("certificate-{request}"));
    std::fs::create_dir_all(&folder).expect("a folder");
    let file = folder.join("certificate.pdf");
    std::fs::write(&file, answer.bytes()).expect("written");
    let shown =
        Command::new("pdftotext").arg("-layout").arg(&file).arg("-").output().expect("pdftotext runs");
    let shown = String::from_utf8_lossy(&shown.stdout).into_owned();
    let words: String = shown.split_whitespace().collect::<Vec<_>>().join(" ");
    let code = text(&seen(&app, &request).await["certificate"]["code"]);
    for expected in [
        "CERTIFICATE OF CLEARANCE",
        "Achieng Kiprono",
        "SCE/CS/0001/2022",
        "BSc Computer Science",
        "School of Computing and Engineering",
        "21 November 2026",
        "MKSU-CLR-2026-00001",
        &code,
    ] {
        assert!(words.contains(expected), "{expected} is missing: {words}");
    }
    if std::env::var_os("MUSTER_KEEP").is_none() {
        std::fs::remove_dir_all(&folder).expect("removed");
    }
}

#[tokio::test]
async fn anybody_checks_a_certificate_by_its_code() {
    let app = university().await;
    let request = cleared(&app, "S01").await;
    let certificate = seen(&app, &request).await["certificate"].clone();
    let code = text(&certificate["code"]);
    assert_eq!(code.len(), 16);
    assert!(text(&certificate["verify_url"]).ends_with(&format!("/verify/{code}")));
    let expected = json!({
        "valid": true, "status": "valid", "serial": "MKSU-CLR-2026-00001", "name": "Achieng Kiprono",
        "registration_number": "SCE/CS/0001/2022", "program": "BSc Computer Science", "completed_on": "2026-11-21",
        "issued_at": "2026-11-21T11:00:00+03:00", "revoked_at": null,
    });
    let spellings = [code.clone(), code.to_lowercase(), format!("{}-{}", &code[..4], &code[4..])];
    for spelling in spellings {
        let answer = app.anonymous().get(&format!("/api/certificates/verify/{spelling}/")).await;
        assert_eq!(answer.is(200).json(), expected);
    }
    let page = app.anonymous().get(&format!("/verify/{code}")).await.is(200).text();
    assert!(page.contains("Achieng Kiprono") && page.contains("MKSU-CLR-2026-00001"), "{page}");
    app.anonymous().get("/api/certificates/verify/0000000000000000/").await.is(404);
    app.anonymous().get("/verify/0000000000000000").await.is(404);
    app.anonymous().get("/api/certificates/public-key").await.is(200);
}

#[tokio::test]
async fn altered_certificate_is_not_taken_for_one() {
    let app = university().await;
    let request = cleared(&app, "S01").await;
    let code = text(&seen(&app, &request).await["certificate"]["code"]);
    app.execute(
        "UPDATE clearance_certificates SET snapshot = jsonb_set(snapshot, '{name}', '\"Somebody Else\"')",
        &[],
    )
    .await;
    let answer = app.anonymous().get(&format!("/api/certificates/verify/{code}/")).await;
    answer.is(200).has(json!({ "valid": false, "status": "invalid", "name": null, "serial": null }));
    client(&app, "student:S01").get(&format!("/api/clearances/{request}/certificate/")).await.is(409);
    let page = app.anonymous().get(&format!("/verify/{code}")).await.is(200).text();
    assert!(!page.contains("Somebody Else"), "{page}");
}

#[tokio::test]
async fn completed_requests_of_another_system_get_certificates_once() {
    let app = university().await;
    let issue = async || {
        let mut change = app.app.db.change_for_system("adoption").await.expect("a transaction");
        let count = issue_missing(&app.app, &mut change).await.expect("certificates");
        change.commit().await.expect("committed");
        count
    };
    assert_eq!((issue().await, issue().await), (8, 0));
    let serials: String = app
        .value("SELECT string_agg(right(serial, 5), ' ' ORDER BY serial) FROM clearance_certificates", &[])
        .await;
    assert_eq!(serials, "00001 00002 00003 00004 00005 00006 00007 00008");
    let path = format!("/api/clearances/{}/certificate/", id("req.S08"));
    client(&app, "student:S08").get(&path).await.is(200);
}
