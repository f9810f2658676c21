//! Lists whose headings are not in the first row, or are not all known.

use http::Method;
use serde_json::json;
use tests::{TestApp, a_cadet, a_training_day, field};

use super::{file, send, workbook, workbook_of};

const PATH: &str = "/api/admin/import-cadets";

#[tokio::test]
async fn headings_below_a_title_are_found_and_unread_columns_are_reported() {
    let app = TestApp::rotc().await;
    let rows: &[&[&str]] = &[
        &["REPUBLIC OF THE PHILIPPINES"],
        &["List of ROTC Cadets, SY 2026-2027"],
        &["Student ID", "Surname", "Given Name", "Shoe size", "Birthdate"],
        &["2026-7001", "Reyes", "Ana", "36", ""],
        &["2026-7002", "Cruz", "Ben", "41", "soon"],
    ];

    let answer = send(&app.as_admin(), PATH, "list.xlsx", workbook(rows)).await;

    let note = "These columns were not read, their headings are not known: \"Shoe size\".";
    answer.is(200).has(json!({
        "message": "Import complete. Success: 1, Failed: 1",
        "errors": ["2026-7002: \"soon\" is no date"],
        "warnings": [note],
    }));
    let body = answer.json();
    let report = app.as_admin().get(body["report"].as_str().expect("a report")).await;
    let text = report.is(200).text();
    assert!(text.contains(",note,\"These columns were not read") && text.contains("\r\n5,error,"), "{text}");
    let status = format!("/api/import/status/{}", body["task_id"].as_str().expect("an id"));
    app.as_admin().get(&status).await.is(200).has(json!({ "data": { "result": { "notes": [note] } } }));
}

#[tokio::test]
async fn headings_in_two_rows_are_read_together() {
    let app = TestApp::rotc().await;
    let rows: &[&[&str]] = &[
        &["No.", "Student ID", "Name of Cadet", "", "", "Unit"],
        &["", "", "Surname", "Given Name", "M.I.", "Company", "Platoon"],
        &["1", "2026-1011", "Caballes", "Nena", "Q.", "Alpha", "1st"],
    ];
    let answer = send(&app.as_admin(), PATH, "list.xlsx", workbook(rows)).await;
    answer.is(200).message("Import complete. Success: 1, Failed: 0");
    let read =
        "SELECT concat_ws('/', student_id, last_name, first_name, middle_name, company, platoon) FROM cadets";
    assert_eq!(app.value::<String>(read, &[]).await, "2026-1011/Caballes/Nena/Q./Alpha/1st");
}

#[tokio::test]
async fn line_that_names_the_separator_is_no_heading() {
    let app = TestApp::rotc().await;
    let sent = "sep=;\nStudent ID;Last Name;First Name\n2026-1051;Jacinto;Lea\n";
    let answer = send(&app.as_admin(), PATH, "list.csv", sent).await;
    answer.is(200).message("Import complete. Success: 1, Failed: 0");
    assert_eq!(app.value::<String>("SELECT last_name FROM cadets", &[]).await, "Jacinto");
}

#[tokio::test]
async fn rows_without_a_record_are_named_in_the_preview() {
    let app = TestApp::rotc().await;
    let (cadet, day) = (app.add(a_cadet()).await, app.add(a_training_day()).await);
    let list = format!("Student ID,Status\n{},late\n,late\n,present\n", cadet.student_id);
    let parts =
        [field("dayId", &day.id.to_string()), field("preview", "true"), file("file", "list.csv", list)];
    let answer = app.as_admin().form(Method::POST, "/api/attendance/import", &parts).await;
    let note = "These rows were left out, no record was found in them: 3 and 4.";
    answer.is(200).has(json!({ "preview": { "total": 3, "created": 1, "skipped": 2, "notes": [note] } }));
}

#[tokio::test]
async fn formula_without_a_stored_result_is_wrong_and_one_with_a_result_is_read() {
    let head = "<row r=\"1\"><c r=\"A1\" t=\"inlineStr\"><is><t>Student ID</t></is></c><c r=\"B1\" t=\"inlineStr\"><is><t>Name</t></is></c></row>";
    for (cell, wrong) in [
        ("<c r=\"B2\"><f>C2&amp;D2</f></c>", true),
        ("<c r=\"B2\"><f>C2&amp;D2</f><v></v></c>", true),
        ("<c r=\"B2\"><f>C2&amp;D2</f><v/></c>", true),
        ("<c r=\"B2\" t=\"str\"><f>C2&amp;D2</f><v>Ana Reyes</v></c>", false),
        ("<c r=\"B2\" t=\"e\"><f>C2</f><v>#REF!</v></c>", true),
    ] {
        let app = TestApp::rotc().await;
        let id = "<c r=\"A2\" t=\"inlineStr\"><is><t>2026-7001</t></is></c>";
        let answer = send(
            &app.as_admin(),
            PATH,
            "list.xlsx",
            workbook_of(&format!("{head}<row r=\"2\">{id}{cell}</row>")),
        )
        .await;
        let failed = u64::from(wrong);
        answer.is(200).has(json!({ "counts": { "rows": 1, "new": 1 - failed, "failed": failed } }));
        assert_eq!(answer.text().contains("Cell B2 holds "), wrong, "{cell}: {answer}");
    }
}
