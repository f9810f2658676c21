//! Lists of cadets.

use futures_util::future::join_all;
use serde_json::json;
use tests::{TestApp, a_cadet, a_staff_member, an_admin};

use super::{counts, send, workbook, workbook_of};

const PATH: &str = "/api/admin/import-cadets";

const LIST: &[&[&str]] = &[
    &["Student ID", "Surname", "Given Name", "E-mail", "Company", "Date of Birth"],
    &["2026-7001", "Reyes", "Ana", "ana.reyes@example.test", "Alpha", "2005-02-01"],
    &["2026-7002", "Peñaranda", "Niño", "", "Bravo", "12/31/2004"],
];

async fn cadet(app: &TestApp, student_id: &str) -> Vec<Option<String>> {
    let read = "SELECT rank, first_name, last_name, email, company, birthdate::text FROM cadets WHERE student_id = $1";
    let rows = app.query(read, &[&student_id]).await;
    rows.first().map(|row| (0..6).map(|at| row.get(at)).collect()).unwrap_or_default()
}

fn texts(values: [&str; 6]) -> Vec<Option<String>> {
    values.map(|value| Some(value.to_owned())).to_vec()
}

#[tokio::test]
async fn a_list_enrols_cadets_with_grades_and_an_account_without_a_password() {
    let app = TestApp::rotc().await;
    let answer = send(&app.as_admin(), PATH, "list.xlsx", workbook(LIST)).await;
    answer.is(200).has(json!({ "message": "Import complete. Success: 2, Failed: 0", "errors": [] }));
    assert_eq!(
        cadet(&app, "2026-7001").await,
        texts(["Cdt", "Ana", "Reyes", "ana.reyes@example.test", "Alpha", "2005-02-01"])
    );
    assert_eq!(cadet(&app, "2026-7002").await[5].as_deref(), Some("2004-12-31"));
    let account = &app
        .query(
            "SELECT users.id, username, is_approved, users.email, password, grades.status
             FROM users JOIN cadets ON cadets.id = users.cadet_id JOIN grades ON grades.cadet_id = cadets.id
             WHERE student_id = '2026-7001'",
            &[],
        )
        .await[0];
    assert_eq!(account.get::<_, String>(1), "20267001");
    assert_eq!(account.get::<_, i32>(2), 1);
    assert_eq!(account.get::<_, Option<String>>(3).as_deref(), Some("ana.reyes@example.test"));
    assert!(account.get::<_, String>(4).len() < 60, "no hash of any password");
    app.audited("users", "INSERT", account.get(0)).await;
    let audit = "SELECT payload FROM audit_logs WHERE operation = 'IMPORT' AND table_name = 'cadets'";
    let payload: serde_json::Value = app.value(audit, &[]).await;
    assert_eq!(payload["created"], 2);
    let events = "SELECT count(*) FROM sync_events WHERE event_type = 'cadet_created'";
    assert_eq!(app.value::<i64>(events, &[]).await, 2);
}

#[tokio::test]
async fn the_same_list_again_changes_nothing() {
    let app = TestApp::rotc().await;
    send(&app.as_admin(), PATH, "list.xlsx", workbook(LIST)).await.is(200);
    let written = "SELECT count(*) FROM audit_logs WHERE operation <> 'IMPORT'";
    let before: i64 = app.value(written, &[]).await;
    let again = send(&app.as_admin(), PATH, "list.xlsx", workbook(LIST)).await;
    again.is(200).message("Import complete. Success: 2, Failed: 0");
    assert_eq!(app.value::<i64>(written, &[]).await, before);
}

#[tokio::test]
async fn two_imports_of_one_list_at_the_same_moment_enrol_everybody_once() {
    let app = TestApp::crowded().await;
    let second = app.add(an_admin()).await;
    let admins = [app.as_admin(), app.as_user(second.user_id)];
    for admin in &admins {
        admin.get("/api/attendance/days").await.is(200);
    }
    let imports = (0..6).map(|n| send(&admins[n % 2], PATH, "list.xlsx", workbook(LIST)));
    for answer in join_all(imports).await {
        answer.is(200).message("Import complete. Success: 2, Failed: 0");
    }
    for table in ["cadets WHERE student_id LIKE '2026-70%'", "users WHERE username LIKE '202670%'", "grades"]
    {
        assert_eq!(app.value::<i64>(&format!("SELECT count(*) FROM {table}"), &[]).await, 2, "{table}");
    }
}

