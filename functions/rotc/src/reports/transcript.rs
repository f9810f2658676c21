//! Transcripts: what a cadet has achieved, a page each.

use axum::{extract::State, response::Response};
use chrono::{DateTime, Utc};
use documents::pdf::{Letterhead, Report, TableColumn};
use shared::{App, Result, http::Path};

use super::{
    letterhead::letterhead,
    profile::{Person, people, transmuted, unknown},
    written,
};
use crate::{
    access::Staff,
    cached::{Document, cached_document},
};

const TITLE: &str = "Transcript of ROTC grades";

/// Print a cadet's transcript
///
/// Kept for an hour, or until it changes.
#[utoipa::path(get, path = "/api/reports/transcript/{id}", tag = "reports", params(("id" = i32, Path)),
    responses((status = 200, content_type = "application/pdf", body = Vec<u8>)))]
pub async fn print_transcript(
    Staff(user): Staff,
    State(app): State<App>,
    Path(id): Path<i32>,
) -> Result<Response> {
    let person = people(&app, &[id]).await?.pop().ok_or_else(|| unknown(id))?;
    let document = Document {
        kind: "transcript",
        record_id: Some(id),
        key: &id.to_string(),
        file_name: &format!("transcript_{}.pdf", person.student_id),
    };
    let tables = &["cadets", "grades", "training_days", "system_settings"];
    cached_document(&app, &user, document, tables, async || {
        let head = letterhead(&app).await?;
        let now = app.clock.now();
        written(move || print(&[person], head, now, |_, _| ())).await
    })
    .await
}

/// The transcripts of these cadets in one file; tells how many of all are in it.
pub fn print(
    people: &[Person],
    head: Letterhead,
    made: DateTime<Utc>,
    told: impl Fn(u64, u64),
) -> Result<Vec<u8>> {
    let mut report = Report::empty(head, TITLE, made)?;
    let of = u64::try_from(people.len())?;
    for (person, done) in people.iter().zip(1..) {
        page(&mut report, person);
        told(done, of);
    }
    Ok(report.finish()?)
}

fn page(report: &mut Report, person: &Person) {
    let standing = person.standing();
    report.section(&person.full_name(), TITLE);
    report.facts(&person.course_facts());
    report.heading("Grades");
    let columns = [
        TableColumn::text("Component", 4.0),
        TableColumn::text("Record", 4.0),
        TableColumn::number("Weight", 1.2),
        TableColumn::number("Points", 1.2),
    ];
    let row = |name: &str, record: String, weight: &str, points: f64| {
        vec![name.to_owned(), record, weight.to_owned(), format!("{points:.2}")]
    };
    let attended = format!("{} of {} training days", person.attendance_present, person.training_days);
    let conduct = format!("{} merit points, {} demerit points", person.merit_points, person.demerit_points);
    let scores = format!(
        "Prelim {}, midterm {}, final {}",
        person.prelim_score, person.midterm_score, person.final_score
    );
    let rows = [
        row("Attendance", attended, "30%", standing.attendance_score),
        row("Military aptitude", conduct, "30%", standing.aptitude_score),
        row("Subject proficiency", scores, "40%", standing.subject_score),
    ];
    report.table(&columns, &rows, "");
    report.facts(&[
        ("Final grade", format!("{:.2}", standing.final_grade)),
        ("Equivalent", transmuted(&standing)),
        ("Remarks", standing.remarks.to_owned()),
    ]);
    report.paragraph(
        "Equivalents range from 1.00 (highest) to 3.00 (lowest passing grade); 5.00 is a failing grade.",
    );
}
