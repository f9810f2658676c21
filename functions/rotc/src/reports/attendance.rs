//! Attendance on paper: days and cadets, or one day.

use axum::{extract::State, response::Response};
use chrono::{DateTime, Utc};
use documents::pdf::{Chart, ChartKind, Letterhead, Report, TableColumn};
use shared::{App, Result, error::not_found, http::Query, row, sql, text::capitalized};

use super::{
    filter::{ReportFilter, or_all},
    letterhead::letterhead,
    written,
};
use crate::{
    access::Staff,
    cached::{Document, cached_document},
};

row! {
    /// A day, or a cadet, with the number of records of each status.
    struct Tally {
        label: String,
        title: String,
        present: i64,
        late: i64,
        excused: i64,
        absent: i64,
    }
}

row! {
    struct Mark {
        student_id: String,
        name: String,
        place: String,
        status: String,
        times: String,
        remarks: Option<String>,
    }
}

/// What a report shows.
struct Attendance {
    days: Vec<Tally>,
    cadets: Vec<Tally>,
    /// The marks of the one day that was asked for.
    marks: Vec<Mark>,
}

/// Print the attendance
///
/// Of a range of days, of one training day, of a company or platoon; without archived cadets. Kept for an hour, or until
/// it changes.
#[utoipa::path(get, path = "/api/reports/attendance", tag = "reports", params(ReportFilter),
    responses((status = 200, content_type = "application/pdf", body = Vec<u8>)))]
pub async fn print_attendance(
    Staff(user): Staff,
    State(app): State<App>,
    Query(filter): Query<ReportFilter>,
) -> Result<Response> {
    let filter = filter.checked()?;
    let document = Document {
        kind: "attendance",
        record_id: filter.training_day_id,
        key: &filter.key()?,
        file_name: &format!(
            "attendance_report_{}_{}.pdf",
            or_all(&filter.date_from),
            or_all(&filter.date_to)
        ),
    };
    let tables = &["cadets", "training_days", "attendance_records", "system_settings"];
    cached_document(&app, &user, document, tables, async || {
        let head = letterhead(&app).await?;
        let attendance = attendance(&app, &filter).await?;
        if attendance.days.is_empty() {
            return Err(not_found("No training days found matching the filters"));
        }
        let day = attendance.days.first().filter(|_| filter.training_day_id.is_some());
        let (words, now) = (filter.words(day.map(Tally::training_day)), app.clock.now());
        written(move || attendance.print(head, &words, now)).await
    })
    .await
}

async fn attendance(app: &App, filter: &ReportFilter) -> Result<Attendance> {
    let days = sql!(
        "SELECT days.date AS label, days.title, count(*) FILTER (WHERE records.status = 'present') AS present,
                count(*) FILTER (WHERE records.status = 'late') AS late,
                count(*) FILTER (WHERE records.status = 'excused') AS excused,
                count(*) FILTER (WHERE records.status = 'absent') AS absent
         FROM training_days AS days
         LEFT JOIN (attendance_records AS records
                    JOIN cadets ON cadets.id = records.cadet_id AND cadets.is_archived IS NOT TRUE
                         AND ($1::text IS NULL OR company = $1) AND ($2::text IS NULL OR platoon = $2))
                ON records.training_day_id = days.id
         WHERE ($3::text IS NULL OR days.date >= $3) AND ($4::text IS NULL OR days.date <= $4)
           AND ($5::int IS NULL OR days.id = $5)
         GROUP BY days.id ORDER BY days.date, days.id"
    );
    let cadets = sql!(
        "SELECT cadets.student_id AS label, concat_ws(', ', cadets.last_name, cadets.first_name) AS title,
                count(*) FILTER (WHERE records.status = 'present') AS present,
                count(*) FILTER (WHERE records.status = 'late') AS late,
                count(*) FILTER (WHERE records.status = 'excused') AS excused,
                count(*) FILTER (WHERE records.status = 'absent') AS absent
         FROM cadets
         LEFT JOIN (attendance_records AS records
                    JOIN training_days AS days ON days.id = records.training_day_id
                         AND ($3::text IS NULL OR days.date >= $3) AND ($4::text IS NULL OR days.date <= $4))
                ON records.cadet_id = cadets.id
         WHERE cadets.is_archived IS NOT TRUE
           AND ($1::text IS NULL OR company = $1) AND ($2::text IS NULL OR platoon = $2)
         GROUP BY cadets.id ORDER BY cadets.last_name, cadets.first_name, cadets.id"
    );
    let marks = sql!(
        "SELECT cadets.student_id, concat_ws(', ', cadets.last_name, cadets.first_name) AS name,
                concat_ws(', ', cadets.company, cadets.platoon) AS place, records.status,
                concat_ws(' – ', nullif(records.time_in, ''), nullif(records.time_out, '')) AS times, records.remarks
         FROM attendance_records AS records
         JOIN cadets ON cadets.id = records.cadet_id AND cadets.is_archived IS NOT TRUE
         WHERE records.training_day_id = $3
           AND ($1::text IS NULL OR company = $1) AND ($2::text IS NULL OR platoon = $2)
         ORDER BY cadets.last_name, cadets.first_name, cadets.id"
    );
    let ReportFilter { company, platoon, date_from, date_to, training_day_id: day } = filter;
    let mut read = app.db.read().await?;
    let days = read.all(days, &[company, platoon, date_from, date_to, day]).await?;
    let (cadets, marks) = match day {
        Some(day) => (Vec::new(), read.all(marks, &[company, platoon, day]).await?),
        None => (read.all(cadets, &[company, platoon, date_from, date_to]).await?, Vec::new()),
    };
    Ok(Attendance { days, cadets, marks })
}