#[tokio::test]
async fn empty_cells_and_missing_columns_blank_nothing() {
    let app = TestApp::rotc().await;
    let known = app.add(a_cadet().in_company("Charlie")).await;
    let rows: &[&[&str]] = &[
        &["ID", "Company", "Email", "Rank", "Platoon"],
        &[&known.student_id, "", " ", "n/a", "3rd Platoon"],
    ];
    send(&app.as_admin(), PATH, "list.xlsx", workbook(rows)).await.is(200);
    let kept = cadet(&app, &known.student_id).await;
    assert_eq!(kept[..3], texts(["Cdt", "Juan", &known.last_name, "", "", ""])[..3]);
    assert_eq!(kept[3].as_deref(), Some(known.email.as_str()));
    assert_eq!(kept[4].as_deref(), Some("Charlie"));
    let platoon = "SELECT platoon FROM cadets WHERE id = $1";
    assert_eq!(app.value::<String>(platoon, &[&known.id]).await, "3rd Platoon");
}

#[tokio::test]
async fn the_strategy_decides_about_cadets_who_are_there() {
    let app = TestApp::rotc().await;
    let known = app.add(a_cadet().in_company("Charlie")).await;
    let rows: &[&[&str]] = &[
        &["Student ID", "Company", "Religion", "First Name", "Last Name"],
        &[&known.student_id, "Delta", "Islam", "Juan", &known.last_name],
        &["2026-7100", "Delta", "", "Neu", "Ling"],
    ];
    let import = async |strategy: &str| {
        send(&app.as_admin(), &format!("{PATH}?strategy={strategy}"), "list.xlsx", workbook(rows)).await
    };
    let read = "SELECT company || '/' || coalesce(religion, '') FROM cadets WHERE id = $1";
    import("skip").await.is(200).message("Import complete. Success: 1, Failed: 0");
    assert_eq!(app.value::<String>(read, &[&known.id]).await, "Charlie/");
    let refused = import("error").await;
    refused.is(200).message("Import complete. Success: 0, Failed: 2");
    refused.has(json!({ "errors": [format!("{}: the cadet exists already", known.student_id), "2026-7100: the cadet exists already"] }));
    import("fill").await.is(200);
    assert_eq!(app.value::<String>(read, &[&known.id]).await, "Charlie/Islam");
    import("update").await.is(200);
    assert_eq!(app.value::<String>(read, &[&known.id]).await, "Delta/Islam");
    import("destroy").await.is(400);
}

#[tokio::test]
async fn a_list_that_fills_gives_a_cadet_without_an_account_what_it_says_once() {
    let app = TestApp::rotc().await;
    let known = app.add(a_cadet()).await;
    app.execute("DELETE FROM users WHERE cadet_id = $1", &[&known.id]).await;
    app.execute("UPDATE cadets SET email = '' WHERE id = $1", &[&known.id]).await;
    let rows: &[&[&str]] =
        &[&["Student ID", "Email", "Username"], &[&known.student_id, "juan@example.test", "juan.x"]];
    let read = "SELECT cadets.email || '/' || users.email || '/' || username
                FROM cadets JOIN users ON users.cadet_id = cadets.id WHERE cadets.id = $1";

    for _ in 0..2 {
        send(&app.as_admin(), &format!("{PATH}?strategy=fill"), "list.xlsx", workbook(rows)).await.is(200);
        let expected = "juan@example.test/juan@example.test/juan.x";
        assert_eq!(app.value::<String>(read, &[&known.id]).await, expected);
    }
}

