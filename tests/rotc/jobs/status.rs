//! What people see of a job, and stopping one.

use std::time::Duration;

use rotc::notifications::push_notice::PushNotice;
use serde_json::json;
use shared::{
    jobs::{self, Outcome},
    mail::NewMail,
};
use tests::{TestApp, a_cadet};
use uuid::Uuid;

use super::{
    Bench,
    sample::{Effect, Failing, Gate, JOBS},
};

/// Starts a job for somebody.
async fn start(app: &TestApp, user_id: i32, job: &impl jobs::Job) -> Uuid {
    let actor = shared::db::Actor::user(user_id);
    let mut change = app.app.db.change(&actor).await.expect("no error");
    let id = change.start(job).await.expect("no error");
    change.commit().await.expect("no error");
    id
}

async fn done(app: &TestApp, id: Uuid) -> Outcome {
    jobs::handle(&app.app, &JOBS, id, Duration::from_mins(1)).await.expect("no error")
}

#[tokio::test]
async fn a_task_tells_how_it_goes_to_whoever_started_it_and_to_admins() {
    let app = TestApp::rotc().await;
    let (cadet, other) = (app.add(a_cadet()).await, app.add(a_cadet()).await);
    let id = start(&app, cadet.user_id, &Effect {}).await;
    let url = format!("/api/tasks/{id}/status");

    let pending =
        json!({ "task_id": id, "status": "PENDING", "ready": false, "successful": false, "failed": false });
    app.as_cadet(&cadet).get(&url).await.is(200).has(json!({ "success": true, "data": pending }));
    done(&app, id).await;

    let well = json!({ "task_id": id, "status": "SUCCESS", "ready": true, "successful": true, "failed": false,
                       "result": "done well" });
    for answer in [app.as_cadet(&cadet).get(&url).await, app.as_admin().get(&url).await] {
        assert_eq!(answer.is(200).json()["data"], well);
    }
    app.as_cadet(&other).get(&url).await.is(404);
    app.as_staff().get(&url).await.is(404);
    app.anonymous().get(&url).await.is(401);
    app.as_admin().get("/api/tasks/abc/status").await.is(400);
    app.as_admin().get(&format!("/api/tasks/{}/status", shared::ids::Ids.uuid())).await.is(404);
}

#[tokio::test]
async fn a_failure_is_told_without_details_of_ours() {
    let app = TestApp::rotc().await;
    let cadet = app.add(a_cadet()).await;
    let (theirs, ours) = (
        start(&app, cadet.user_id, &Failing { told: true }).await,
        start(&app, cadet.user_id, &Failing { told: false }).await,
    );
    done(&app, theirs).await;
    done(&app, ours).await;

    let status = async |id| {
        let answer = app.as_cadet(&cadet).get(&format!("/api/tasks/{id}/status")).await;
        answer.is(200).json()["data"].clone()
    };
    let told = status(theirs).await;
    assert_eq!((&told["status"], &told["error"]), (&json!("RETRY"), &json!("The third row has no name.")));
    let told = status(ours).await;
    assert_eq!(told["error"], "Something went wrong on our side.");
    app.execute("UPDATE muster.jobs SET tries = 4, run_at = NULL", &[]).await;
    done(&app, theirs).await;
    let told = status(theirs).await;
    assert_eq!(
        (&told["status"], &told["ready"], &told["failed"]),
        (&json!("FAILURE"), &json!(true), &json!(true))
    );
}

#[tokio::test]
async fn a_running_task_shows_its_progress_and_keeps_nothing_when_it_is_stopped() {
    let bench = Bench::in_process().await;
    let app = &bench.app;
    let cadet = app.add(a_cadet()).await;
    let gate = Gate::closed();
    let id = start(app, cadet.user_id, &gate.job()).await;
    let (worker, state) = (app.app.clone(), async || {
        let answer = app.as_cadet(&cadet).get(&format!("/api/tasks/{id}/status")).await;
        answer.is(200).json()["data"].clone()
    });
    let worker = tokio::spawn(async move { jobs::handle(&worker, &JOBS, id, Duration::from_mins(1)).await });
    gate.holds(1).await;

    let mut seen = state().await;
    while seen["progress"].is_null() {
        seen = state().await;
    }
    assert_eq!(seen["status"], "STARTED");
    assert_eq!(seen["progress"], json!({ "current": 2, "total": 4, "percent": 50 }));

    let revoke = format!("/api/tasks/{id}/revoke");
    let answer = app.as_cadet(&cadet).post(&revoke, json!({})).await;
    answer.is(200).has(json!({ "success": true, "data": { "task_id": id, "terminated": true },
                               "message": format!("Task {id} revoked successfully") }));
    gate.open(1);
    assert_eq!(worker.await.expect("no error").expect("no error"), Outcome::NotOurs);
    assert_eq!(bench.effects().await, 0);
    assert_eq!(state().await["status"], "REVOKED");
    app.as_cadet(&cadet)
        .post(&revoke, json!({}))
        .await
        .is(200)
        .has(json!({ "data": { "terminated": false } }));
}

#[tokio::test]
async fn a_waiting_job_that_is_cancelled_is_not_done_and_one_that_has_ended_stays() {
    let bench = Bench::in_process().await;
    let app = &bench.app;
    let cadet = app.add(a_cadet()).await;
    let id = start(app, cadet.user_id, &Effect {}).await;

    let answer = app.as_cadet(&cadet).post(&format!("/api/jobs/{id}/cancel"), json!({})).await;
    answer.is(200).has(json!({ "data": { "id": id, "status": "cancelled", "kind": "sample_effect" } }));
    assert_eq!(done(app, id).await, Outcome::NotOurs);
    assert_eq!(bench.effects().await, 0);

    let ended = start(app, cadet.user_id, &Effect {}).await;
    done(app, ended).await;
    app.as_admin().post(&format!("/api/jobs/{ended}/cancel"), json!({})).await.is(409);
    app.as_admin()
        .get(&format!("/api/jobs/{ended}"))
        .await
        .is(200)
        .has(json!({ "data": { "status": "done" } }));
    app.as_staff().get(&format!("/api/jobs/{ended}")).await.is(404);
}

