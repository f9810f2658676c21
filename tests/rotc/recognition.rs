//! Achievements, the leaderboard, and the unit's levels.

use chrono::TimeDelta;
use serde_json::{Value, json};
use tests::{Cadet, TestApp, a_cadet};

/// A cadet with so many merits of all time, merits and demerits.
async fn with_merits(app: &TestApp, lifetime: i32, merit: i32, demerit: i32) -> Cadet {
    let cadet = app.add(a_cadet()).await;
    let update = "UPDATE grades SET lifetime_merit_points = $2, merit_points = $3, demerit_points = $4
                  WHERE cadet_id = $1";
    app.execute(update, &[&cadet.id, &lifetime, &merit, &demerit]).await;
    cadet
}

fn path(cadet: &Cadet) -> String {
    format!("/api/recognition/cadet/{}/achievements", cadet.id)
}

#[tokio::test]
async fn a_cadet_sees_the_levels_reached_and_the_next_one() {
    let app = TestApp::rotc().await;
    let cadet = with_merits(&app, 149, 10, 0).await;

    let answer = app.as_cadet(&cadet).get(&path(&cadet)).await;

    let now = "2026-02-02T08:00:00.000Z";
    let expected = json!({
        "lifetimeMerit": 149,
        "achievements": [
            { "level": "Bronze", "threshold": 50, "icon": "🥉", "color": "#CD7F32",
              "earnedAt": 149, "earnedDate": now },
            { "level": "Silver", "threshold": 100, "icon": "🥈", "color": "#C0C0C0",
              "earnedAt": 149, "earnedDate": now },
        ],
        "nextMilestone": { "level": "Gold", "threshold": 150, "icon": "🥇", "color": "#FFD700", "pointsNeeded": 1 },
        "rank": "Silver",
    });
    assert_eq!(answer.is(200).json(), expected);
}

#[tokio::test]
async fn the_highest_level_has_no_next_and_merits_stand_in_for_missing_lifetime_merits() {
    let app = TestApp::rotc().await;
    let (top, old) = (with_merits(&app, 200, 0, 0).await, with_merits(&app, 0, 50, 0).await);

    app.as_staff()
        .get(&path(&top))
        .await
        .is(200)
        .has(json!({ "nextMilestone": null, "rank": "Platinum", "lifetimeMerit": 200 }));
    app.as_admin().get(&path(&old)).await.is(200).has(json!({ "lifetimeMerit": 50, "rank": "Bronze" }));
}

#[tokio::test]
async fn a_cadet_sees_the_own_certificate_of_a_level_that_is_reached() {
    let app = TestApp::rotc().await;
    let (cadet, other) = (with_merits(&app, 149, 10, 0).await, app.add(a_cadet().without_grades()).await);
    let url = |level: &str| format!("/api/recognition/cadet/{}/certificate/{level}", cadet.id);

    app.as_cadet(&cadet).get(&url("Silver")).await.is(200).has(json!({
        "level": "Silver", "lifetimeMerit": 149, "threshold": 100, "issuedDate": "February 2, 2026",
        "certificateNumber": format!("ROTC-SILVER-{}-1770019200000", cadet.id),
    }));
    let text = "Cadet has not achieved Gold level (requires 150 lifetime merits, has 149)";
    app.as_staff().get(&url("Gold")).await.is(400).message(text);
    app.as_cadet(&other).get(&url("Silver")).await.is(403);
    app.anonymous().get(&url("Silver")).await.is(401);
    let none = format!("/api/recognition/cadet/{}/certificate/Bronze", other.id);
    app.as_admin().get(&none).await.is(400);
    app.as_admin()
        .get("/api/recognition/cadet/999/certificate/Bronze")
        .await
        .is(404)
        .message("Cadet not found");
}

#[tokio::test]
async fn somebody_without_grades_has_reached_nothing() {
    let app = TestApp::rotc().await;
    let cadet = app.add(a_cadet().without_grades()).await;

    let answer = app.as_cadet(&cadet).get(&path(&cadet)).await;

    let nothing = json!({
        "lifetimeMerit": 0, "achievements": [], "nextMilestone": { "level": "Bronze", "pointsNeeded": 50 },
    });
    assert_eq!(answer.is(200).json(), nothing);
}

#[tokio::test]
async fn achievements_of_others_are_for_staff() {
    let app = TestApp::rotc().await;
    let (cadet, other) = (with_merits(&app, 60, 60, 0).await, app.add(a_cadet()).await);

    app.as_cadet(&other).get(&path(&cadet)).await.is(403);
    app.anonymous().get(&path(&cadet)).await.is(401);
    app.as_staff().get(&path(&cadet)).await.is(200);
    app.as_staff().get("/api/recognition/cadet/x/achievements").await.is(400).message("Invalid ID");
}

