//! Profiles, grades, attendance and transcripts on paper.

use serde_json::json;
use tests::{TestApp, a_cadet, a_training_day};

use super::{logged, pages};

#[tokio::test]
async fn a_profile_shows_the_cadet_with_grades_attendance_and_conduct() {
    let app = TestApp::rotc().await;
    let (cadet, day) = (app.add(a_cadet()).await, app.add(a_training_day().on("2026-01-31")).await);
    app.execute(
        "UPDATE cadets SET first_name = 'Ñoño 🫡', last_name = 'Peñaranda', address = $2, student_id = '2024-1000' WHERE id = $1",
        &[&cadet.id, &"Purok 1, Barangay 2, ".repeat(30)],
    )
    .await;
    app.execute("UPDATE grades SET prelim_score = 88.5, merit_points = 3 WHERE cadet_id = $1", &[&cadet.id])
        .await;
    app.execute(
        "INSERT INTO attendance_records (training_day_id, cadet_id, status) VALUES ($1, $2, 'present')",
        &[&day.id, &cadet.id],
    )
    .await;
    app.execute(
        "INSERT INTO merit_demerit_logs (cadet_id, type, points, reason) VALUES ($1, 'merit', 3, 'Helped at the range')",
        &[&cadet.id],
    )
    .await;

    let answer = app.as_staff().get(&format!("/api/reports/cadet/{}", cadet.id)).await;

    answer.is(200);
    assert_eq!(answer.header("content-type"), "application/pdf");
    assert_eq!(answer.header("content-disposition"), "attachment; filename=\"cadet_profile_2024-1000.pdf\"");
    let text = pages(answer.bytes()).join("\n");
    for part in [
        "Ñoño \u{FFFD} Peñaranda",
        "2024-1000",
        "88.5",
        "2026-01-31",
        "Present",
        "Helped at the range",
        "MSU-SND ROTC",
    ] {
        assert!(text.contains(part), "{part}: {text}");
    }
    assert_eq!(logged(&app, "GENERATE", "cadet_profile").await, 1);
    let payload: String = app
        .value("SELECT string_agg(payload::text, ' ') FROM audit_logs WHERE table_name = 'reports'", &[])
        .await;
    assert!(!payload.contains("Peñaranda"), "{payload}");
}

#[tokio::test]
async fn a_document_is_kept_for_an_hour_or_until_what_it_shows_changes() {
    let app = TestApp::rotc().await;
    let cadet = app.add(a_cadet()).await;
    let url = format!("/api/reports/cadet/{}", cadet.id);
    let staff = app.as_staff();
    let first = staff.get(&url).await;
    assert_eq!(first.is(200).header("x-cache"), "MISS");
    let second = staff.get(&url).await;
    assert_eq!(second.header("x-cache"), "HIT");
    assert_eq!(first.bytes(), second.bytes());

    app.as_admin().put(&format!("/api/grades/{}", cadet.id), json!({ "prelim_score": 77.25 })).await.is(200);

    let changed = staff.get(&url).await;
    assert_eq!(changed.header("x-cache"), "MISS");
    assert!(pages(changed.bytes()).join("\n").contains("77.25"));
    app.clock.advance(chrono::TimeDelta::minutes(61));
    assert_eq!(app.as_staff().get(&url).await.is(200).header("x-cache"), "MISS");
    app.as_admin().put("/api/system-settings/unit_name", json!({ "value": "2nd Battalion" })).await;
    let renamed = app.as_staff().get(&url).await;
    assert!(pages(renamed.bytes()).join("\n").contains("2nd Battalion"));
    assert_eq!(logged(&app, "GENERATE", "cadet_profile").await, 5);
}

#[tokio::test]
async fn grades_are_printed_for_a_company_and_go_on_over_pages() {
    let app = TestApp::rotc().await;
    app.add(a_cadet().in_company("Bravo")).await;
    app.execute(
        "INSERT INTO cadets (first_name, last_name, student_id, company, platoon)
         SELECT 'Given ' || n, 'Family ' || n, 'A-' || n, 'Alpha', '1st' FROM generate_series(1, 80) AS n",
        &[],
    )
    .await;

    let answer = app.as_admin().get("/api/reports/grades?company=Alpha").await;

    answer.is(200);
    assert_eq!(answer.header("content-disposition"), "attachment; filename=\"grades_report_Alpha_all.pdf\"");
    let pages = pages(answer.bytes());
    assert!(pages.len() > 1);
    for (at, page) in pages.iter().enumerate() {
        assert!(
            page.contains("Student ID") && page.contains(&format!("Page {} of {}", at + 1, pages.len())),
            "{page}"
        );
    }
    let all = pages.join("\n");
    assert!((1..=80).all(|n| all.contains(&format!("Family {n}, Given {n}"))) && !all.contains("Bravo"));
    for days in ["date_from=2026-01-01", "to=2026-02-01", "training_day_id=1"] {
        app.as_staff().get(&format!("/api/reports/grades?company=Alpha&{days}")).await.is(400);
    }
    app.as_staff()
        .get("/api/reports/grades?company=Nope")
        .await
        .is(404)
        .message("No cadets found matching the filters");
}

