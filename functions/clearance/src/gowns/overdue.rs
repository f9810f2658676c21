//! Reminding students of gowns that should be back.

use std::time::Duration;

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};
use shared::{
    Result,
    jobs::{Job, Task},
    row, sql,
};
use uuid::Uuid;

use crate::{
    kes::kes,
    notices::{About, Notice, To, notify},
    settings::Settings,
    times::{long, today},
};

/// Tells students, on the first, third and seventh day after the day of return and then every week.
///
/// Safe to run twice: the notices of a day are committed together with the end of its job.
#[derive(Debug, Serialize, Deserialize)]
pub struct GownsOverdue {}

row! {
    struct Late {
        id: Uuid,
        student_id: Uuid,
        gown_number: String,
        expected_return_date: NaiveDate,
    }
}

impl Job for GownsOverdue {
    const KIND: &'static str = "gowns_overdue";

    const TRIES: i32 = 3;

    const EVERY: Option<Duration> = Some(Duration::from_hours(24));

    /// 06:00 in Nairobi.
    const AT: Duration = Duration::from_hours(3);

    async fn run(self, task: &Task) -> Result<()> {
        let app = &task.app;
        let find = sql!(
            "SELECT id, student_id, gown_number, expected_return_date FROM gown_issuances
             WHERE status = 'issued' AND deleted_at IS NULL AND $1 > expected_return_date
               AND ($1 - expected_return_date IN (1, 3) OR ($1 - expected_return_date) % 7 = 0)
             ORDER BY expected_return_date, id"
        );
        let mut change = task.change("overdue gowns").await?;
        let late: Vec<Late> = change.all(find, &[&today(app)]).await?;
        let fee = kes(Settings::of(app)?.gown_late_fee);
        for Late { id, student_id, gown_number, expected_return_date } in &late {
            let due = long(*expected_return_date);
            let notice = Notice {
                kind: "gown_overdue",
                title: "Gown Overdue",
                message: format!(
                    "Gown {gown_number} was due on {due}. {fee} a day is kept from the deposit."
                ),
                about: About::Gown(*id),
                mail: true,
            };
            notify(app, &mut change, To::Student(*student_id), &notice).await?;
        }
        change.finish(task, &late.len()).await?;
        change.commit().await
    }
}