#[tokio::test]
async fn the_leaderboard_is_by_lifetime_merits_then_by_entry() {
    let app = TestApp::rotc().await;
    let second = with_merits(&app, 60, 5, 2).await;
    let third = with_merits(&app, 60, 60, 0).await;
    let first = with_merits(&app, 0, 70, 0).await;
    app.execute("UPDATE cadets SET rank = NULL, company = NULL WHERE id = $1", &[&second.id]).await;
    let gone = app.add(a_cadet().archived()).await;
    app.execute("UPDATE grades SET lifetime_merit_points = 900 WHERE cadet_id = $1", &[&gone.id]).await;
    app.add(a_cadet().without_grades()).await;

    let answer = app.as_cadet(&third).get("/api/recognition/leaderboard").await;

    let bronze = json!({ "level": "Bronze", "icon": "🥉" });
    let expected = json!([
        { "rank": 1, "cadetId": first.id, "name": format!("Cdt {}, Juan", first.last_name), "company": "Alpha",
          "platoon": "1st Platoon", "lifetimeMerit": 70, "currentMerit": 70, "demerits": 0, "badge": bronze },
        { "rank": 2, "cadetId": second.id, "name": format!("{}, Juan", second.last_name), "company": null,
          "platoon": "1st Platoon", "lifetimeMerit": 60, "currentMerit": 5, "demerits": 2, "badge": bronze },
        { "rank": 3, "cadetId": third.id, "name": format!("Cdt {}, Juan", third.last_name), "company": "Alpha",
          "platoon": "1st Platoon", "lifetimeMerit": 60, "currentMerit": 60, "demerits": 0, "badge": bronze },
    ]);
    assert_eq!(answer.is(200).json(), expected);
    app.anonymous().get("/api/recognition/leaderboard").await.is(401);
}

#[tokio::test]
async fn the_limit_of_the_leaderboard_is_held_between_1_and_500() {
    let app = TestApp::rotc().await;
    for lifetime in 0..12 {
        with_merits(&app, lifetime, 0, 0).await;
    }
    let length = async |query: &str| {
        let answer = app.as_staff().get(&format!("/api/recognition/leaderboard{query}")).await;
        answer.is(200).json().as_array().map(Vec::len)
    };
    for (query, expected) in [
        ("", 10),
        ("?limit=3", 3),
        ("?limit=-1", 1),
        ("?limit=0", 1),
        ("?limit=abc", 10),
        ("?limit=99999999999999999999", 10),
        ("?limit=1000000", 12),
    ] {
        assert_eq!(length(query).await, Some(expected), "{query}");
    }
    let again = app.as_staff().get("/api/recognition/leaderboard?limit=501&t=7").await;
    assert_eq!(again.header("x-cache"), "HIT", "500 at most, whatever else the address says");
}

#[tokio::test]
async fn a_merit_given_by_one_is_on_the_leaderboard_of_all_at_once() {
    let app = TestApp::rotc().await;
    let (cadet, other) = (with_merits(&app, 10, 10, 0).await, with_merits(&app, 40, 40, 0).await);
    let leader = async || {
        let answer = app.as_cadet(&other).get("/api/recognition/leaderboard").await;
        (answer.is(200).json()[0]["cadetId"].clone(), answer.header("x-cache").to_owned())
    };
    assert_eq!(leader().await, (Value::from(other.id), "MISS".to_owned()));
    assert_eq!(leader().await, (Value::from(other.id), "HIT".to_owned()));

    let merit = json!({ "cadetId": cadet.id, "type": "merit", "points": 50, "reason": "Rescue" });
    app.as_admin().post("/api/admin/merit-logs", merit).await.is(200);

    assert_eq!(leader().await, (Value::from(cadet.id), "MISS".to_owned()));
    app.clock.advance(TimeDelta::minutes(1));
    assert_eq!(leader().await, (Value::from(cadet.id), "HIT".to_owned()));
}

#[tokio::test]
async fn the_levels_of_the_unit_are_counted_without_archived_cadets() {
    let app = TestApp::rotc().await;
    let empty = app.as_staff().get("/api/recognition/stats").await;
    empty.is(200).has(json!({ "totalCadets": 0, "averageLifetimeMerit": 0, "maxLifetimeMerit": 0 }));
    for (lifetime, merit, demerit) in [(50, 5, 9), (100, 20, 5), (199, 0, 0), (250, 4, 1), (0, 0, 0)] {
        with_merits(&app, lifetime, merit, demerit).await;
    }
    let gone = app.add(a_cadet().archived()).await;
    app.execute("UPDATE grades SET lifetime_merit_points = 900 WHERE cadet_id = $1", &[&gone.id]).await;
    app.add(a_cadet().without_grades()).await;

    let answer = app.as_admin().get("/api/recognition/stats").await;

    let expected = json!({
        "totalCadets": 5, "achievementCounts": { "bronze": 4, "silver": 3, "gold": 2, "platinum": 1 },
        "averageLifetimeMerit": 120, "maxLifetimeMerit": 250, "totalWastedPoints": 18,
    });
    assert_eq!(answer.is(200).json(), expected);
    let cadet = app.add(a_cadet()).await;
    app.as_cadet(&cadet).get("/api/recognition/stats").await.is(403);
}
