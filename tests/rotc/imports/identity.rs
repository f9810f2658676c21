//! Whom a row means, where a mistake would make one person of two or two of one.

use serde_json::{Value, json};
use tests::{TestApp, a_cadet};

use super::send;

const PATH: &str = "/api/admin/import-cadets";

const ALL: &str = "SELECT string_agg(concat_ws(' ', student_id, first_name, last_name, company), ', ' ORDER BY id) FROM cadets";

/// Somebody of the register: Ana Reyes of Alpha with this student id.
async fn known(app: &TestApp, student_id: &str) {
    let cadet = app.add(a_cadet()).await;
    let set = "UPDATE cadets SET student_id = $2, first_name = 'Ana', middle_name = 'Belen', last_name = 'Reyes' WHERE id = $1";
    app.execute(set, &[&cadet.id, &student_id]).await;
}

#[tokio::test]
async fn student_id_that_differs_in_case_spaces_or_dashes_is_the_same_and_told() {
    for id in ["demo-0014", "DEMO\u{2013}0014", "Demo 0014", "DEMO\u{200b}0014"] {
        let app = TestApp::rotc().await;
        known(&app, "DEMO-0014").await;
        let list = format!("Student ID,First Name,Last Name,Company\n{id},Ana,Reyes,Bravo\n");
        let answer = send(&app.as_admin(), PATH, "list.csv", list).await;
        answer.is(200).has(json!({ "counts": { "rows": 1, "changed": 1 } }));
        // A dash is a dash.
        let told = answer.text().contains("was taken for DEMO-0014");
        assert_eq!(told, !id.starts_with("DEMO\u{2013}"), "{answer}");
        assert_eq!(app.value::<String>(ALL, &[]).await, "DEMO-0014 Ana Reyes Bravo");
    }
}

#[tokio::test]
async fn student_id_that_differs_in_its_zeros_is_left_out_and_both_are_named() {
    for (entered, sent) in [("0007654321", "7654321"), ("7654321", "007654321"), ("0-12", "12")] {
        let app = TestApp::rotc().await;
        known(&app, entered).await;
        let list = format!("Student ID,First Name,Last Name,Company\n{sent},Ana,Reyes,Bravo\n");
        let answer = send(&app.as_admin(), PATH, "list.csv", list).await;
        answer.is(200).has(json!({ "message": "Import complete. Success: 0, Failed: 0", "counts": { "rows": 1, "skipped": 1 } }));
        let warning: Value = answer.json()["warnings"][0].clone();
        let text = warning.as_str().expect("a warning");
        assert!(
            text.starts_with(&format!("{sent} was left out")) && text.contains(&format!("from {entered}")),
            "{text}"
        );
        assert_eq!(app.value::<String>(ALL, &[]).await, format!("{entered} Ana Reyes Alpha"));
    }
}

#[tokio::test]
async fn rows_of_one_id_that_contradict_each_other_are_named() {
    let app = TestApp::rotc().await;
    let list = "Student ID,First Name,Last Name,Company\n2026-1,Ana,Reyes,Alpha\n2026-1,Ben,Cruz,Bravo\n2026-1,Ana,Reyes,Charlie\n\
                0001,Cid,Diaz,Alpha\n1,Dan,Evora,Alpha\n";
    let answer = send(&app.as_admin(), PATH, "list.csv", list).await;
    answer.is(200).has(json!({
        "message": "Import complete. Success: 2, Failed: 1",
        "errors": ["2026-1: row 2 has this id for Ana Reyes, row 3 for Ben Cruz"],
        "counts": { "rows": 5, "new": 2, "changed": 1, "skipped": 1, "failed": 1 },
    }));
    let text = answer.text();
    for told in [
        "company is Alpha in row 2 and Charlie in row 4",
        "1 was left out: it differs only in its zeros from 0001 of row 5",
    ] {
        assert!(text.contains(told), "{told}: {text}");
    }
    assert_eq!(app.value::<String>(ALL, &[]).await, "2026-1 Ana Reyes Charlie, 0001 Cid Diaz Alpha");
}

#[tokio::test]
async fn namesake_with_another_middle_name_is_not_taken_for_somebody_else() {
    for name in ["\"Reyes, Ana C.\"", "Ana Carmen. Reyes Jr.", "Ana X. Reyes"] {
        let app = TestApp::rotc().await;
        known(&app, "2026-1").await;
        app.execute("UPDATE cadets SET suffix_name = 'Sr.'", &[]).await;
        let answer = send(&app.as_admin(), PATH, "list.csv", format!("Name,Company\n{name},Bravo\n")).await;
        let text = answer.is(200).text();
        let all: String = app.value(ALL, &[]).await;
        assert!(all.starts_with("2026-1 Ana Reyes Alpha"), "{name}: {all}: {text}");
    }
    let app = TestApp::rotc().await;
    known(&app, "2026-1").await;
    let answer = send(&app.as_admin(), PATH, "list.csv", "Name,Company\nAna B. Reyes,Bravo\n").await;
    assert!(answer.is(200).text().contains("was taken for 2026-1, by the name alone"), "{answer}");
    assert_eq!(app.value::<String>(ALL, &[]).await, "2026-1 Ana Reyes Bravo");
}

#[tokio::test]
async fn name_that_the_register_does_not_have_for_an_id_is_told() {
    let app = TestApp::rotc().await;
    known(&app, "2026-1").await;
    let answer =
        send(&app.as_admin(), PATH, "list.csv", "Student ID,First Name,Last Name\n2026-1,Ben,Cruz\n").await;
    assert!(
        answer.is(200).text().contains("2026-1: the register has Ana Reyes, the file Ben Cruz"),
        "{answer}"
    );
}
