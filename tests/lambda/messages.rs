//! Messages of SQS, and the clock, through deployed programs.

use http::Method;
use serde_json::json;
use tests::{Part, TestApp, a_cadet, sqs_batch};
use uuid::Uuid;

use crate::program::Function;

async fn worker(app: &TestApp, name: &str) -> Function {
    let variables = app.variables();
    let variables: Vec<(&str, &str)> =
        variables.iter().map(|(name, value)| (*name, value.as_str())).collect();
    Function::program(name, &variables).await
}

/// A cadet with a photo that is too large; tells the job that will make it small.
pub async fn a_large_photo(app: &TestApp) -> Uuid {
    let cadet = app.add(a_cadet()).await;
    let mut picture = std::io::Cursor::new(Vec::new());
    let image =
        image::RgbImage::from_fn(2_000, 500, |x, y| image::Rgb([(x % 256) as u8, (y % 256) as u8, 7]));
    image.write_to(&mut picture, image::ImageFormat::Jpeg).expect("a picture");
    let picture = picture.into_inner();
    let parts = [Part::File("profile_pic".to_owned(), "a.jpg".to_owned(), "image/jpeg".to_owned(), picture)];
    app.as_admin().form(Method::PUT, &format!("/api/cadets/{}", cadet.id), &parts).await.is(200);
    app.value("SELECT id FROM muster.jobs WHERE kind = 'shrink_picture'", &[]).await
}

/// How a job stands, and how often it was tried.
async fn state(app: &TestApp, id: Uuid) -> String {
    app.value("SELECT status || ' ' || tries FROM muster.jobs WHERE id = $1", &[&id]).await
}

#[tokio::test]
async fn a_worker_reports_only_the_messages_it_could_not_deal_with() {
    let app = TestApp::rotc().await;
    let job = a_large_photo(&app).await;
    let gone = Uuid::nil().to_string();
    let worker = worker(&app, "rotc-worker-image").await;

    let answer = worker.answer(&sqs_batch(&["hello", &job.to_string(), &gone, &job.to_string()])).await;

    assert_eq!(answer, json!({ "batchItemFailures": [{ "itemIdentifier": "0" }] }));
    assert_eq!(state(&app, job).await, "done 1");
}

#[tokio::test]
async fn a_message_that_three_functions_get_at_once_has_one_effect() {
    let app = TestApp::rotc().await;
    let job = a_large_photo(&app).await;
    let event = sqs_batch(&[&job.to_string()]);
    let workers = [
        worker(&app, "rotc-worker-image").await,
        worker(&app, "rotc-worker-image").await,
        worker(&app, "rotc-worker-image").await,
    ];

    let [one, two, three] = &workers;
    let answers = tokio::join!(one.answer(&event), two.answer(&event), three.answer(&event));

    let well = json!({ "batchItemFailures": [] });
    assert_eq!(answers, (well.clone(), well.clone(), well));
    assert_eq!(state(&app, job).await, "done 1");
}

#[tokio::test]
async fn a_worker_without_a_database_gives_every_message_back() {
    let nowhere = [("DATABASE_URL", "postgres://nobody@127.0.0.1:9/none")];
    let worker = Function::program("rotc-worker-image", &nowhere).await;
    let id = Uuid::nil().to_string();

    let answer = worker.answer(&sqs_batch(&[&id, &id])).await;

    assert_eq!(answer["batchItemFailures"].as_array().map(Vec::len), Some(2), "{answer}");
}

#[tokio::test]
async fn a_rule_starts_its_job_once_in_its_period_and_the_minute_makes_up_for_missed_ones() {
    let app = TestApp::rotc().await;
    let worker = worker(&app, "rotc-worker-schedule").await;
    let kinds = async || -> String {
        app.value("SELECT coalesce(string_agg(kind, ' ' ORDER BY kind), '') FROM muster.jobs", &[]).await
    };

    worker.answer(&json!({ "start": "clean_up" })).await;
    worker.answer(&json!({ "start": "clean_up" })).await;
    assert_eq!(kinds().await, "clean_up");

    let minute = json!({ "version": "0", "id": "1", "detail-type": "Scheduled Event", "source": "aws.events",
                         "account": "123456789012", "time": "2026-02-02T08:00:00Z", "region": "eu-central-1",
                         "resources": [], "detail": {} });
    worker.answer(&minute).await;
    let all = "clean_up expire_audit_logs sweep_events sweep_files weekly_report";
    let started = kinds().await;
    assert!(all.split(' ').all(|kind| started.contains(kind)), "{started}");
}
