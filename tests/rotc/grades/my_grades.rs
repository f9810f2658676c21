//! A cadet's own grades, and the link to the cadet.

use serde_json::json;
use tests::{TestApp, a_cadet};

const PATH: &str = "/api/cadet/my-grades";

#[tokio::test]
async fn a_cadet_without_a_row_gets_one_with_the_sums_of_the_ledger() {
    let app = TestApp::rotc().await;
    let cadet = app.add(a_cadet().without_grades()).await;
    let log = "INSERT INTO merit_demerit_logs (cadet_id, type, points)
               VALUES ($1, 'merit', 3), ($1, 'demerit', 13)";
    app.execute(log, &[&cadet.id]).await;
    app.as_cadet(&cadet).get(PATH).await.is(200).has(json!({
        "merit_points": 3, "demerit_points": 13, "aptitudeScore": 27, "finalGrade": 27, "remarks": "Failed",
        "transmutedGrade": 5, "status": "active", "totalTrainingDays": 0,
    }));
    app.as_admin().get(PATH).await.is(403).message("Not a cadet account");
    app.as_staff().get("/api/cadet/my-merit-logs").await.is(403).message("Not a cadet account");
}

#[tokio::test]
async fn a_user_without_a_cadet_is_linked_by_number_or_by_their_own_address_only() {
    let app = TestApp::rotc().await;
    let (by_number, by_mail, taken) =
        (app.add(a_cadet()).await, app.add(a_cadet()).await, app.add(a_cadet()).await);
    let unlink = "UPDATE users SET cadet_id = NULL, username = $2, email = $3 WHERE id = $1";
    app.execute(unlink, &[&by_number.user_id, &by_number.student_id, &"other@example.test"]).await;
    app.execute(unlink, &[&by_mail.user_id, &"somebody", &by_mail.email.to_uppercase()]).await;
    let stranger = app.add(a_cadet()).await;
    app.execute(unlink, &[&stranger.user_id, &"stranger", &taken.email]).await;

    app.as_cadet(&by_number).get(PATH).await.is(200);
    app.as_cadet(&by_mail).get(PATH).await.is(200);
    app.as_cadet(&stranger).get(PATH).await.is(403).message("Not a cadet account");
    let linked = "SELECT cadet_id FROM users WHERE id = $1";
    assert_eq!(app.value::<Option<i32>>(linked, &[&by_number.user_id]).await, Some(by_number.id));
    assert_eq!(app.value::<Option<i32>>(linked, &[&by_mail.user_id]).await, Some(by_mail.id));
    assert_eq!(app.value::<Option<i32>>(linked, &[&stranger.user_id]).await, None);
    let events = "SELECT count(*) FROM sync_events WHERE event_type = 'cadet_autolinked'";
    assert_eq!(app.value::<i64>(events, &[]).await, 2);
}
