//! Lambda function `rotc-worker-mail`: sends the mails that wait; safe to run twice at once.

fn main() -> shared::lambda::Exit {
    shared::lambda::serve_job(async |app| {
        let sent = shared::mail::deliver(&app).await?;
        Ok(serde_json::json!({ "sent": sent }))
    })
}
