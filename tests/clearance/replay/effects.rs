//! Rows of the audit log, notices and mails that the legacy server wrote, in the words of the recordings.

use tests::TestApp;

use super::line::Effects;

/// What is counted before and after a request.
pub struct Expected {
    /// One sentence.
    what: String,
    before: i64,
}

const AUDIT: &str = "SELECT count(*) FROM audit_logs WHERE action = $1 AND entity = $2 AND actor_email = $3";
const NOTICE: &str = "SELECT count(*) FROM notifications JOIN users ON users.id = recipient_id
                      WHERE email = $1 AND notification_type = $2 AND title = $3 AND message = $4";
const MAIL: &str = "SELECT count(*) FROM muster.mails WHERE recipient = $1 AND subject = $2";

/// How often each effect is there.
pub async fn counted(app: &TestApp, effects: &Effects) -> Vec<Expected> {
    let mut expected = Vec::new();
    let mut count = async |what: String, sql: &str, words: &[&str]| {
        let params: Vec<&(dyn tokio_postgres::types::ToSql + Sync)> =
            words.iter().map(|word| word as &(dyn tokio_postgres::types::ToSql + Sync)).collect();
        expected.push(Expected { what, before: app.value(sql, &params).await });
    };
    for row in effects.audit.iter().filter(|row| !row.entity.contains('/')) {
        let actor = row.actor.as_deref().unwrap_or_default();
        count(
            format!("{} {} in the audit log", row.action, row.entity),
            AUDIT,
            &[&row.action, &row.entity, actor],
        )
        .await;
    }
    for notice in &effects.notifications {
        let words = [&*notice.to, &notice.kind, &notice.title, &notice.message];
        count(format!("notice {:?} to {}", notice.title, notice.to), NOTICE, &words).await;
    }
    for mail in &effects.emails {
        count(format!("mail {:?} to {}", mail.subject, mail.to), MAIL, &[&mail.to, &mail.subject]).await;
    }
    expected
}

/// The effects that are not there once more.
pub async fn missing(app: &TestApp, effects: &Effects, before: &[Expected]) -> Vec<String> {
    let after = counted(app, effects).await;
    let both = before.iter().zip(after);
    both.filter(|(before, after)| after.before <= before.before)
        .map(|(_, after)| format!("no {}", after.what))
        .collect()
}
