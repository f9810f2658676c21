//! Students and tuition balances from lists.

use http::Method;
use serde_json::json;
use tests::{Answer, Client, Part, TestApp, field};

use crate::recorded::{client, recorded};

const STUDENTS: &str = "/api/students/import/";
const BALANCES: &str = "/api/finance/records/import/";

async fn send(who: &Client<'_>, url: &str, list: &str, flags: &[&str]) -> Answer {
    let file = Part::File("file".into(), "list.csv".into(), "text/csv".into(), list.as_bytes().to_vec());
    let parts: Vec<Part> = [file].into_iter().chain(flags.iter().map(|flag| field(flag, "true"))).collect();
    who.form(Method::POST, url, &parts).await
}

async fn students(app: &TestApp) -> i64 {
    app.value("SELECT count(*) FROM students", &[]).await
}

#[tokio::test]
async fn good_rows_are_enrolled_and_wrong_ones_named() {
    let app = recorded().await;
    let list = "registration_number,full_name,email,school,course,eligibility_status\n\
                sce/cs/0101/2024,Amani Mutiso,amani@x.test,,,eligible\n\
                SCE/CS/0102/2024,,nobody@x.test,,,\n\
                SCE/CS/0103/2024,Baraka,amani@x.test,,,\n\
                SCE/CS/0104/2024,Chausiku,c@x.test,NOPE,,\n\
                nonsense,Dalila,d@x.test,,,\n\
                SCE/CS/0001/2022,Somebody Else,e@x.test,,,\n";
    let preview = send(&client(&app, "admin"), STUDENTS, list, &["preview"]).await;
    preview.is(200).has(json!({ "rows": 6, "created": 1, "preview": true }));
    assert_eq!(students(&app).await, 40);
    let sent = send(&client(&app, "admin"), STUDENTS, list, &[]).await;
    sent.is(200).has(json!({
        "rows": 6, "created": 1, "updated": 0, "unchanged": 1, "skipped": 4, "preview": false,
        "errors": [
            { "row": 3, "field": "full_name", "message": "This field is required." },
            { "row": 4, "field": "email", "message": "user with this email already exists." },
            { "row": 5, "field": "school", "message": "\"NOPE\" is not known." },
            { "row": 6, "field": "registration_number" }
        ]
    }));
    let row = "SELECT concat_ws(' ', registration_number, faculty, program, graduation_year, eligibility_status, graduation_fee,
                      role, users.password = '') FROM students JOIN users ON users.id = user_id
               JOIN finance_records ON student_id = students.id WHERE email = 'amani@x.test'";
    assert_eq!(
        app.value::<String>(row, &[]).await,
        "SCE/CS/0101/2024 School of Computing and Engineering Computer Science 2028 eligible 10000.00 student t"
    );
    let again = send(&client(&app, "admin"), STUDENTS, list, &[]).await;
    again.is(200).has(json!({ "created": 0, "unchanged": 2 }));
}

#[tokio::test]
async fn students_who_are_there_change_only_when_asked_and_where_cells_are_filled() {
    let app = recorded().await;
    let list =
        "Registration Number,Full Name,Email,Program,Graduation Year\nSCE/CS/0001/2022,,,New program,2030\n";
    send(&client(&app, "admin"), STUDENTS, list, &[])
        .await
        .is(200)
        .has(json!({ "updated": 0, "unchanged": 1 }));
    let sent = send(&client(&app, "admin"), STUDENTS, list, &["overwrite"]).await;
    sent.is(200).has(json!({ "updated": 1, "unchanged": 0 }));
    let row =
        "SELECT concat_ws(' ', full_name, program, graduation_year, school_id IS NOT NULL) FROM students
               JOIN users ON users.id = user_id WHERE registration_number = 'SCE/CS/0001/2022'";
    assert_eq!(app.value::<String>(row, &[]).await, "Achieng Kiprono New program 2030 t");
}

#[tokio::test]
async fn list_without_a_column_is_refused() {
    let app = recorded().await;
    let admin = client(&app, "admin");
    send(&admin, STUDENTS, "full_name,email\nA,a@x.test\n", &[]).await.is(400).has(json!({
        "file": ["Column registration_number is missing."]
    }));
    send(&admin, BALANCES, "registration_number\nSCE/CS/0001/2022\n", &[]).await.is(400).has(json!({
        "file": ["Column tuition_balance is missing."]
    }));
    send(&client(&app, "staff:LIBRARY"), BALANCES, "x\n", &[]).await.is(403);
    send(&client(&app, "staff:finance_staff"), STUDENTS, "x\n", &[]).await.is(403);
}

#[tokio::test]
async fn long_list_is_imported_in_the_background() {
    let app = recorded().await;
    let mut list = "registration_number,full_name,email\n".to_owned();
    for number in 1..=2001 {
        list.push_str(&format!("SCE/IT/{number:04}/2020,Student {number},n{number}@x.test\n"));
    }
    let admin = client(&app, "admin");
    let queued = send(&admin, STUDENTS, &list, &[]).await.is(202).json();
    let task = queued["task_id"].as_str().expect("a job").to_owned();
    let shown = format!("/api/students/import/{task}/");
    admin.get(&shown).await.is(200).has(json!({ "status": "queued", "result": null }));
    app.work().await;
    admin
        .get(&shown)
        .await
        .is(200)
        .has(json!({ "status": "done", "result": { "created": 2001, "rows": 2001 } }));
    admin.get(&format!("/api/finance/records/import/{task}/")).await.is(200);
    assert_eq!(students(&app).await, 2041);
    client(&app, "staff:finance_staff").get(&shown).await.is(404);
}

#[tokio::test]
async fn balances_are_written_by_number() {
    let app = recorded().await;
    let desk = client(&app, "staff:finance_staff");
    let list = "registration_number,tuition_balance,notes\n\
                SCE/CS/0001/2022,\"12,000.50\",Second year\n\
                SCE/CS/9999/2022,1,\n\
                SCE/IT/0002/2021,-5,\n";
    send(&desk, BALANCES, list, &[]).await.is(200).has(json!({
        "rows": 3, "created": 0, "updated": 1, "skipped": 2,
        "errors": [
            { "row": 3, "field": "registration_number", "message": "Student not found." },
            { "row": 4, "field": "tuition_balance", "message": "A valid number is required." }
        ]
    }));
    send(&desk, BALANCES, list, &[]).await.is(200).has(json!({ "updated": 0, "unchanged": 1 }));
    let balance = "SELECT concat_ws(' ', tuition_balance, finance_records.notes) FROM finance_records
                   JOIN students ON students.id = student_id WHERE registration_number = 'SCE/CS/0001/2022'";
    assert_eq!(app.value::<String>(balance, &[]).await, "12000.50 Second year");
}
