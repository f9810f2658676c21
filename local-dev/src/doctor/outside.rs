//! The parts beside the database.

use std::{env, path::Path, time::Duration};

use bytes::Bytes;
use shared::{
    App, Result,
    config::IdentifierLogin,
    error::internal,
    files::{NOT_CONFIGURED, StoredFile},
    queue::Queue,
};

use super::{Finding, State};
use crate::test_programs::find_in;

/// Looks at every part.
pub async fn examine(app: &App) -> Vec<Finding> {
    vec![address(app), mail(app), files(app).await, queues(app).await, redis(app).await, programs(app)]
}

fn address(app: &App) -> Finding {
    match app.config.home() {
        Ok(home) => Finding::new("public address", State::Fine, format!("people reach the system at {home}")),
        // A server on a laptop knows its own.
        Err(_) if !app.config.production => Finding::new(
            "public address",
            State::Optional,
            "not configured: http://localhost with the port is used",
        ),
        Err(error) => Finding::new("public address", State::Missing, error.message()),
    }
}

fn mail(app: &App) -> Finding {
    let state = match (app.config.mail.leaves(), app.config.identifier_login) {
        (true, _) => return Finding::new("mail", State::Fine, "mails are sent"),
        // Nobody gets the link they ask for.
        (false, IdentifierLogin::Link) if app.config.production => State::Missing,
        (false, _) => State::Optional,
    };
    let sentence = "mails stay in the outbox: set SMTP_URL and MAIL_FROM, or MAIL_TRANSPORT=ses";
    Finding::new("mail", state, sentence)
}

async fn files(app: &App) -> Finding {
    if !app.config.files.is_configured() {
        return Finding::new("files", State::Missing, NOT_CONFIGURED);
    }
    if app.config.files.bucket.is_empty() {
        return Finding::new("files", State::Fine, "an account at Cloudinary is configured");
    }
    match probe(app).await {
        Ok(()) => Finding::new("files", State::Fine, "a file was written, read and deleted"),
        Err(error) => Finding::new(
            "files",
            State::Missing,
            format!(
                "{}: look at FILES_BUCKET, FILES_ENDPOINT, FILES_REGION and the rights of the key",
                error.message()
            ),
        ),
    }
}

async fn probe(app: &App) -> Result<()> {
    let (vault, name) = (app.files.vault(), format!("doctor/{}", app.ids.uuid()));
    let body = Bytes::from_static(b"muster doctor");
    let file = StoredFile { body: body.clone(), content_type: "text/plain".to_owned() };
    vault.put_file(&name, file).await?;
    let read = vault.get(&name).await;
    // Whatever was read: nothing may stay.
    vault.delete(&name).await?;
    match read? {
        Some(file) if file.body == body => Ok(()),
        _ => Err(internal("The file that was written could not be read again")),
    }
}

async fn queues(app: &App) -> Finding {
    if app.config.queue.url_prefix.is_none() {
        return Finding::new("queues", State::Fine, "background jobs run inside the server");
    }
    for queue in Queue::ALL {
        let asked = async {
            for message in app.broker.receive(queue, 1, Duration::ZERO).await? {
                app.broker.release(&message).await?;
            }
            Ok::<_, shared::Error>(())
        };
        if let Err(error) = asked.await {
            let sentence = format!(
                "the queue {} cannot be used ({}): look at QUEUE_URL_PREFIX, QUEUE_REGION and the rights of the key",
                queue.name(),
                error.message()
            );
            return Finding::new("queues", State::Missing, sentence);
        }
    }
    Finding::new("queues", State::Fine, format!("all {} answer", Queue::ALL.len()))
}

async fn redis(app: &App) -> Finding {
    if !app.redis.is_configured() {
        return Finding::new(
            "Redis",
            State::Optional,
            "not configured: set REDIS_URL when several servers run",
        );
    }
    match app.redis.stats().await.is_empty() {
        false => Finding::new("Redis", State::Fine, "it answers"),
        true => Finding::new("Redis", State::Missing, "it does not answer: look at REDIS_URL, or unset it"),
    }
}

fn programs(app: &App) -> Finding {
    let Some(tesseract) = &app.config.ocr.tesseract else {
        return Finding::new("scans", State::Optional, "no text is read from scans: TESSERACT=off");
    };
    let path = env::var_os("PATH").unwrap_or_default();
    let is_there = |program: &Path| program.is_file() || find_in(&path, &program.to_string_lossy()).is_some();
    let packages: Vec<&str> = [(tesseract, "tesseract-ocr"), (&app.config.ocr.pdftoppm, "poppler-utils")]
        .into_iter()
        .filter(|(program, _)| !is_there(program))
        .map(|(_, package)| package)
        .collect();
    match packages[..] {
        [] => Finding::new("scans", State::Fine, "tesseract and pdftoppm are there"),
        _ => Finding::new(
            "scans",
            State::Optional,
            format!("no text is read from scans: install {}, or set TESSERACT=off", packages.join(" and ")),
        ),
    }
}
