//! The report of the past week, by mail.

use std::time::Duration;

use askama::Template;
use chrono::{Datelike, Days, NaiveDate, NaiveDateTime, NaiveTime};
use serde::{Deserialize, Serialize};
use serde_json::json;
use shared::{
    Result,
    db::{Change, Read},
    jobs::{Job, Task},
    mail::NewMail,
    row, sql,
};

/// Mails the administrators who have not switched mails off what happened from Monday to Sunday: numbers, and nobody's
/// name.
///
/// Safe to run twice: the mails are stored in the transaction that ends the job.
#[derive(Debug, Serialize, Deserialize)]
pub struct WeeklyReport {}

impl Job for WeeklyReport {
    const KIND: &'static str = "weekly_report";

    /// Monday, 0:00 UTC: eight in the morning in the Philippines.
    const EVERY: Option<Duration> = Some(Duration::from_hours(24 * 7));

    async fn run(self, task: &Task) -> Result<()> {
        let week = Week::before(task).await?;
        let link = task.app.config.login_url()?;
        let link = link.as_ref().map(|link| link.as_str());
        let text = ReportText { week: &week, link }.render()?;
        let html = ReportHtml { week: &week, link }.render()?;
        let subject = format!("ROTC Grading System - The week of {}", week.from);
        let mut change = task.app.db.change_for_system("weekly report").await?;
        let readers = readers(&mut change).await?;
        let mails: Vec<NewMail> = readers
            .into_iter()
            .map(|recipient| NewMail {
                recipient,
                subject: subject.clone(),
                text: text.clone(),
                html: html.clone(),
            })
            .collect();
        change.mails(&mails).await?;
        change.finish(task, &json!({ "from": week.from, "mails": mails.len() })).await?;
        change.commit().await
    }
}

#[derive(Template)]
#[template(path = "reports/templates/weekly_report.txt")]
struct ReportText<'a> {
    week: &'a Week,
    link: Option<&'a str>,
}

#[derive(Template)]
#[template(path = "reports/templates/weekly_report.html")]
struct ReportHtml<'a> {
    week: &'a Week,
    link: Option<&'a str>,
}

/// A week, Monday to Sunday.
struct Week {
    from: NaiveDate,
    until: NaiveDate,
    days: Vec<Day>,
    counts: Counts,
}

row! {
    /// Who came to a training day.
    struct Day {
        date: String,
        title: String,
        present: i64,
        late: i64,
        excused: i64,
        absent: i64,
    }
}

row! {
    /// What else happened, and what waits.
    #[derive(Default)]
    struct Counts {
        grades_changed: i64,
        merits: i64,
        demerits: i64,
        letters_pending: i64,
        letters_new: i64,
        accounts_pending: i64,
        jobs_failed: i64,
    }
}

impl Week {
    /// The last one that is over.
    async fn before(task: &Task) -> Result<Self> {
        let today = crate::school_time::now(&task.app)?;
        let monday = today.date_naive() - Days::new(u64::from(today.weekday().num_days_from_monday()));
        let (from, until) = (monday - Days::new(7), monday - Days::new(1));
        let mut read = task.app.db.read().await?;
        let days = days(&mut read, from, until).await?;
        let counts =
            counts(&mut read, from.and_time(NaiveTime::MIN), monday.and_time(NaiveTime::MIN)).await?;
        Ok(Self { from, until, days, counts })
    }
}

async fn days(read: &mut Read, from: NaiveDate, until: NaiveDate) -> Result<Vec<Day>> {
    // Legacy: days are stored as text.
    let (from, until) = (from.to_string(), until.to_string());
    let list = sql!(
        "SELECT days.date::text AS date, coalesce(days.title, '') AS title,
                count(*) FILTER (WHERE records.status = 'present') AS present,
                count(*) FILTER (WHERE records.status = 'late') AS late,
                count(*) FILTER (WHERE records.status = 'excused') AS excused,
                count(*) FILTER (WHERE records.status = 'absent') AS absent
         FROM training_days AS days LEFT JOIN attendance_records AS records ON records.training_day_id = days.id
         WHERE days.date::text BETWEEN $1 AND $2
         GROUP BY days.id ORDER BY days.date, days.id"
    );
    read.all(list, &[&from, &until]).await
}

async fn counts(read: &mut Read, from: NaiveDateTime, until: NaiveDateTime) -> Result<Counts> {
    let count = sql!(
        "SELECT (SELECT count(DISTINCT record_id) FROM audit_logs
                 WHERE table_name = 'grades' AND operation = 'UPDATE' AND created_at >= $1 AND created_at < $2) AS grades_changed,
                (SELECT count(*) FROM merit_demerit_logs
                 WHERE type = 'merit' AND date_recorded >= $1 AND date_recorded < $2) AS merits,
                (SELECT count(*) FROM merit_demerit_logs
                 WHERE type = 'demerit' AND date_recorded >= $1 AND date_recorded < $2) AS demerits,
                (SELECT count(*) FROM excuse_letters WHERE status = 'pending') AS letters_pending,
                (SELECT count(*) FROM excuse_letters
                 WHERE status = 'pending' AND created_at >= $1 AND created_at < $2) AS letters_new,
                (SELECT count(*) FROM users WHERE is_approved = 0 AND is_archived IS NOT TRUE) AS accounts_pending,
                (SELECT count(*) FROM muster.jobs
                 WHERE status = 'failed' AND finished_at >= $1 AT TIME ZONE 'UTC'
                   AND finished_at < $2 AT TIME ZONE 'UTC') AS jobs_failed"
    );
    Ok(read.one(count, &[&from, &until]).await?.unwrap_or_default())
}

/// The addresses of the administrators who want mails.
async fn readers(change: &mut Change) -> Result<Vec<String>> {
    let find = sql!(
        "SELECT DISTINCT trim(email) FROM users
         WHERE role = 'admin' AND is_approved = 1 AND is_archived IS NOT TRUE AND trim(email) <> ''
           AND muster.wants(id, 'mail', 'weekly_report')
         ORDER BY 1"
    );
    change.all(find, &[]).await
}