#[tokio::test]
async fn a_list_of_the_staff_adds_but_overwrites_nothing() {
    let app = TestApp::rotc().await;
    let known = app.add(a_cadet().in_company("Charlie")).await;
    let rows: &[&[&str]] = &[
        &["Student ID", "Company", "Religion", "Email", "Username"],
        &[&known.student_id, "Delta", "Islam", "mallory@example.test", "mallory"],
        &["2026-7101", "Delta", "", "", ""],
    ];
    let answer = send(&app.as_staff(), &format!("{PATH}?strategy=update"), "list.xlsx", workbook(rows)).await;
    answer.is(200).message("Import complete. Success: 2, Failed: 0");
    let read =
        "SELECT company || '/' || religion || '/' || cadets.email || '/' || users.email || '/' || username
                FROM cadets JOIN users ON users.cadet_id = cadets.id WHERE cadets.id = $1";
    let expected = format!("Charlie/Islam/{0}/{0}/{1}", known.email, known.student_id);
    assert_eq!(app.value::<String>(read, &[&known.id]).await, expected);
    assert_eq!(cadet(&app, "2026-7101").await[4].as_deref(), Some("Delta"));
}

#[tokio::test]
async fn a_preview_tells_what_would_be_done_and_writes_nothing() {
    let app = TestApp::rotc().await;
    let known = app.add(a_cadet().in_company("Charlie")).await;
    app.as_admin().get("/api/attendance/days").await.is(200);
    let before = counts(&app).await;
    let rows: &[&[&str]] = &[
        &["Student ID", "Company", "Birthdate"],
        &[&known.student_id, "Delta", ""],
        &["2026-7102", "Delta", ""],
        &["2026-7103", "Delta", "soon"],
    ];
    let answer = send(&app.as_admin(), &format!("{PATH}?preview=true"), "list.xlsx", workbook(rows)).await;
    answer.is(200).has(json!({ "preview": {
        "total": 3, "created": 1, "updated": 1, "failed": 1,
        "rows": [
            { "row": 2, "who": known.student_id, "effect": "updated", "fields": ["company"] },
            { "row": 3, "who": "2026-7102", "effect": "created" },
            { "row": 4, "effect": "failed" },
        ],
        "errors": [{ "row": 4, "message": "2026-7103: \"soon\" is no date" }],
    } }));
    assert_eq!(counts(&app).await, before);
}

#[tokio::test]
async fn formulas_count_as_what_they_came_to_and_failed_ones_fail_their_row() {
    let app = TestApp::rotc().await;
    let list = workbook_of(
        "<row><c t=\"inlineStr\"><is><t>Student ID</t></is></c><c t=\"inlineStr\"><is><t>First Name</t></is></c>\
         <c t=\"inlineStr\"><is><t>Birthdate</t></is></c></row>\
         <row><c><f>20260000+7104</f><v>20267104</v></c><c t=\"str\"><f>UPPER(\"ana\")</f><v>ANA</v></c>\
         <c s=\"1\"><v>38384</v></c></row>\
         <row><c><v>20267105</v></c><c t=\"e\"><f>A1/0</f><v>#DIV/0!</v></c></row>",
    );
    let answer = send(&app.as_admin(), PATH, "list.xlsx", list).await;
    answer.is(200).has(json!({
        "message": "Import complete. Success: 1, Failed: 1",
        "errors": ["20267105: Cell B3 holds #DIV/0!"],
    }));
    let kept = cadet(&app, "20267104").await;
    assert_eq!((kept[1].as_deref(), kept[5].as_deref()), (Some("ANA"), Some("2005-02-01")));
}

#[tokio::test]
async fn rows_that_mean_several_archived_or_no_cadets_fail_alone_and_stand_in_the_report() {
    let app = TestApp::rotc().await;
    let archived = app.add(a_cadet().archived()).await;
    let twins = [app.add(a_cadet()).await, app.add(a_cadet()).await];
    for twin in &twins {
        app.execute("UPDATE cadets SET last_name = 'Twin' WHERE id = $1", &[&twin.id]).await;
    }
    let rows: &[&[&str]] = &[
        &["Student ID", "Name", "Company"],
        &[&archived.student_id, "", "Alpha"],
        &["", "Twin, Juan", "Alpha"],
        &["", "", "Alpha"],
        &["", "Solo, Han", "Alpha"],
    ];
    let answer = send(&app.as_admin(), PATH, "list.xlsx", workbook(rows)).await;
    answer.is(200).message("Import complete. Success: 1, Failed: 3");
    let body = answer.json();
    let report = body["report"].as_str().expect("there is a report");
    let text = app.as_admin().get(report).await;
    let text = text.is(200).text();
    assert!(text.contains("2,error,"), "{text}");
    assert!(text.contains("Juan Twin: fits several cadets"), "{text}");
    assert!(text.contains("the row does not say who it is"), "{text}");
    let solo = "SELECT count(*) FROM cadets WHERE last_name = 'Solo'";
    assert_eq!(app.value::<i64>(solo, &[]).await, 1);
    send(&app.as_admin(), PATH, "list.xlsx", workbook(rows)).await.is(200);
    assert_eq!(app.value::<i64>(solo, &[]).await, 1, "found again by the name");
}

