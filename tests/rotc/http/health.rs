use serde_json::json;
use tests::{TestApp, a_cadet};

#[tokio::test]
async fn health_says_that_the_database_is_connected() {
    let app = TestApp::rotc().await;

    let answer = app.anonymous().get("/api/health").await;

    answer.is(200).has(json!({ "status": "ok", "db": "connected", "timestamp": 1_770_019_200_000_i64 }));
}

#[tokio::test]
async fn two_tests_never_share_rows() {
    let (one, other) = tokio::join!(TestApp::rotc(), TestApp::rotc());
    let cadet = one.add(a_cadet().ranked("MS1")).await;

    assert_eq!(one.value::<String>("SELECT rank FROM cadets WHERE id = $1", &[&cadet.id]).await, "MS1");
    assert_eq!(other.value::<i64>("SELECT count(*) FROM cadets", &[]).await, 0);
    one.audited("cadets", "INSERT", cadet.id).await;
    assert!(!one.sign_in(cadet.user_id).await.access.is_empty());
}
