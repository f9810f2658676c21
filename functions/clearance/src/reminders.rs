//! Reminding offices of the requests that wait for them.

use std::time::Duration;

use chrono::{DateTime, Datelike, TimeDelta, Utc, Weekday};
use serde::{Deserialize, Serialize};
use shared::{
    App, Result,
    db::Change,
    jobs::{Job, Task},
    row, sql,
};
use uuid::Uuid;

use crate::{
    mails,
    notices::{About, Notice, To, notify},
    settings::Settings,
    times::{day, long, today},
};

/// Tells the staff of an office on working days what has waited for days, and its head and the administrators what has waited
/// for a week (`REMIND_DAYS`, `ESCALATE_DAYS`).
///
/// Safe to run twice: the notices of a day are committed together with the end of its job.
#[derive(Debug, Serialize, Deserialize)]
pub struct RemindOffices {}

row! {
    struct Waiting {
        id: Uuid,
        name: String,
        head_email: String,
        late: i64,
        very_late: i64,
        since: DateTime<Utc>,
    }
}

impl Job for RemindOffices {
    const KIND: &'static str = "remind_offices";

    const TRIES: i32 = 3;

    const EVERY: Option<Duration> = Some(Duration::from_hours(24));

    /// 07:00 in Nairobi.
    const AT: Duration = Duration::from_hours(4);

    async fn run(self, task: &Task) -> Result<()> {
        let app = &task.app;
        if matches!(today(app).weekday(), Weekday::Sat | Weekday::Sun) {
            return Ok(());
        }
        let find = sql!(
            "SELECT offices.id, name, head_email, count(*) AS late,
                    count(*) FILTER (WHERE approvals.created_at <= $2) AS very_late, min(approvals.created_at) AS since
             FROM clearance_approvals AS approvals JOIN departments AS offices ON offices.id = department_id
             JOIN clearance_requests AS requests ON requests.id = clearance_request_id
             JOIN students ON students.id = requests.student_id
             WHERE approvals.status = 'pending' AND approvals.created_at <= $1 AND is_open(requests.status)
               AND approvals.deleted_at IS NULL AND requests.deleted_at IS NULL AND students.deleted_at IS NULL
             GROUP BY offices.id ORDER BY approval_order, offices.id"
        );
        let settings = Settings::of(app)?;
        let before = |days: i32| app.clock.now() - TimeDelta::days(days.into());
        let (late, very_late) = (before(settings.remind_days), before(settings.escalate_days));
        let mut change = task.change("reminders").await?;
        let offices: Vec<Waiting> = change.all(find, &[&late, &very_late]).await?;
        for office in &offices {
            remind(app, &mut change, office).await?;
            if office.very_late > 0 {
                escalate(app, &mut change, office, settings.escalate_days).await?;
            }
        }
        change.finish(task, &offices.len()).await?;
        change.commit().await
    }
}

async fn remind(app: &App, change: &mut Change, office: &Waiting) -> Result<()> {
    let Waiting { id, name, late, since, .. } = office;
    let since = long(day(*since));
    let notice = Notice {
        kind: "general",
        title: "Clearances Waiting",
        message: format!("{} waited for {name} since {since} or later.", requests(*late)),
        about: About::Nothing,
        mail: true,
    };
    notify(app, change, To::Office(*id), &notice).await
}

/// The head of an office need not have an account: they get the mail only.
async fn escalate(app: &App, change: &mut Change, office: &Waiting, days: i32) -> Result<()> {
    let Waiting { name, head_email, very_late, .. } = office;
    let title = "Clearances Overdue";
    let message = format!("{} waited for {name} for {days} days or more.", requests(*very_late));
    if !head_email.is_empty() {
        mails::send(app, change, (head_email, name), title, &message).await?;
    }
    let notice = Notice { kind: "general", title, message, about: About::Nothing, mail: true };
    notify(app, change, To::Admins, &notice).await
}

fn requests(count: i64) -> String {
    if count == 1 { "1 request has".to_owned() } else { format!("{count} requests have") }
}
