//! What stands in the files.

use calamine::{Data, DataType};
use serde_json::json;
use tests::{TestApp, a_cadet, a_staff_member, a_training_day};

use super::{CSV, EXCEL, dangerous_cadet, rows, sheet};

#[tokio::test]
async fn cadets_come_as_csv_that_runs_nothing() {
    let app = TestApp::rotc().await;
    let cadet = dangerous_cadet(&app).await;

    let answer = app.as_admin().get(&format!("{CSV}cadets")).await;

    assert_eq!(answer.is(200).header("content-type"), "text/csv; charset=utf-8");
    let name = "attachment; filename=cadets_export_20260202_080000.csv";
    assert_eq!(answer.header("content-disposition"), name);
    assert_eq!(answer.header("cache-control"), "no-store");
    let rows = rows(&answer);
    let titles = "id,student_id,first_name,last_name,middle_name,company,platoon,course,year_level,status,email,\
                  contact_number,created_at";
    assert_eq!(rows[0].join(","), titles);
    assert_eq!(rows.len(), 2);
    assert_eq!(
        rows[1][..5],
        [
            cadet.id.to_string(),
            cadet.student_id.clone(),
            "'=cmd|' /C calc'!A0".to_owned(),
            "O\"Hara, ñ".to_owned(),
            "'@SUM(1)".to_owned(),
        ]
    );
    assert_eq!((rows[1][6].as_str(), rows[1][12].as_str()), ("'-1st Platoon", "2026-01-05 08:02:00"));
}

#[tokio::test]
async fn cadets_come_as_a_workbook_with_real_dates_and_numbers() {
    let app = TestApp::rotc().await;
    let cadet = dangerous_cadet(&app).await;

    let answer = app.as_admin().get(&format!("{EXCEL}cadets")).await;

    let name = "attachment; filename=cadets_export_20260202_080000.xlsx";
    assert_eq!(answer.header("content-disposition"), name);
    let sheet = sheet(&answer, "Cadets");
    let row: Vec<&Data> = sheet.rows().nth(1).expect("a row").iter().collect();
    assert_eq!(row[0], &Data::Float(f64::from(cadet.id)));
    assert_eq!(row[2], &Data::String("'=cmd|' /C calc'!A0".to_owned()));
    assert!(row[12].is_datetime(), "{:?}", row[12]);
    assert_eq!(row[12].as_datetime().map(|time| time.to_string()).as_deref(), Some("2026-01-05 08:02:00"));
}

#[tokio::test]
async fn grades_come_as_numbers_below_zero_too() {
    let app = TestApp::rotc().await;
    let cadet = app.add(a_cadet()).await;
    let set = "UPDATE grades SET merit_points = -5, prelim_score = 87.5 WHERE cadet_id = $1";
    app.execute(set, &[&cadet.id]).await;

    let rows = rows(&app.as_admin().get(&format!("{CSV}grades")).await);
    let titles = "cadet_id,student_id,name,company,platoon,attendance_present,merit_points,demerit_points,prelim_score,\
                  midterm_score,final_score";
    assert_eq!(rows[0].join(","), titles);
    assert_eq!((rows[1][6].as_str(), rows[1][8].as_str()), ("-5", "87.5"), "a number is no formula");
    let sheet = sheet(&app.as_admin().get(&format!("{EXCEL}grades")).await, "Grades");
    assert_eq!(sheet.get_value((1, 6)), Some(&Data::Float(-5.0)));
}