#[tokio::test]
async fn reports_are_read_by_those_who_imported_and_by_admins() {
    let app = TestApp::rotc().await;
    let other = app.add(a_staff_member()).await;
    let rows: &[&[&str]] = &[&["Student ID", "Company"], &["", "Alpha"]];
    let answer = send(&app.as_staff(), PATH, "list.csv", "Student ID,Company\n,Alpha\n").await.is(200).json();
    let report = answer["report"].as_str().expect("there is a report").to_owned();
    let status = format!("/api/import/status/{}", answer["task_id"].as_str().expect("an id"));
    app.as_staff().get(&report).await.is(200);
    let shown = app.as_staff().get(&status).await;
    shown
        .is(200)
        .has(json!({ "data": { "status": "completed", "ready": true, "result": { "error_count": 1 } } }));
    app.as_admin().get(&report).await.is(200);
    for path in [&report, &status] {
        app.as_user(other.user_id).get(path).await.is(404);
    }
    let own = send(&app.as_admin(), PATH, "list.xlsx", workbook(rows)).await.json();
    app.as_staff().get(own["report"].as_str().expect("a report")).await.is(404);
}

#[tokio::test]
async fn a_strangers_account_is_neither_approved_nor_given_to_a_cadet() {
    let app = TestApp::rotc().await;
    let wanted =
        json!({ "username": "20267001", "email": "ana.reyes@example.test", "password": "wonderland-7" });
    app.anonymous().post("/api/auth/register", wanted).await.is(201);
    let answer = send(&app.as_admin(), PATH, "list.xlsx", workbook(LIST)).await;
    answer
        .is(200)
        .has(json!({ "warnings": ["The e-mail address ana.reyes@example.test belongs to another account"] }));
    let stranger =
        &app.query("SELECT is_approved, cadet_id FROM users WHERE username = '20267001'", &[]).await[0];
    assert_eq!((stranger.get::<_, i32>(0), stranger.get::<_, Option<i32>>(1)), (0, None));
    let own =
        "SELECT username FROM users JOIN cadets ON cadets.id = users.cadet_id WHERE student_id = '2026-7001'";
    let name: String = app.value(own, &[]).await;
    assert!(name.starts_with("20267001") && name.len() > 8, "{name}");
}

#[tokio::test]
async fn lists_of_cadets_come_from_admins_and_staff() {
    let app = TestApp::rotc().await;
    let someone = app.add(a_cadet()).await;
    for path in
        [PATH, "/api/admin/import-cadets-url", "/api/admin/sync-cadets", "/api/admin/import-cadets-remote"]
    {
        app.as_cadet(&someone).post(path, json!({})).await.is(403).message("Forbidden");
        app.anonymous().post(path, json!({})).await.is(401);
    }
    let gone = app.as_admin().post("/api/admin/import-cadets-remote", json!({})).await;
    gone.is(410).code("gone");
    send(&app.as_admin(), PATH, "list.txt", "anything").await.is(400).code("unsupported_file");
}

