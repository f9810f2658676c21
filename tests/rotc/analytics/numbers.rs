use futures_util::future::join_all;
use serde_json::{Value, json};
use tests::{TestApp, a_cadet, a_training_day};

const OVERVIEW: &str = "/api/admin/analytics";
const DEMOGRAPHICS: &str = "/api/admin/analytics/demographics";

#[tokio::test]
async fn cadets_are_counted_by_company_rank_and_status_archived_ones_too() {
    let app = TestApp::rotc().await;
    for company in ["Alpha", " Alpha ", "", ". . . . . . . .", "Bravo"] {
        app.add(a_cadet().in_company(company)).await;
    }
    let odd = app.add(a_cadet().archived()).await;
    app.execute("UPDATE cadets SET company = NULL, rank = NULL, status = NULL WHERE id = $1", &[&odd.id])
        .await;

    let unit = app.as_staff().get(OVERVIEW).await.is(200).json()["demographics"].clone();

    assert_eq!(unit["totalCadets"], 6);
    let companies = json!([
        { "name": "Advance Officer", "count": 3 }, { "name": "Alpha", "count": 2 }, { "name": "Bravo", "count": 1 },
    ]);
    assert_eq!(unit["company"], companies);
    assert_eq!(unit["rank"], json!([{ "name": "Cdt", "count": 5 }, { "name": "Unverified", "count": 1 }]));
    assert_eq!(
        unit["status"],
        json!([{ "name": "Ongoing", "value": 5 }, { "name": "Unverified", "value": 1 }])
    );
}

#[tokio::test]
async fn courses_count_active_cadets_and_the_verified_ones_by_status() {
    let app = TestApp::rotc().await;
    let set = "UPDATE cadets SET cadet_course = $2, course = $3, gender = $4 WHERE id = $1";
    for (military, academic, gender) in [
        (Some("MS1"), Some("bsit "), Some("Male")),
        (Some("MS1"), Some("BSIT"), Some("male")),
        (Some("ms1 "), Some(" "), Some("x")),
        (Some(""), Some("BPA"), Some("Female")),
        (None, None, None),
    ] {
        let cadet = app.add(a_cadet()).await;
        app.execute(set, &[&cadet.id, &military, &academic, &gender]).await;
    }
    // Not archived, but not to be verified: the profile, the account's approval or the account itself is missing.
    for undo in [
        "UPDATE cadets SET is_profile_completed = NULL WHERE id = $1",
        "UPDATE users SET is_approved = 0 WHERE cadet_id = $1",
        "UPDATE users SET is_archived = TRUE WHERE cadet_id = $1",
        "DELETE FROM users WHERE cadet_id = $1",
    ] {
        let cadet = app.add(a_cadet()).await;
        app.execute(set, &[&cadet.id, &"MS2", &"BPA", &"Female"]).await;
        app.execute(undo, &[&cadet.id]).await;
    }
    let gone = app.add(a_cadet().archived()).await;
    app.execute(set, &[&gone.id, &"MS1", &"BSIT", &"Male"]).await;
    let twice = "INSERT INTO users (username, password, role, cadet_id, is_approved)
                 SELECT 'second', 'x', 'cadet', min(id), 1 FROM cadets";
    // A legacy database with such pairs is adopted without the index that refuses them.
    app.execute("DROP INDEX idx_muster_users_cadet", &[]).await;
    app.execute(twice, &[]).await;

    let unit = app.as_staff().get(OVERVIEW).await.is(200).json()["demographics"].clone();

    let military = json!([
        { "cadet_course": "MS1", "status": "Ongoing", "count": 2 },
        { "cadet_course": "ms1 ", "status": "Ongoing", "count": 1 },
    ]);
    assert_eq!(unit["courseStats"], military);
    let academic = json!([
        { "course": "BSIT", "status": "Ongoing", "count": 2 }, { "course": "BPA", "status": "Ongoing", "count": 1 },
    ]);
    assert_eq!(unit["academicCourseStats"], academic);
    let genders = json!([
        { "cadet_course": "MS2", "gender": "Female", "count": 4 },
        { "cadet_course": "MS1", "gender": "Male", "count": 1 },
        { "cadet_course": "MS1", "gender": "Male", "count": 1 },
        { "cadet_course": "MS1", "gender": "Unknown", "count": 1 },
    ]);
    assert_eq!(unit["genderByCourse"], genders);
    let totals = json!([{ "cadet_course": "MS2", "count": 4 }, { "cadet_course": "MS1", "count": 3 }]);
    assert_eq!(unit["courseTotals"], totals);
}

