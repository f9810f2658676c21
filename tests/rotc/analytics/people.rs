use chrono::TimeDelta;
use serde_json::json;
use tests::{TestApp, a_cadet, a_staff_member};

#[tokio::test]
async fn people_are_found_by_name_number_and_address_in_any_case() {
    let app = TestApp::rotc().await;
    let (cadet, gone) = (app.add(a_cadet()).await, app.add(a_cadet().archived()).await);
    let teacher = app.add(a_staff_member()).await;
    app.execute("UPDATE cadets SET first_name = 'Ana', last_name = 'Dela Cruz' WHERE id = $1", &[&cadet.id])
        .await;
    let update = "UPDATE training_staff SET last_name = 'Ana', rank = NULL, email = 'Ana.X@example.test'
                  WHERE id = $1";
    app.execute(update, &[&teacher.id]).await;
    let found = async |query: &str| app.as_admin().get(&format!("/api/admin/search?query={query}")).await;

    let both = json!([
        { "type": "cadet", "id": cadet.id, "first_name": "Ana", "last_name": "Dela Cruz", "rank": "Cdt",
          "sub_info": cadet.student_id },
        { "type": "staff", "id": teacher.id, "first_name": "Maria", "last_name": "Ana", "rank": null,
          "sub_info": "Ana.X@example.test" },
    ]);
    assert_eq!(found("aNA").await.is(200).json(), both);
    found("ana%20dela").await.has(json!([{ "id": cadet.id }]));
    found(&gone.student_id).await.has(json!([{ "id": gone.id }]));
    found("ANA.X@").await.has(json!([{ "type": "staff" }]));
}

#[tokio::test]
async fn a_search_takes_every_character_for_itself_and_finds_ten_at_most() {
    let app = TestApp::rotc().await;
    for _ in 0..12 {
        app.add(a_cadet()).await;
    }
    let count = async |query: &str| {
        let answer = app.as_admin().get(&format!("/api/admin/search{query}")).await;
        answer.is(200).json().as_array().map(Vec::len)
    };
    assert_eq!(count("?query=juan").await, Some(10));
    for query in ["", "?query=", "?query=%25", "?query=_", "?query=%5C", "?query=%27"] {
        assert_eq!(count(query).await, Some(0), "{query}");
    }
    app.as_admin().get("/api/admin/search?query=%00").await.is(400);
    app.as_staff().get("/api/admin/search?query=juan").await.is(403);
}

#[tokio::test]
async fn admins_see_where_people_last_were() {
    let app = TestApp::rotc().await;
    let (cadet, gone) = (app.add(a_cadet()).await, app.add(a_cadet()).await);
    let here = json!({ "latitude": 8.5, "longitude": 124.25 });
    app.as_staff().post("/api/auth/location", here.clone()).await.is(200);
    app.as_cadet(&gone).post("/api/auth/location", here).await.is(200);
    app.clock.advance(TimeDelta::minutes(1));
    let there = json!({ "latitude": -1, "longitude": 0.5 });
    app.as_cadet(&cadet).post("/api/auth/location", there).await.is(200);
    app.execute("UPDATE users SET is_archived = TRUE WHERE id = $1", &[&gone.user_id]).await;

    let answer = app.as_admin().get("/api/admin/locations").await;

    answer.is(200).has(json!([
        { "id": cadet.user_id, "username": cadet.student_id, "role": "cadet", "cadet_id": cadet.id, "staff_id": null,
          "last_latitude": -1, "last_longitude": 0.5, "last_location_at": "2026-02-02T08:01:00.000Z",
          "cadet_first_name": "Juan", "cadet_last_name": cadet.last_name, "cadet_company": "Alpha",
          "cadet_platoon": "1st Platoon", "staff_first_name": null },
        { "role": "training_staff", "staff_first_name": "Maria", "staff_rank": "Sgt", "staff_role": "Instructor",
          "cadet_first_name": null },
    ]));
    app.as_staff().get("/api/admin/locations").await.is(403);
    app.as_cadet(&cadet).get("/api/admin/locations").await.is(403);
}

#[tokio::test]
async fn cadets_heard_of_in_the_last_five_minutes_are_online() {
    let app = TestApp::rotc().await;
    let (cadet, other) = (app.add(a_cadet()).await, app.add(a_cadet()).await);
    let online = async || app.as_staff().get("/api/admin/online-users").await.is(200).json()["count"].clone();
    assert_eq!(online().await, 0);

    app.as_cadet(&cadet).post("/api/auth/heartbeat", json!({})).await.is(200);
    app.as_staff().post("/api/auth/heartbeat", json!({})).await.is(200);
    app.clock.advance(TimeDelta::minutes(3));
    app.as_cadet(&other).post("/api/auth/heartbeat", json!({})).await.is(200);

    assert_eq!(online().await, 2);
    app.clock.advance(TimeDelta::minutes(2));
    assert_eq!(online().await, 1);
    app.as_cadet(&cadet).get("/api/admin/online-users").await.is(403);
}
