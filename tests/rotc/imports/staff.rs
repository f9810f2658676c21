//! Lists of the staff.

use serde_json::json;
use tests::{TestApp, a_cadet};

use super::{send, workbook};

const PATH: &str = "/api/admin/import-staff";

#[tokio::test]
async fn a_list_adds_members_with_an_account_and_updates_those_it_knows() {
    let app = TestApp::rotc().await;
    let rows: &[&[&str]] = &[
        &["Rank", "First Name", "Last Name", "Email", "Position"],
        &["SSg", "Ramon", "Quiambao", "ramon.q@example.test", ""],
        &["Sgt", "Ramon", "Cruz", "", "Commandant"],
        &["Sgt", "", "Nobody", "", ""],
    ];
    let answer = send(&app.as_admin(), PATH, "staff.xlsx", workbook(rows)).await;
    answer.is(200).has(json!({
        "message": "Import complete. Success: 2, Failed: 1",
        "errors": ["Row 4: first name and last name are required"],
    }));
    let read = "SELECT string_agg(username || ':' || training_staff.role || ':' || is_approved, ' ' ORDER BY users.id)
                FROM users JOIN training_staff ON training_staff.id = users.staff_id WHERE training_staff.first_name = 'Ramon'";
    assert_eq!(app.value::<String>(read, &[]).await, "ramon:Instructor:1 cruz:Commandant:1");
    let later: &[&[&str]] = &[
        &["Rank", "First Name", "Last Name", "Email"],
        &["TSg", "Ramon", "Quiambao", "ramon.q@example.test"],
    ];
    send(&app.as_admin(), PATH, "staff.xlsx", workbook(later)).await.is(200);
    let ranks = "SELECT string_agg(rank, ' ' ORDER BY id) FROM training_staff WHERE first_name = 'Ramon'";
    assert_eq!(app.value::<String>(ranks, &[]).await, "TSg Sgt");
}

#[tokio::test]
async fn namesakes_with_different_addresses_are_different_members() {
    let app = TestApp::rotc().await;
    let import = async |rows: &[&[&str]]| {
        let mut list: Vec<&[&str]> = vec![&["Rank", "First Name", "Last Name", "Email"]];
        list.extend(rows);
        send(&app.as_admin(), PATH, "staff.xlsx", workbook(&list)).await.is(200).json()
    };
    let read = "SELECT string_agg(rank || ' ' || coalesce(email, ''), ', ' ORDER BY id) FROM training_staff
                WHERE first_name = 'Maria'";
    import(&[&["Sgt", "Maria", "Santos", "a@example.test"], &["Cpl", "Maria", "Santos", "b@example.test"]])
        .await;
    assert_eq!(app.value::<String>(read, &[]).await, "Sgt a@example.test, Cpl b@example.test");
    import(&[&["Maj", "Maria", "Santos", "b@example.test"]]).await;
    let several = import(&[&["Col", "Maria", "Santos", ""]]).await;
    assert_eq!(several["errors"][0], "Maria Santos: fits several members, please add the e-mail address");
    import(&[
        &["Pvt", "Maria", "Reyes", ""],
        &["Pfc", "Maria", "Reyes", "r@example.test"],
        &["Cpt", "Maria", "Reyes", "s@example.test"],
    ])
    .await;
    assert_eq!(
        app.value::<String>(read, &[]).await,
        "Sgt a@example.test, Maj b@example.test, Pfc r@example.test, Cpt s@example.test",
        "an address is added to whom had none, and makes a namesake another member from then on"
    );
}

#[tokio::test]
async fn only_admins_import_staff() {
    let app = TestApp::rotc().await;
    let cadet = app.add(a_cadet()).await;
    app.as_staff().post(PATH, json!({})).await.is(403);
    app.as_cadet(&cadet).post(PATH, json!({})).await.is(403);
    app.as_admin().post(PATH, json!({})).await.is(400).message("No file uploaded");
}
