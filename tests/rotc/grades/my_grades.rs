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
async fn request_of_an_unlinked_account_is_refused_and_links_it_to_nobody() {
    let app = TestApp::rotc().await;
    let (by_number, by_mail, taken) =
        (app.add(a_cadet()).await, app.add(a_cadet()).await, app.add(a_cadet()).await);
    let unlink = "UPDATE users SET cadet_id = NULL, username = $2, email = $3 WHERE id = $1";
    app.execute(unlink, &[&by_number.user_id, &by_number.student_id, &"other@example.test"]).await;
    app.execute(unlink, &[&by_mail.user_id, &"somebody", &by_mail.email.to_uppercase()]).await;
    let stranger = app.add(a_cadet()).await;
    app.execute(unlink, &[&stranger.user_id, &"stranger", &taken.email]).await;

    for cadet in [&by_number, &by_mail, &stranger] {
        app.as_cadet(cadet).get(PATH).await.is(403).message("Not a cadet account");
        let linked = "SELECT cadet_id FROM users WHERE id = $1";
        assert_eq!(app.value::<Option<i32>>(linked, &[&cadet.user_id]).await, None);
    }
}
