//! An installation before anybody uses it: whose the database is, its first administrator, its demo data, what is missing.

use std::process::{Output, Stdio};

use axum::extract::Request;
use http_body_util::BodyExt;
use muster::{admin, demo, doctor, outbox};
use rotc::SYSTEM;
use serde_json::{Value, json};
use shared::{
    config::Config,
    db::migrate::{self, Owner},
    http::address::Peer,
    mail::NewMail,
    system::{Access, NewAdmin},
};
use tests::{
    TestApp,
    cluster::{Database, connect},
    programs,
};
use tower::ServiceExt;

fn wish(email: &str, username: Option<&str>) -> NewAdmin {
    NewAdmin { email: email.to_owned(), username: username.map(str::to_owned) }
}

#[tokio::test]
async fn first_administrator_signs_in_with_the_printed_password_and_is_audited() {
    let app = TestApp::rotc().await;

    let made = admin::add(&app.app, &SYSTEM, &wish("head@example.test", Some("head")), false).await;

    let Access::Password { username, password } = made.expect("there is none yet") else {
        panic!("a password")
    };
    let signed_in =
        app.anonymous().post("/api/auth/login", json!({ "username": username, "password": password })).await;
    signed_in.is(200);
    let id: i32 = app.value("SELECT id FROM users WHERE username = 'head'", &[]).await;
    let entry = app.audited("users", "INSERT", id).await.to_string();
    assert!(entry.contains("muster admin create") && !entry.contains(&password), "{entry}");
}

#[tokio::test]
async fn second_administrator_must_be_asked_for() {
    let app = TestApp::rotc().await;
    admin::add(&app.app, &SYSTEM, &wish("head@example.test", None), false).await.expect("the first");

    let refused = admin::add(&app.app, &SYSTEM, &wish("b@example.test", Some("b")), false).await.unwrap_err();
    assert_eq!(refused.code(), "administrator_exists");
    let twin = admin::add(&app.app, &SYSTEM, &wish("head@example.test", Some("b")), true).await.unwrap_err();
    assert_eq!(twin.code(), "already_exists");
    let wrong = admin::add(&app.app, &SYSTEM, &wish("no address", Some("b")), true).await.unwrap_err();
    assert_eq!(wrong.message(), "no address is not an e-mail address");
    admin::add(&app.app, &SYSTEM, &wish("b@example.test", Some("b")), true).await.expect("another");
    let admins: i64 = app.value("SELECT count(*) FROM users WHERE role = 'admin'", &[]).await;
    assert_eq!(admins, 2);
}

#[tokio::test]
async fn demo_data_fills_only_an_empty_database_and_only_once() {
    let app = TestApp::with(|config| config.demo_password = Some("one-for-all-1".into())).await;

    let accounts = demo::seed(&app.app, &SYSTEM).await.expect("it fits").expect("the database is empty");

    assert_eq!(accounts.iter().map(|account| account.role).collect::<Vec<_>>(), ["admin", "staff", "cadet"]);
    for account in &accounts {
        assert_eq!(account.password, "one-for-all-1");
        let body = json!({ "username": account.username, "password": account.password });
        app.anonymous().post("/api/auth/login", body).await.is(200);
    }
    assert!(demo::seed(&app.app, &SYSTEM).await.expect("no error").is_none(), "it is there");

    let used = TestApp::rotc().await;
    admin::add(&used.app, &SYSTEM, &wish("head@example.test", None), false).await.expect("an administrator");
    assert!(demo::seed(&used.app, &SYSTEM).await.expect("no error").is_none(), "somebody uses it");
}

#[tokio::test]
async fn demo_passwords_are_drawn_and_remembered_for_the_next_start() {
    let app = TestApp::rotc().await;
    let data = tempfile::tempdir().expect("a folder");

    let notes = demo::fill(&app.app.config, &SYSTEM, data.path()).await.expect("it fits");

    assert_eq!(notes.len(), 3);
    assert!(notes[0].starts_with("Demo admin") && notes[0].contains("admin / "), "{notes:?}");
    let passwords: Vec<_> = notes.iter().filter_map(|note| note.rsplit(" / ").next()).collect();
    assert!(passwords[0] != passwords[1] && passwords[1] != passwords[2]);
    assert_eq!(demo::fill(&app.app.config, &SYSTEM, data.path()).await.expect("no error"), notes);

    let production = TestApp::with(|config| config.production = true).await;
    let none = demo::fill(&production.app.config, &SYSTEM, data.path()).await.expect("no error");
    assert_eq!(none, Vec::<String>::new());
    let users: i64 = production.value("SELECT count(*) FROM users", &[]).await;
    assert_eq!(users, 0);
}