#[tokio::test]
async fn attendance_is_that_of_the_last_ten_days_oldest_first() {
    let app = TestApp::rotc().await;
    let cadets = [app.add(a_cadet()).await, app.add(a_cadet()).await, app.add(a_cadet()).await];
    let mut days = Vec::new();
    for day in 1..=11 {
        days.push(app.add(a_training_day().on(&format!("2026-01-{day:02}"))).await);
    }
    let insert = "INSERT INTO attendance_records (training_day_id, cadet_id, status) VALUES ($1, $2, $3)";
    for (cadet, status) in cadets.iter().zip(["present", "absent", "late"]) {
        app.execute(insert, &[&days[10].id, &cadet.id, &status]).await;
    }
    app.execute(insert, &[&days[1].id, &cadets[0].id, &"present"]).await;

    let attendance = app.as_staff().get(OVERVIEW).await.is(200).json()["attendance"].clone();

    assert_eq!(attendance.as_array().map(Vec::len), Some(10));
    assert_eq!(attendance[0], json!({ "date": "2026-01-02", "present": 1, "absent": 0 }));
    assert_eq!(attendance[9], json!({ "date": "2026-01-11", "present": 1, "absent": 1 }));
}

#[tokio::test]
async fn passed_and_failed_are_what_the_list_of_cadets_says() {
    let app = TestApp::rotc().await;
    for day in 1..=7 {
        app.add(a_training_day().on(&format!("2026-01-{day:02}"))).await;
    }
    // Around the threshold of 75, where the last bit decides, and with everything missing.
    let insert = "WITH made AS (
            INSERT INTO cadets (first_name, last_name, student_id, is_archived)
            SELECT 'A', 'B', 'n' || n, n % 50 = 0 FROM generate_series(1, 400) AS n RETURNING id, student_id
        ), graded AS (
            INSERT INTO grades (cadet_id, attendance_present, merit_points, demerit_points, prelim_score,
                                midterm_score, final_score, status)
            SELECT id, n % 8, nullif(n % 9, 3), n % 31, nullif(40 + n % 57, 60), 50.1 + (n % 43) * 0.7, n % 101,
                   (ARRAY['active', NULL, 'inc', 'INC', 'DO', 'T', ''])[1 + n % 60]
            FROM made CROSS JOIN LATERAL (SELECT substr(student_id, 2)::int AS n) AS number
        )
        INSERT INTO users (username, password, role, cadet_id, is_approved)
        SELECT student_id, 'x', 'cadet', id, (student_id <> 'n7')::int FROM made";
    app.execute(insert, &[]).await;
    let list = app.as_admin().get("/api/admin/cadets?includeArchived=true").await.is(200).json();
    let approved = |cadet: &&Value| cadet["student_id"] != "n7";
    let mut expected = [0, 0, 0];
    for cadet in list.as_array().unwrap().iter().filter(approved) {
        let grade = cadet["finalGrade"].as_f64().unwrap();
        let incomplete = ["INC", "DO", "T"].iter().any(|status| cadet["grade_status"] == *status);
        expected[if incomplete { 2 } else { usize::from(grade < 75.0) }] += 1;
    }
    assert!(expected.iter().all(|count| *count > 5), "{expected:?}");

    let grades = app.as_staff().get(OVERVIEW).await.is(200).json()["grades"].clone();

    let [passed, failed, incomplete] = expected;
    assert_eq!(grades, json!({ "passed": passed, "failed": failed, "incomplete": incomplete }));
}

