//! The examples of the description are requests that work.

use chrono::TimeDelta;
use rotc::{SYSTEM, auth::SIGN_IN};
use serde_json::Value;
use shared::{
    files::{Audience, NewFile},
    http::openapi::{Example, Field, examples},
};
use tests::{Client, TestApp, description::Description, examples::put};

use crate::{
    access::fixture::{self, Caller},
    replay::file_server::FileServer,
};

/// The cadet who sends what cadets send.
const OWNER: i32 = 830_003;

struct Stage {
    app: TestApp,
    files: FileServer,
    sql: String,
}

impl Stage {
    async fn new() -> Self {
        let files = FileServer::start().await;
        let app = TestApp::with(|config| {
            config.rate_limits = false;
            config.mail.smtp = Some("smtp://127.0.0.1:9".into());
            config.imports.own = vec![files.url.clone()];
        })
        .await;
        let login = &examples(&SYSTEM).expect("the examples are JSON")["login"];
        let password = login.body.as_ref().and_then(|body| body["password"].as_str()).expect("a password");
        let hash = bcrypt::hash(password, 4).expect("a hash");
        let sql = include_str!("examples.sql").replace("{password}", &hash);
        let sql = sql.replace("{list}", &files.at("/import-cadets.xlsx"));
        Self { app, files, sql }
    }

    /// Everything as it was, and what examples ask for.
    async fn set(&self) {
        fixture::restore(&self.app).await;
        self.app.database().await.batch_execute(&self.sql).await.expect("the rows are there");
        let name = fixture::id("letter").unwrap_or_default().to_owned();
        let file = NewFile {
            name,
            body: letter().into(),
            content_type: "application/pdf",
            audience: Audience::Checked,
        };
        self.app.app.files.put(file).await.expect("a file is stored");
    }

    fn client(&self, example: &Example) -> Client<'_> {
        let caller = match example.account.as_deref() {
            Some("admin") => Caller::Admin,
            Some("staff") => Caller::Staff,
            Some("cadet") => Caller::Owner,
            None => Caller::Stranger,
            Some(other) => panic!("{other} is no account of the examples"),
        };
        caller.client(&self.app)
    }

    /// The example with the codes, tokens and addresses that only exist while the test runs.
    async fn live(&self, id: &str, example: &Example) -> Example {
        let mut live = example.clone();
        match id {
            "check_in" => {
                let shown = Caller::Staff.client(&self.app).get("/api/training-days/850001/qr_code").await;
                put(&mut live, "qr_code", shown.is(200).json()["data"]["qr_code"].clone());
            }
            "refresh" => put(&mut live, "refresh", self.app.sign_in(OWNER).await.refresh),
            "redeem_link" => put(&mut live, "code", self.link().await),
            "revoke_certificate" => put(&mut live, "code", self.certificate().await),
            "complete_upload" => put(&mut live, "name", self.upload().await),
            "import_cadets_url" => put(&mut live, "url", self.files.at("/import-cadets.xlsx")),
            "import_attendance_url" => put(&mut live, "url", self.files.at("/attendance.csv")),
            _ => {}
        }
        live
    }

    async fn link(&self) -> String {
        let app = &self.app.app;
        let mut change = app.db.change_for_system("a test").await.expect("a transaction opens");
        let code = SIGN_IN.create(app, &mut change, OWNER, TimeDelta::minutes(5)).await.expect("a code");
        change.commit().await.expect("the code is stored");
        code
    }

    async fn certificate(&self) -> String {
        let path = "/api/activities/920001/certificate?cadet_name=Juan";
        Caller::Admin.client(&self.app).get(path).await.is(200);
        self.app.value("SELECT code FROM muster.certificates ORDER BY issued_at DESC LIMIT 1", &[]).await
    }

    /// A letter that has arrived in the store, by the name that the invitation gave it.
    async fn upload(&self) -> Value {
        let all = examples(&SYSTEM).expect("the examples are JSON");
        let operation = Description::of(&SYSTEM).operation("invite_upload").expect("the operation");
        let invite = &all["invite_upload"];
        let invited = self.client(invite).example(operation, invite).await.is(201).json()["data"].clone();
        let client = self.app.app.outbound.client().expect("a client");
        let request = client.put(invited["upload_url"].as_str().expect("an address"));
        let request = request.header("content-type", "application/pdf").body(letter());
        assert_eq!(request.send().await.expect("the store answers").status(), 200);
        invited["name"].clone()
    }
}

/// The document of the example of a scan.
fn letter() -> String {
    let all = examples(&SYSTEM).expect("the examples are JSON");
    match all["process_pdf"].form.as_ref().map(|form| &form["file"]) {
        Some(Field::TextFile { text, .. }) => text.clone(),
        other => panic!("a document, not {other:?}"),
    }
}

#[tokio::test]
async fn every_example_is_answered_with_the_status_it_names() {
    let stage = Stage::new().await;
    let description = Description::of(&SYSTEM);
    let mut problems = Vec::new();
    for (id, example) in examples(&SYSTEM).expect("the examples are JSON") {
        stage.set().await;
        let operation = description.operation(&id).unwrap_or_else(|| panic!("no operation is named {id}"));
        let live = stage.live(&id, &example).await;
        let answer = stage.client(&example).example(operation, &live).await;
        if answer.status() != example.status {
            problems.push(format!("{id}: {}, not {answer}", example.status));
        }
    }
    assert!(problems.is_empty(), "mend functions/rotc/examples.json:\n{}", problems.join("\n"));
}