#[test]
fn demo_password_is_refused_in_production() {
    let read = |variables: &[(&str, &str)]| {
        let lookup = |name: &str| {
            let found = variables.iter().find(|(known, _)| *known == name);
            found.map(|(_, value)| (*value).to_owned())
        };
        Config::read(&lookup)
            .map(|config| config.demo_password.is_some())
            .map_err(|error| error.message().to_owned())
    };
    let refused = Err("DEMO_PASSWORD is refused in production: there are no demo accounts".to_owned());
    let chosen = ("DEMO_PASSWORD", "x");
    assert_eq!(read(&[chosen, ("MUSTER_ENV", "production")]), refused);
    assert_eq!(read(&[chosen, ("DATABASE_URL", "postgres://x")]), refused, "production is the default");
    assert_eq!(read(&[chosen, ("DATABASE_URL", "postgres://x"), ("MUSTER_ENV", "development")]), Ok(true));
    assert_eq!(read(&[chosen]), Ok(true), "an embedded database is a laptop");
}

#[tokio::test]
async fn earlier_database_is_claimed_at_the_next_migration() {
    let app = TestApp::rotc().await;
    let client = connect(app.database_url()).await;
    assert_eq!(migrate::owner(&client).await.expect("it answers"), Owner::Migrated("rotc".to_owned()));

    migrate::run(&app.app.config.database, &SYSTEM).await.expect("it is ours");

    assert_eq!(migrate::owner(&client).await.expect("it answers"), Owner::Claimed("rotc".to_owned()));
    client
        .execute("UPDATE muster.meta SET value = 'school' WHERE key = 'system'", &[])
        .await
        .expect("an update");
    let refused = migrate::run(&app.app.config.database, &SYSTEM).await.unwrap_err();
    assert_eq!(
        refused.message(),
        "the database belongs to the system school: rotc needs one of its own, set ROTC_DATABASE_URL"
    );
    let serve =
        muster::database::prepare(&app.app.config, &SYSTEM, false, false).await.unwrap_err().to_string();
    assert!(serve.contains("belongs to the system school"), "{serve}");
}

#[tokio::test]
async fn outbox_is_read_by_programs_on_this_machine_only() {
    let app = TestApp::rotc().await;
    let mut change = app.app.db.change_for_system("test").await.expect("a change");
    for recipient in ["a@example.test", "b@example.test"] {
        let (subject, text) = ("Hello".to_owned(), "words".to_owned());
        let mail = NewMail { recipient: recipient.to_owned(), subject, html: text.clone(), text };
        change.mail(mail).await.expect("a mail");
    }
    change.commit().await.expect("a commit");
    let ask = async |address: [u8; 4], host: &str| {
        let mut request = Request::new(axum::body::Body::empty());
        *request.uri_mut() = "/_dev/outbox?format=json&to=B@example.test".parse().expect("an address");
        request.headers_mut().insert("host", host.parse().expect("a host"));
        request.extensions_mut().insert(Peer(address.into()));
        let answer = outbox::routes(app.app.clone()).oneshot(request).await.expect("an answer");
        let status = answer.status().as_u16();
        let body = answer.into_body().collect().await.expect("a whole answer").to_bytes();
        (status, serde_json::from_slice::<Value>(&body).unwrap_or_default())
    };

    let (status, body) = ask([127, 0, 0, 1], "localhost:5000").await;
    assert_eq!((status, body["mails"].as_array().map(Vec::len)), (200, Some(1)));
    assert_eq!(body["mails"][0]["recipient"], json!("b@example.test"));
    assert_eq!(ask([203, 0, 113, 7], "localhost:5000").await.0, 404);
    // A name on the Internet that was made to lead to this machine.
    assert_eq!(ask([127, 0, 0, 1], "elsewhere.example:5000").await.0, 404);
}

