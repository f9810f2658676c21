//! The grades of the unit, or of a part of it, on paper.

use axum::{extract::State, response::Response};
use chrono::{DateTime, Utc};
use documents::pdf::{Chart, ChartKind, Letterhead, Report, TableColumn};
use shared::{App, Result, error::not_found, http::Query, sql};

use super::{
    filter::{ReportFilter, or_all},
    letterhead::letterhead,
    profile::{Person, people, transmuted},
    written,
};
use crate::{
    access::Staff,
    cached::{Document, cached_document},
};

/// Print the grades
///
/// Of all cadets who are not archived, or of a company or platoon. A grade is one of the whole course, so days cannot be
/// chosen (400). Kept for an hour, or until it changes.
#[utoipa::path(get, path = "/api/reports/grades", tag = "reports", params(ReportFilter),
    responses((status = 200, content_type = "application/pdf", body = Vec<u8>)))]
pub async fn print_grades(
    Staff(user): Staff,
    State(app): State<App>,
    Query(filter): Query<ReportFilter>,
) -> Result<Response> {
    let filter = filter.checked()?.without_days("grades")?;
    let document = Document {
        kind: "grades",
        record_id: None,
        key: &filter.key()?,
        file_name: &format!("grades_report_{}_{}.pdf", or_all(&filter.company), or_all(&filter.platoon)),
    };
    let tables = &["cadets", "grades", "training_days", "system_settings"];
    cached_document(&app, &user, document, tables, async || {
        let head = letterhead(&app).await?;
        let people = people(&app, &cadets(&app, &filter).await?).await?;
        if people.is_empty() {
            return Err(not_found("No cadets found matching the filters"));
        }
        let (words, now) = (filter.words(None), app.clock.now());
        written(move || print(&people, head, &words, now)).await
    })
    .await
}

/// The cadets a filter is about who are not archived, by company, platoon and name.
pub async fn cadets(app: &App, filter: &ReportFilter) -> Result<Vec<i32>> {
    let list = sql!(
        "SELECT id FROM cadets
         WHERE is_archived IS NOT TRUE AND ($1::text IS NULL OR company = $1) AND ($2::text IS NULL OR platoon = $2)
         ORDER BY company NULLS LAST, platoon NULLS LAST, last_name, first_name, id"
    );
    app.db.read().await?.all(list, &[&filter.company, &filter.platoon]).await
}

fn print(people: &[Person], head: Letterhead, words: &str, made: DateTime<Utc>) -> Result<Vec<u8>> {
    let mut report = Report::new(head, "Grade report", words, made)?;
    let passed = people.iter().filter(|person| person.standing().has_passed()).count();
    let grades: Vec<f64> = people.iter().map(|person| person.standing().final_grade).collect();
    let average = grades.iter().sum::<f64>() / grades.len().max(1) as f64;
    report.facts(&[
        ("Cadets", people.len().to_string()),
        ("Passed", format!("{passed} of {}", people.len())),
        ("Average", format!("{average:.2}")),
        ("Training days", people.first().map_or(0, |person| person.training_days).to_string()),
    ]);
    report.charts(&[spread(&grades), outcomes(people)]);
    report.heading("Cadets");
    let columns = [
        TableColumn::text("Student ID", 1.7),
        TableColumn::text("Name", 3.2),
        TableColumn::text("Company, platoon", 2.7),
        TableColumn::number("Attend.", 1.3),
        TableColumn::number("Aptitude", 1.4),
        TableColumn::number("Subject", 1.3),
        TableColumn::number("Final", 1.1),
        TableColumn::number("Equiv.", 1.1),
        TableColumn::text("Remarks", 1.6),
    ];
    report.table(&columns, &people.iter().map(row).collect::<Vec<_>>(), "");
    Ok(report.finish()?)
}

fn row(person: &Person) -> Vec<String> {
    let standing = person.standing();
    let place = [&person.company, &person.platoon].map(|part| part.clone().unwrap_or_default());
    let place = place.into_iter().filter(|part| !part.is_empty()).collect::<Vec<_>>().join(", ");
    let score = |score: f64| format!("{score:.2}");
    vec![
        person.student_id.clone(),
        format!("{}, {}", person.last_name, person.first_name),
        place,
        score(standing.attendance_score),
        score(standing.aptitude_score),
        score(standing.subject_score),
        score(standing.final_grade),
        transmuted(&standing),
        standing.remarks.to_owned(),
    ]
}

/// How many cadets there are in each range of grades.
fn spread(grades: &[f64]) -> Chart {
    const RANGES: [(&str, f64, f64); 6] = [
        ("Below 75", f64::MIN, 75.0),
        ("75–79", 75.0, 80.0),
        ("80–84", 80.0, 85.0),
        ("85–89", 85.0, 90.0),
        ("90–94", 90.0, 95.0),
        ("95–100", 95.0, f64::MAX),
    ];
    let count = |(name, least, below): (&str, f64, f64)| {
        let within = grades.iter().filter(|grade| **grade >= least && **grade < below).count();
        (name.to_owned(), within as f64)
    };
    Chart {
        title: "Cadets by final grade".to_owned(),
        kind: ChartKind::Bars,
        values: RANGES.map(count).to_vec(),
        most: None,
    }
}

fn outcomes(people: &[Person]) -> Chart {
    let mut values: Vec<(String, f64)> = Vec::new();
    for person in people {
        let remarks = person.standing().remarks;
        match values.iter_mut().find(|(name, _)| name == remarks) {
            Some((_, count)) => *count += 1.0,
            None => values.push((remarks.to_owned(), 1.0)),
        }
    }
    values.sort_by(|a, b| b.1.total_cmp(&a.1).then_with(|| a.0.cmp(&b.0)));
    Chart { title: "Results".to_owned(), kind: ChartKind::Pie, values, most: None }
}