#[tokio::test]
async fn people_list_their_own_jobs_and_admins_all() {
    let app = TestApp::rotc().await;
    let (cadet, other) = (app.add(a_cadet()).await, app.add(a_cadet()).await);
    let mine = start(&app, cadet.user_id, &Effect {}).await;
    start(&app, other.user_id, &Failing { told: true }).await;

    let own = app.as_cadet(&cadet).get("/api/jobs").await.is(200).json();
    assert_eq!((&own["total"], &own["data"][0]["id"]), (&json!(1), &json!(mine)));
    let all = app.as_admin().get("/api/jobs?limit=1").await.is(200).json();
    assert_eq!((&all["total"], all["data"].as_array().map(Vec::len)), (&json!(2), Some(1)));
    let some = app.as_admin().get("/api/jobs?kind=sample_effect&status=queued").await.is(200).json();
    assert_eq!((&some["total"], &some["data"][0]["created_by"]), (&json!(1), &json!(cadet.user_id)));
    app.anonymous().get("/api/jobs").await.is(401);
}

#[tokio::test]
async fn what_follows_a_change_by_itself_is_not_for_whoever_made_it_to_see_or_stop() {
    let app = TestApp::with(|config| config.mail.smtp = Some("smtp://127.0.0.1:9".to_owned().into())).await;
    let cadet = app.add(a_cadet()).await;
    let actor = shared::db::Actor::user(cadet.user_id);
    let mut change = app.app.db.change(&actor).await.expect("no error");
    change.start(&PushNotice { notices: Vec::new(), chat_message: None }).await.expect("no error");
    let mail = NewMail {
        recipient: "a@example.test".into(),
        subject: "x".into(),
        text: "x".into(),
        html: "x".into(),
    };
    change.mail(mail).await.expect("no error");
    let letter = shared::sql!(
        "INSERT INTO excuse_letters (cadet_id, date_absent, reason, file_url) VALUES ($1, '2026-01-31', 'x', '/uploads/letter-1.pdf')"
    );
    change.execute(letter, &[&cadet.id]).await.expect("no error");
    let picture = shared::sql!("UPDATE cadets SET profile_pic = '/uploads/' || $2 || '.png' WHERE id = $1");
    for name in ["one", "two"] {
        change.execute(picture, &[&cadet.id, &name]).await.expect("no error");
    }
    change.commit().await.expect("no error");

    let all = app.as_admin().get("/api/jobs").await.is(200).json();
    let jobs = all["data"].as_array().expect("a list");
    for kind in ["push", "send_mails", "read_letter", "shrink_picture", "delete_file"] {
        let job = jobs.iter().find(|job| job["kind"] == kind).expect(kind);
        let cancel = format!("/api/jobs/{}/cancel", job["id"].as_str().expect("an id"));
        app.as_cadet(&cadet).post(&cancel, json!({})).await.is(404);
    }
    assert_eq!(app.as_cadet(&cadet).get("/api/jobs").await.is(200).json()["total"], 0);
}

#[tokio::test]
async fn the_health_of_the_workers_is_that_of_those_who_were_heard_of() {
    let app = TestApp::rotc().await;
    let none = app.as_admin().get("/api/celery/health").await;
    none.is(503).has(json!({ "error": true, "message": "no_workers", "code": "SERVICE_UNAVAILABLE",
                             "details": { "celery": "no_workers", "workers": [], "overall": "unhealthy" } }));

    jobs::put_in_order(&app.app, &rotc::SYSTEM).await.expect("no error");

    let well = app.as_admin().get("/api/celery/health").await.is(200).json();
    assert_eq!(
        (&well["data"]["celery"], &well["data"]["workers"][0]["name"]),
        (&json!("healthy"), &json!("rotc"))
    );
    let stats = app.as_admin().get("/api/celery/stats").await.is(200).json();
    assert!(stats["data"]["tasks"]["pending"].as_i64().expect("no error") > 0, "{stats}");
    assert!(
        stats["data"]["queues"].as_array().expect("no error").iter().any(|queue| queue["name"] == "upkeep")
    );
    app.execute(
        "UPDATE muster.jobs SET created_at = $1",
        &[&(app.clock.now() - chrono::TimeDelta::minutes(16))],
    )
    .await;
    let stuck = app.as_admin().get("/api/celery/health").await;
    stuck.is(503).has(json!({ "message": "queue_stuck",
                              "details": { "celery": "queue_stuck", "overall": "unhealthy" } }));
    app.execute(
        "INSERT INTO muster.jobs (kind, queue, payload, status, finished_at)
         SELECT DISTINCT 'x', queue, '{}'::jsonb, 'done', $1::timestamptz FROM muster.jobs",
        &[&app.clock.now()],
    )
    .await;
    app.as_admin().get("/api/celery/health").await.is(200);
    app.clock.advance(chrono::TimeDelta::minutes(4));
    app.as_admin().get("/api/celery/health").await.is(503).has(json!({ "message": "no_workers" }));
    app.as_staff().get("/api/celery/health").await.is(403);
    app.anonymous().get("/api/celery/stats").await.is(401);
}