#[tokio::test]
async fn doctor_says_what_is_missing_and_how_to_mend_it() {
    let app = TestApp::with(|config| {
        config.production = true;
        config.public_url = None;
        config.files.bucket = String::new();
        config.redis = Some(shared::config::RedisConfig { url: "redis://:hidden@127.0.0.1:9/0".into() });
        config.ocr.tesseract = Some("/nowhere/tesseract".into());
    })
    .await;
    let findings = doctor::examine(&SYSTEM, &app.app.config).await;
    let of = |part: &str| {
        let found = findings.iter().find(|finding| finding.part == part);
        found.map(|finding| (finding.state, finding.sentence.as_str())).expect("the part is looked at")
    };

    assert_eq!(of("migrations"), (doctor::State::Fine, "the tables are up to date"));
    assert_eq!(
        of("administrator"),
        (doctor::State::Missing, "there is none: run `muster admin create --system rotc --email ADDRESS`")
    );
    for part in ["public address", "mail", "files", "Redis"] {
        assert_eq!(of(part).0, doctor::State::Missing, "{part}");
    }
    assert!(of("files").1.contains("FILES_DIR") && of("public address").1.contains("PUBLIC_URL"));
    assert_eq!(of("scans").0, doctor::State::Optional);
    assert!(findings.iter().all(|finding| !finding.sentence.contains("hidden")), "{findings:?}");
}

#[tokio::test]
async fn doctor_writes_reads_and_deletes_a_file_and_leaves_nothing() {
    let app = TestApp::rotc().await;
    let findings = doctor::examine(&SYSTEM, &app.app.config).await;
    let files = findings.iter().find(|finding| finding.part == "files").expect("files are looked at");
    assert_eq!(
        (files.state, files.sentence.as_str()),
        (doctor::State::Fine, "a file was written, read and deleted")
    );
    assert_eq!(app.stored_files(), Vec::<String>::new());
}

#[tokio::test]
async fn doctor_names_an_unmigrated_database() {
    let database = Database::empty().await;
    let app = TestApp::on(database, |_| ()).await;
    let findings = doctor::examine(&SYSTEM, &app.app.config).await;
    let migrations = findings.iter().find(|finding| finding.part == "migrations").expect("looked at");
    assert_eq!(migrations.state, doctor::State::Missing);
    assert!(migrations.sentence.ends_with("run `muster migrate --system rotc`"), "{}", migrations.sentence);
}

/// Runs the program in an empty folder, with these variables and no others of ours.
async fn muster(arguments: &[&str], variables: &[(&str, &str)]) -> Output {
    let folder = tempfile::tempdir().expect("a folder");
    let mut command = tokio::process::Command::new(programs::path("muster").await);
    command.args(arguments).current_dir(folder.path()).env("MUSTER_ENV", "production").stdin(Stdio::null());
    // Several systems could be meant.
    command.env("MUSTER_SYSTEMS", "rotc");
    let output = command.envs(variables.iter().copied()).output().await.expect("the program runs");
    assert!(!folder.path().join(".muster").exists(), "production starts nothing embedded");
    output
}

#[tokio::test]
async fn production_without_a_database_starts_nothing_and_says_what_to_set() {
    let sentence = "no database is configured: set DATABASE_URL (in production no embedded one is started)";
    for arguments in [&["serve", "--port", "0"][..], &["migrate"], &["work", "--once"]] {
        let output = muster(arguments, &[]).await;
        assert!(!output.status.success());
        assert_eq!(String::from_utf8_lossy(&output.stderr).trim(), format!("muster: {sentence}"));
    }
    let doctor = muster(&["doctor"], &[]).await;
    assert!(!doctor.status.success());
    let told = String::from_utf8_lossy(&doctor.stdout);
    assert!(
        told.contains(sentence) && told.contains("FILES_BUCKET") && told.contains("PUBLIC_URL"),
        "{told}"
    );
}

#[tokio::test]
async fn production_installation_is_set_up_by_three_commands() {
    let database = Database::empty().await;
    let files = tempfile::tempdir().expect("a folder");
    let variables = [
        ("DATABASE_URL", database.url.as_str()),
        ("FILES_DIR", files.path().to_str().expect("a path")),
        ("PUBLIC_URL", "https://school.example"),
        ("SMTP_URL", "smtp://user:hidden@mail.example"),
    ];

    assert!(muster(&["migrate"], &variables).await.status.success());
    assert!(!muster(&["doctor"], &variables).await.status.success(), "nobody administers it");
    let made =
        muster(&["admin", "create", "--system", "rotc", "--email", "head@example.test"], &variables).await;
    assert!(made.status.success(), "{}", String::from_utf8_lossy(&made.stderr));
    assert!(String::from_utf8_lossy(&made.stdout).contains("administrator admin of"));
    let again = muster(&["create-admin", "--email", "b@example.test"], &variables).await;
    assert!(String::from_utf8_lossy(&again.stderr).contains("add --another"));
    let doctor = muster(&["doctor"], &variables).await;
    let told = String::from_utf8_lossy(&doctor.stdout);
    assert!(doctor.status.success() && !told.contains("MISSING") && !told.contains("hidden"), "{told}");
}