#[tokio::test]
async fn attendance_is_printed_for_a_range_of_days_or_one_day() {
    let app = TestApp::rotc().await;
    let cadet = app.add(a_cadet()).await;
    let (early, late) =
        (app.add(a_training_day().on("2026-01-03")).await, app.add(a_training_day().on("2026-01-31")).await);
    for (day, status) in [(early.id, "late"), (late.id, "absent")] {
        app.execute(
            "INSERT INTO attendance_records (training_day_id, cadet_id, status, remarks) VALUES ($1, $2, $3, 'Rain')",
            &[&day, &cadet.id, &status],
        )
        .await;
    }
    let staff = app.as_staff();

    let range = staff.get("/api/reports/attendance?date_from=2026-01-01&to=2026-01-15").await;
    let day = staff.get(&format!("/api/reports/attendance?training_day_id={}", late.id)).await;

    assert_eq!(
        range.is(200).header("content-disposition"),
        "attachment; filename=\"attendance_report_2026-01-01_2026-01-15.pdf\""
    );
    let text = pages(range.bytes()).join("\n");
    assert!(text.contains("2026-01-03") && !text.contains("2026-01-31") && text.contains("100.0%"), "{text}");
    let text = pages(day.is(200).bytes()).join("\n");
    assert!(text.contains("Absent") && text.contains("Rain") && !text.contains("2026-01-03"), "{text}");
    assert!(
        text.contains("Training day 2026-01-31 (Drill)") && !text.contains("All companies and platoons"),
        "{text}"
    );
    staff.get("/api/reports/attendance?date_from=2030-01-01").await.is(404);
    for wrong in ["date_from=1.2.2026", "date_from=2026-02-02&date_to=2026-02-01", "company=%00"] {
        staff.get(&format!("/api/reports/attendance?{wrong}")).await.is(400);
    }
}

#[tokio::test]
async fn a_transcript_shows_the_grade() {
    let app = TestApp::rotc().await;
    let cadet = app.add(a_cadet()).await;
    app.execute(
        "UPDATE grades SET prelim_score = 90, midterm_score = 90, final_score = 90 WHERE cadet_id = $1",
        &[&cadet.id],
    )
    .await;

    let answer = app.as_staff().get(&format!("/api/reports/transcript/{}", cadet.id)).await;

    let text = pages(answer.is(200).bytes()).join("\n");
    assert!(text.contains("Transcript of ROTC grades") && text.contains("36.00"), "{text}");
}

#[tokio::test]
async fn reports_are_for_staff_and_of_cadets_there_are() {
    let app = TestApp::rotc().await;
    let cadet = app.add(a_cadet()).await;
    for path in ["cadet/1", "grades", "attendance", "transcript/1"] {
        let url = format!("/api/reports/{path}");
        app.as_cadet(&cadet).get(&url).await.is(403).has(json!({ "error": true, "code": "FORBIDDEN" }));
        app.anonymous().get(&url).await.is(401);
    }
    app.as_staff().get("/api/reports/cadet/999").await.is(404).message("Cadet with ID 999 not found");
    app.as_staff().get("/api/reports/transcript/999").await.is(404);
    app.as_staff().get("/api/reports/cadet/abc").await.is(400);
}

#[tokio::test]
async fn a_logo_that_is_set_is_kept_and_printed_and_a_lost_one_holds_nothing_up() {
    let app = TestApp::rotc().await;
    let cadet = app.add(a_cadet()).await;
    let url = format!("/api/reports/cadet/{}", cadet.id);
    let plain = app.as_staff().get(&url).await.is(200).bytes().len();
    let mut file = std::io::Cursor::new(Vec::new());
    let picture = image::RgbImage::from_fn(200, 200, |x, y| image::Rgb([x as u8, y as u8, (x * y) as u8]));
    picture.write_to(&mut file, image::ImageFormat::Png).expect("a picture");
    let logo = shared::files::NewFile {
        name: "logo-1.png".to_owned(),
        body: file.into_inner().into(),
        content_type: "image/png",
        audience: shared::files::Audience::Anyone,
    };
    let address = app.app.files.put(logo).await.expect("it is stored");
    let set = async |value: &str| {
        app.as_admin().put("/api/system-settings/document_logo", json!({ "value": value })).await.is(200);
    };
    set(&address).await;

    assert!(app.as_staff().get(&url).await.is(200).bytes().len() > plain + 1000);
    let kept = "SELECT count(*) FROM muster.file_references() WHERE address = $1";
    assert_eq!(app.value::<i64>(kept, &[&address]).await, 1);
    set("/uploads/gone.png").await;
    assert!(app.as_staff().get(&url).await.is(200).bytes().len() < plain + 1000);
}