#[tokio::test]
async fn a_report_stays_small_whatever_the_headings_and_cells_hold() {
    let app = TestApp::rotc().await;
    let headings: Vec<String> = (0..30).map(|n| format!("{}{n}", "x".repeat(9_000))).collect();
    let unknown = format!("{}\n{}", headings.join(","), "y\n".repeat(1_900));
    let refused = send(&app.as_admin(), PATH, "list.csv", unknown).await;
    assert!(refused.is(400).text().len() < 2_000, "{}", refused.text().len());
    let list = format!("Name,{}\n{}", headings.join(","), ",y\n".repeat(1_900));
    let answer = send(&app.as_admin(), PATH, "list.csv", list).await;
    answer.is(200).message("Import complete. Success: 0, Failed: 1900");
    let body = answer.json();
    assert!(answer.text().len() < 20_000, "{}", answer.text().len());
    let text = app.as_admin().get(body["report"].as_str().expect("a report")).await.is(200).text();
    assert!(text.len() < 1_200_000, "{}", text.len());
    assert_eq!(text.matches("the row does not say who it is").count(), 1_000);
    assert!(text.contains("900 more of this kind are not listed"), "the report says that there are more");
    let long = format!("Student ID,Email\n{},nowhere\n", "7".repeat(30_000));
    let answer = send(&app.as_admin(), &format!("{PATH}?preview=true"), "list.csv", long).await;
    answer.is(200).has(json!({ "preview": { "failed": 1 } }));
    assert!(answer.text().len() < 4_000, "{}", answer.text().len());
}

#[tokio::test]
async fn a_list_of_the_staff_gives_nobodys_sign_in_to_an_address_it_brings() {
    let app = TestApp::rotc().await;
    let (none, gone, bare) = (app.add(a_cadet()).await, app.add(a_cadet()).await, app.add(a_cadet()).await);
    app.execute("DELETE FROM users WHERE cadet_id = $1", &[&none.id]).await;
    app.execute("UPDATE users SET is_archived = TRUE, email = NULL WHERE cadet_id = $1", &[&gone.id]).await;
    app.execute("UPDATE users SET email = NULL WHERE cadet_id = $1", &[&bare.id]).await;
    app.execute("UPDATE cadets SET email = '' WHERE id = ANY($1)", &[&vec![gone.id, bare.id]]).await;
    let list = format!(
        "Student ID,Email,Username,Religion\n{},m1@example.test,mallory1,Islam\n{},m2@example.test,mallory2,Islam\n{},m3@example.test,mallory3,Islam\n",
        none.student_id, gone.student_id, bare.student_id
    );
    // The second time as well: what the first list has entered must not count as known.
    for _ in 0..2 {
        let answer = send(&app.as_staff(), PATH, "list.csv", list.clone()).await;
        let text = answer.is(200).text();
        assert!(text.contains("only an administrator can enter the e-mail address"), "{text}");
    }
    let mallory = "SELECT (SELECT count(*) FROM users WHERE email LIKE 'm_@%' OR username LIKE 'mallory%')
                        + (SELECT count(*) FROM cadets WHERE email LIKE 'm_@%')";
    assert_eq!(app.value::<i64>(mallory, &[]).await, 0);
    let religion = "SELECT count(*) FROM cadets WHERE religion = 'Islam'";
    assert_eq!(app.value::<i64>(religion, &[]).await, 3, "what is missing is filled in");
    let own = format!("Student ID,Email\n{},{}\n", none.student_id, none.email.to_uppercase());
    app.execute("DELETE FROM users WHERE cadet_id = $1", &[&none.id]).await;
    send(&app.as_staff(), PATH, "list.csv", own).await.is(200);
    let email = "SELECT lower(email) FROM users WHERE cadet_id = $1";
    assert_eq!(app.value::<String>(email, &[&none.id]).await, none.email, "the register's own address is");
}

#[tokio::test]
async fn words_for_nothing_are_names_and_religions_and_exported_cells_come_back() {
    let app = TestApp::rotc().await;
    let rows: &[&[&str]] = &[
        &["Student ID", "First Name", "Middle Name", "Last Name", "Religion", "Company", "Contact Number"],
        &["2026-7001", "Min", "None", "Na", "None", "None", "'+639171234567"],
    ];
    send(&app.as_admin(), PATH, "list.xlsx", workbook(rows)).await.is(200);
    let read = "SELECT concat_ws('/', first_name, middle_name, last_name, religion, company, contact_number)
                FROM cadets WHERE student_id = '2026-7001'";
    assert_eq!(app.value::<String>(read, &[]).await, "Min//Na/None//+639171234567");
}