#[tokio::test]
async fn ages_count_birthdays_and_groups_without_anybody_are_left_out() {
    let app = TestApp::rotc().await;
    // The clock says 2 February 2026.
    for birthdate in ["2008-02-03", "2008-02-02", "2006-02-03", "2006-02-02", "2002-02-02", "1950-01-01"] {
        let cadet = app.add(a_cadet()).await;
        let set = "UPDATE cadets SET birthdate = $2::text::date, religion = $3, course = ' a ' WHERE id = $1";
        app.execute(set, &[&cadet.id, &birthdate, &(if birthdate < "2003" { "Islam" } else { "Other" })])
            .await;
    }
    let unknown = app.add(a_cadet()).await;
    app.execute("UPDATE cadets SET religion = ' ' WHERE id = $1", &[&unknown.id]).await;
    let gone = app.add(a_cadet().archived()).await;
    app.execute("UPDATE cadets SET religion = 'Islam', birthdate = '2000-01-01' WHERE id = $1", &[&gone.id])
        .await;

    let answer = app.as_staff().get(DEMOGRAPHICS).await;

    let expected = json!({
        "religion": [{ "religion": "Other", "count": 4 }, { "religion": "Islam", "count": 2 }],
        "age": [
            { "age_range": "Under 18", "count": 1 }, { "age_range": "18-19", "count": 2 },
            { "age_range": "20-21", "count": 1 }, { "age_range": "24+", "count": 2 },
            { "age_range": "Unknown", "count": 1 },
        ],
        "courses": [{ "course": " a ", "count": 6 }],
    });
    assert_eq!(answer.is(200).json(), expected);
}

#[tokio::test]
async fn the_numbers_are_for_staff() {
    let app = TestApp::rotc().await;
    let cadet = app.add(a_cadet()).await;
    for path in [OVERVIEW, DEMOGRAPHICS] {
        app.as_cadet(&cadet).get(path).await.is(403).message("Forbidden");
        app.anonymous().get(path).await.is(401);
        app.as_admin().get(path).await.is(200);
    }
}

#[tokio::test]
async fn one_answer_is_kept_for_all_until_a_grade_is_changed_by_somebody() {
    let app = TestApp::rotc().await;
    let cadet = app.add(a_cadet()).await;
    let staff_id = app.staff_user_id().await;
    let first = app.as_admin().get(OVERVIEW).await;
    first.is(200).has(json!({ "grades": { "passed": 0, "failed": 1 } }));
    assert_eq!(first.header("x-cache"), "MISS");

    // Who is online changes the table of users every few seconds, and must not cost the answer.
    app.as_cadet(&cadet).post("/api/auth/heartbeat", json!({})).await.is(200);
    app.as_cadet(&cadet)
        .post("/api/auth/location", json!({ "latitude": 8.5, "longitude": 124.25 }))
        .await
        .is(200);
    let second = app.as_staff().get(&format!("{OVERVIEW}?t=1")).await;
    assert_eq!((second.header("x-cache"), second.bytes()), ("HIT", first.bytes()));
    assert_eq!(second.header("x-cache-key"), format!("{staff_id}:{OVERVIEW}?t=1"));

    let scores = json!({ "prelimScore": 100, "midtermScore": 100, "finalScore": 100, "meritPoints": 50 });
    app.as_admin().put(&format!("/api/admin/grades/{}", cadet.id), scores).await.is(200);
    app.execute("UPDATE grades SET attendance_present = 1", &[]).await;
    app.add(a_training_day()).await;

    let third = app.as_staff().get(OVERVIEW).await;
    third.is(200).has(json!({ "grades": { "passed": 1, "failed": 0 } }));
    assert_eq!(third.header("x-cache"), "MISS");
}

#[tokio::test]
async fn a_hundred_dashboards_opened_at_once_ask_the_database_once() {
    let app = TestApp::rotc().await;
    app.as_staff().get("/api/admin/online-users").await.is(200);
    let staff = app.as_staff();

    let answers = join_all((0..100).map(|_| staff.get(OVERVIEW))).await;

    assert_eq!(answers.iter().filter(|answer| answer.is(200).header("x-cache") == "MISS").count(), 1);
    assert_eq!(app.times_run("FROM grades").await, 1);
}
