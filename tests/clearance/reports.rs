//! Lists as files to keep.

use serde_json::json;

use crate::recorded::{client, id, recorded};

#[tokio::test]
async fn spreadsheet_opens_without_running_what_people_have_typed() {
    let app = recorded().await;
    let formula = "=HYPERLINK(\"http://x.test\")";
    app.execute("UPDATE users SET full_name = $1 WHERE id = $2", &[&formula, &id("user.student.S08")]).await;
    let answer = client(&app, "admin").get("/api/reports/clearances.csv?status=completed").await;
    answer.is(200);
    assert!(answer.header("content-disposition").starts_with("attachment; filename=clearances_"));
    let text = answer.text();
    assert!(text.starts_with('\u{feff}'), "a byte order mark");
    let lines: Vec<&str> = text.trim_start_matches('\u{feff}').split("\r\n").collect();
    assert_eq!(
        lines[0],
        "registration_number,full_name,email,school,program,graduation_year,status,submission_date,completion_date,percentage,\
         FINANCE,LIBRARY,MESS,HOSTEL,ACADEMIC,WORKSHOP,SPORTS,STUDENT_SERVICES,rejection_reason"
    );
    assert_eq!(lines.len(), 10, "8 requests, the headings and the end");
    assert!(text.contains("\"'=HYPERLINK(\"\"http://x.test\"\")\""), "{text}");
    assert!(text.contains("2025-11-03 12:08:00"), "times of Nairobi: {text}");
}

#[tokio::test]
async fn every_report_comes_in_every_form_and_is_audited() {
    let app = recorded().await;
    let admin = client(&app, "admin");
    for name in ["clearances", "payments", "receipts", "gowns", "graduation-list", "audit"] {
        for (extension, begins) in [("csv", "\u{feff}"), ("xlsx", "PK"), ("pdf", "%PDF-")] {
            let answer = admin.get(&format!("/api/reports/{name}.{extension}")).await;
            answer.is(200);
            assert!(answer.bytes().starts_with(begins.as_bytes()), "{name}.{extension}");
        }
    }
    let logged = "SELECT count(*) FROM audit_logs WHERE entity = 'Report' AND actor_name = 'Amina Admin'";
    assert_eq!(app.value::<i64>(logged, &[]).await, 18);
    admin.get("/api/reports/users.csv").await.is(404);
    admin.get("/api/reports/gowns.exe").await.is(404);
    admin.get("/api/reports/gowns.csv?status=x").await.is(400).has(json!({
        "status": ["Select a valid choice. x is not one of the available choices."]
    }));
}

#[tokio::test]
async fn amounts_are_exact_and_lists_are_filtered_as_on_the_pages() {
    let app = recorded().await;
    let text = client(&app, "admin").get("/api/reports/gowns.csv?gown_size=XL").await.is(200).text();
    let lines: Vec<&str> = text.lines().collect();
    assert_eq!(lines.len(), 2, "{text}");
    assert!(lines[1].starts_with("GWN-016,XL,SHSS/PSY/0016/2022,Pendo Mutua,returned,"), "{text}");
    assert!(lines[1].contains(",2000.00,yes,1500.00,"), "{text}");
}

#[tokio::test]
async fn desks_get_their_own_reports() {
    let app = recorded().await;
    let status =
        async |who: &str, file: &str| client(&app, who).get(&format!("/api/reports/{file}")).await.status();
    assert_eq!(status("staff:finance_staff", "payments.csv").await, 200);
    assert_eq!(status("staff:finance_staff", "receipts.xlsx").await, 200);
    assert_eq!(status("staff:finance_staff", "gowns.csv").await, 403);
    assert_eq!(status("staff:gown_issuance_staff", "gowns.pdf").await, 200);
    assert_eq!(status("staff:FINANCE", "payments.csv").await, 403);
    assert_eq!(status("student", "clearances.csv").await, 403);
}