#[tokio::test]
async fn attendance_activities_and_staff_have_their_columns() {
    let app = TestApp::rotc().await;
    let (cadet, day) = (app.add(a_cadet()).await, app.add(a_training_day()).await);
    let body = json!({ "dayId": day.id, "cadetId": cadet.id, "status": "present" });
    app.as_admin().post("/api/attendance/mark", body).await.is(200);
    app.execute(
        "INSERT INTO activities (title, description, date, type)
         VALUES ('Drill', 'd', '2026-01-31', 'event'), ('Party', 'p', 'soon', NULL)",
        &[],
    )
    .await;
    let member = app.add(a_staff_member()).await;

    let attendance = rows(&app.as_admin().get(&format!("{CSV}attendance")).await);
    assert_eq!(
        attendance[0].join(","),
        "id,training_day__date,training_day__title,cadet__student_id,cadet__first_name,cadet__last_name,status,time_in,time_out"
    );
    assert_eq!((&attendance[1][3], attendance[1][6].as_str()), (&cadet.student_id, "present"));
    let sheet = sheet(&app.as_admin().get(&format!("{EXCEL}attendance")).await, "Attendance");
    assert!(sheet.get_value((1, 1)).is_some_and(Data::is_datetime), "{:?}", sheet.get_value((1, 1)));

    let activities = rows(&app.as_admin().get(&format!("{CSV}activities")).await);
    assert_eq!(activities[0].join(","), "id,title,description,date,type");
    assert_eq!(
        activities[1][1..],
        ["Party", "p", "soon", ""].map(str::to_owned),
        "a day that is none stays a text"
    );
    assert_eq!(activities[2][1..], ["Drill", "d", "2026-01-31", "event"].map(str::to_owned));

    let staff = rows(&app.as_admin().get(&format!("{CSV}staff")).await);
    assert_eq!(staff[0][..4], ["id", "rank", "first_name", "last_name"].map(str::to_owned));
    assert!(staff[1..].iter().any(|row| row[0] == member.id.to_string()));
}

#[tokio::test]
async fn an_export_is_noted_without_what_it_holds() {
    let app = TestApp::rotc().await;
    let cadet = dangerous_cadet(&app).await;
    app.as_admin().get(&format!("{CSV}cadets&company=Alpha")).await.is(200);
    let noted = app
        .query("SELECT table_name, user_id, payload::text FROM audit_logs WHERE operation = 'EXPORT'", &[])
        .await;
    assert_eq!(noted.len(), 1);
    let (table, user, payload): (String, Option<i32>, String) =
        (noted[0].get(0), noted[0].get(1), noted[0].get(2));
    assert_eq!((table.as_str(), user), ("cadets", Some(app.admin_id().await)));
    assert!(payload.contains("Alpha") && !payload.contains(&cadet.last_name), "{payload}");

    let audit = rows(&app.as_admin().get(&format!("{CSV}audit")).await);
    assert_eq!(audit[0].join(","), "ID,Table Name,Operation,Record ID,User ID,Payload,Created At");
    assert!(audit.iter().any(|row| row[2] == "EXPORT" && row[1] == "cadets"));
}

#[tokio::test]
async fn many_rows_arrive_complete() {
    let app = TestApp::with(|config| config.files.direct = false).await;
    app.execute(
        "INSERT INTO training_days (date, title) SELECT '2026-01-01', 'Day ' || n FROM generate_series(1, 60) AS n",
        &[],
    )
    .await;
    app.execute(
        "INSERT INTO cadets (first_name, last_name, student_id)
         SELECT 'First', repeat('Last', 10), 'S-' || n FROM generate_series(1, 1000) AS n",
        &[],
    )
    .await;
    app.execute(
        "INSERT INTO attendance_records (training_day_id, cadet_id, status)
         SELECT training_days.id, cadets.id, 'present' FROM training_days, cadets",
        &[],
    )
    .await;
    let answer = app.as_admin().get(&format!("{CSV}attendance")).await;
    assert!(answer.bytes().len() > 4 * 1024 * 1024, "more than is held at once: {}", answer.bytes().len());
    assert_eq!(rows(&answer).len(), 60_001);
}

#[tokio::test]
async fn a_large_file_is_fetched_from_the_store_where_answers_are_limited() {
    let app = TestApp::rotc().await;
    app.execute(
        "INSERT INTO activities (title, description, date)
         SELECT 'Title', repeat('long ', 1000), '2026-01-31' FROM generate_series(1, 1000)",
        &[],
    )
    .await;
    let answer = app.as_admin().get(&format!("{CSV}activities")).await;
    answer.is(307);
    assert!(answer.header("location").contains("activities_export_20260202_080000.csv"));
}