/// One of the numbers of a tally.
type Part = fn(&Tally) -> i64;

impl Tally {
    fn all(&self) -> i64 {
        self.present + self.late + self.excused + self.absent
    }

    /// Present or late or excused, of all.
    fn rate(&self) -> f64 {
        let all = self.all();
        if all == 0 { 0.0 } else { (all - self.absent) as f64 * 100.0 / all as f64 }
    }

    /// A day as the line below the title names it.
    fn training_day(&self) -> String {
        format!("Training day {} ({})", self.label, self.title)
    }

    fn row(&self) -> Vec<String> {
        let rate = if self.all() == 0 { "–".to_owned() } else { format!("{:.1}%", self.rate()) };
        let numbers = [self.present, self.late, self.excused, self.absent].map(|number| number.to_string());
        [self.label.clone(), self.title.clone()].into_iter().chain(numbers).chain([rate]).collect()
    }
}

impl Attendance {
    fn print(&self, head: Letterhead, words: &str, made: DateTime<Utc>) -> Result<Vec<u8>> {
        let mut report = Report::new(head, "Attendance report", words, made)?;
        let sum = |part: Part| self.days.iter().map(part).sum::<i64>();
        let statuses: [(&str, Part); 4] = [
            ("Present", |day| day.present),
            ("Late", |day| day.late),
            ("Excused", |day| day.excused),
            ("Absent", |day| day.absent),
        ];
        report.facts(&[
            ("Training days", self.days.len().to_string()),
            ("Records", sum(Tally::all).to_string()),
        ]);
        let rates = self.days.iter().map(|day| (day.label.clone(), day.rate()));
        let pie = statuses.map(|(name, part)| (name.to_owned(), sum(part) as f64));
        report.charts(&[
            Chart {
                title: "Attendance by day (%)".to_owned(),
                kind: ChartKind::Line,
                values: rates.collect(),
                most: Some(100.0),
            },
            Chart { title: "All records".to_owned(), kind: ChartKind::Pie, values: pie.to_vec(), most: None },
        ]);
        report.heading("Training days");
        tallies(&mut report, "Date", "Training", &self.days);
        if !self.cadets.is_empty() {
            report.heading("Cadets");
            tallies(&mut report, "Student ID", "Name", &self.cadets);
        }
        if !self.marks.is_empty() {
            report.heading("Records");
            self.marks(&mut report);
        }
        Ok(report.finish()?)
    }

    fn marks(&self, report: &mut Report) {
        let columns = [
            TableColumn::text("Student ID", 1.6),
            TableColumn::text("Name", 3.0),
            TableColumn::text("Company, platoon", 2.2),
            TableColumn::text("Status", 1.1),
            TableColumn::text("Times", 1.8),
            TableColumn::text("Remarks", 2.6),
        ];
        let rows = self.marks.iter().map(|mark| {
            let remarks = mark.remarks.clone().unwrap_or_default();
            let (id, name, place) = (mark.student_id.clone(), mark.name.clone(), mark.place.clone());
            vec![id, name, place, capitalized(&mark.status), mark.times.clone(), remarks]
        });
        report.table(&columns, &rows.collect::<Vec<_>>(), "");
    }
}

fn tallies(report: &mut Report, label: &'static str, title: &'static str, tallies: &[Tally]) {
    let columns = [
        TableColumn::text(label, 1.6),
        TableColumn::text(title, 4.0),
        TableColumn::number("Present", 1.0),
        TableColumn::number("Late", 1.0),
        TableColumn::number("Excused", 1.0),
        TableColumn::number("Absent", 1.0),
        TableColumn::number("Attended", 1.1),
    ];
    report.table(&columns, &tallies.iter().map(Tally::row).collect::<Vec<_>>(), "");
}
