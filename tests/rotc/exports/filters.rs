//! Which rows stand in the files, and who gets them.

use tests::{TestApp, a_cadet};

use super::{CSV, EXCEL, rows};

#[tokio::test]
async fn filters_choose_rows() {
    let app = TestApp::rotc().await;
    let alpha = app.add(a_cadet().in_company("Alpha")).await;
    let bravo = app.add(a_cadet().in_company("Bravo")).await;
    let archived = app.add(a_cadet()).await;
    app.execute("UPDATE cadets SET is_archived = TRUE WHERE id = $1", &[&archived.id]).await;
    let set = "UPDATE cadets SET created_at = $2::text::timestamp, status = 'Completed', platoon = '2nd Platoon' WHERE id = $1";
    app.execute(set, &[&bravo.id, &"2025-12-31 23:59:59"]).await;
    app.execute(
        "INSERT INTO training_days (date, title) VALUES ('2026-01-10', 'First'), ('2026-01-17', 'Second')",
        &[],
    )
    .await;
    app.execute(
        "INSERT INTO attendance_records (training_day_id, cadet_id, status)
         SELECT days.id, cadets.id, CASE WHEN company = 'Alpha' THEN 'present' ELSE 'late' END
         FROM training_days AS days, cadets WHERE cadets.id IN ($1, $2)",
        &[&alpha.id, &bravo.id],
    )
    .await;

    let count = async |query: &str| rows(&app.as_admin().get(&format!("{CSV}{query}")).await).len() - 1;
    for (query, expected) in [
        ("cadets", 2),
        ("cadets&company=Alpha", 1),
        ("cadets&company=Alpha&status=completed", 0),
        ("cadets&status=completed", 1),
        ("cadets&platoon=2nd%20Platoon", 1),
        ("cadets&date_from=2026-01-01", 1),
        ("cadets&date_to=2025-12-31", 1),
        ("cadets&date_to=2025-12-30", 0),
        ("grades&company=Bravo", 1),
        ("attendance", 4),
        ("attendance&date_from=2026-01-17", 2),
        ("attendance&date_from=2026-01-10&date_to=2026-01-16&status=late", 1),
        ("attendance&company=Alpha&platoon=&status=", 2),
        ("audit&date_to=2000-01-01", 0),
    ] {
        assert_eq!(count(query).await, expected, "{query}");
    }
}

#[tokio::test]
async fn filters_that_mean_nothing_are_refused() {
    let app = TestApp::rotc().await;
    let wrong = [
        ("", "This field is required."),
        ("bogus", "\"bogus\" is not a valid choice."),
        ("cadets&date_from=yesterday", "date_from must be a date such as 2026-02-02"),
        ("cadets&date_to=2026-02-30", "date_to must be a date such as 2026-02-02"),
        ("grades&date_from=2026-01-01", "date_from does not apply to grades"),
        ("staff&company=Alpha", "company does not apply to staff"),
        ("activities&status=present", "status does not apply to activities"),
    ];
    for (query, message) in wrong {
        for kind in [CSV, EXCEL] {
            app.as_admin()
                .get(&format!("{kind}{query}"))
                .await
                .is(400)
                .message(message)
                .has(serde_json::json!({ "code": "BAD_REQUEST" }));
        }
    }
    let noted: i64 = app.value("SELECT count(*) FROM audit_logs WHERE operation = 'EXPORT'", &[]).await;
    assert_eq!(noted, 0);
}

#[tokio::test]
async fn only_admins_export() {
    let app = TestApp::rotc().await;
    let cadet = app.add(a_cadet()).await;
    for kind in [CSV, EXCEL] {
        let url = format!("{kind}cadets");
        app.as_staff().get(&url).await.is(403);
        app.as_cadet(&cadet).get(&url).await.is(403);
        app.anonymous().get(&url).await.is(401);
    }
}
