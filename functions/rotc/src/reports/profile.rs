//! A cadet's profile on paper.

use std::collections::HashMap;

use axum::{extract::State, response::Response};
use chrono::{NaiveDate, NaiveDateTime};
use shared::{App, Result, error::not_found, http::Path, row, sql};

use super::{letterhead::letterhead, written};
use crate::{
    access::Staff,
    cached::{Document, cached_document},
    grades::formula::{Record, Standing, standing},
};

/// Days and entries that a profile shows at most, the newest.
const SHOWN: i64 = 20;

row! {
    /// A cadet with their grades, as documents show them.
    #[derive(Clone, Debug)]
    pub struct Person {
        pub(crate) id: i32,
        /// The school's number.
        pub(crate) student_id: String,
        pub(crate) rank: Option<String>,
        pub(crate) first_name: String,
        pub(crate) middle_name: Option<String>,
        pub(crate) last_name: String,
        /// `Jr.`
        pub(crate) suffix_name: Option<String>,
        pub(crate) email: Option<String>,
        pub(crate) contact_number: Option<String>,
        pub(crate) address: Option<String>,
        pub(crate) course: Option<String>,
        pub(crate) year_level: Option<String>,
        /// `2025-2026`.
        pub(crate) school_year: Option<String>,
        pub(crate) semester: Option<String>,
        pub(crate) battalion: Option<String>,
        pub(crate) company: Option<String>,
        pub(crate) platoon: Option<String>,
        /// `MS1`.
        pub(crate) cadet_course: Option<String>,
        pub(crate) corp_position: Option<String>,
        pub(crate) gender: Option<String>,
        pub(crate) birthdate: Option<NaiveDate>,
        /// `Ongoing`, `Completed`, ..
        pub(crate) status: Option<String>,
        /// Training days attended.
        pub(crate) attendance_present: i32,
        pub(crate) merit_points: i32,
        pub(crate) demerit_points: i32,
        /// 0 to 100.
        pub(crate) prelim_score: f64,
        /// 0 to 100.
        pub(crate) midterm_score: f64,
        /// 0 to 100.
        pub(crate) final_score: f64,
        /// See [`Record::status`].
        pub(crate) grade_status: Option<String>,
        /// All training days there are.
        pub(crate) training_days: i64,
    }
}

row! {
    pub(super) struct DayRow {
        pub(super) cadet_id: i32,
        pub(super) date: String,
        pub(super) title: String,
        pub(super) status: String,
        pub(super) remarks: Option<String>,
    }
}

row! {
    pub(super) struct StatusRow {
        pub(super) cadet_id: i32,
        pub(super) status: String,
        pub(super) days: i64,
    }
}

row! {
    pub(super) struct EntryRow {
        pub(super) cadet_id: i32,
        pub(super) recorded: Option<NaiveDateTime>,
        pub(super) kind: String,
        pub(super) points: i32,
        pub(super) reason: Option<String>,
        pub(super) issued_by: Option<String>,
    }
}

/// Everything a profile shows.
pub struct Profile {
    /// The cadet.
    pub person: Person,
    pub(super) days: Vec<DayRow>,
    pub(super) statuses: Vec<StatusRow>,
    pub(super) entries: Vec<EntryRow>,
}

/// Print a cadet's profile
///
/// Who they are, how they stand, and their newest attendance and ledger entries. Kept for an hour, or until it changes.
#[utoipa::path(get, path = "/api/reports/cadet/{id}", tag = "reports", params(("id" = i32, Path)),
    responses((status = 200, content_type = "application/pdf", body = Vec<u8>)))]
pub async fn print_cadet_profile(
    Staff(user): Staff,
    State(app): State<App>,
    Path(id): Path<i32>,
) -> Result<Response> {
    let find = sql!("SELECT student_id FROM cadets WHERE id = $1");
    let found: Option<String> = app.db.read().await?.one(find, &[&id]).await?;
    let student_id = found.ok_or_else(|| unknown(id))?;
    let document = Document {
        kind: "cadet_profile",
        record_id: Some(id),
        key: &id.to_string(),
        file_name: &file_name(&student_id),
    };
    let tables =
        &["cadets", "grades", "training_days", "attendance_records", "merit_demerit_logs", "system_settings"];
    cached_document(&app, &user, document, tables, async || {
        let head = letterhead(&app).await?;
        let profile = profiles(&app, &[id]).await?.pop().ok_or_else(|| unknown(id))?;
        let now = app.clock.now();
        written(move || profile.print(head, now)).await
    })
    .await
}

/// 404.
pub fn unknown(id: i32) -> shared::Error {
    not_found(format!("Cadet with ID {id} not found"))
}

/// `cadet_profile_2024-1000.pdf`.
pub fn file_name(student_id: &str) -> String {
    format!("cadet_profile_{student_id}.pdf")
}

/// The profiles of these cadets, in their order. The number of queries does not depend on how many they are.
pub async fn profiles(app: &App, ids: &[i32]) -> Result<Vec<Profile>> {
    let days = sql!(
        "SELECT cadet_id, date, title, status, remarks FROM (
             SELECT records.cadet_id, days.date, days.title, records.status, records.remarks,
                    row_number() OVER (PARTITION BY records.cadet_id ORDER BY days.date DESC, days.id DESC) AS place
             FROM attendance_records AS records JOIN training_days AS days ON days.id = records.training_day_id
             WHERE records.cadet_id = ANY($1)) AS newest
         WHERE place <= $2 ORDER BY cadet_id, place"
    );
    let statuses = sql!(
        "SELECT cadet_id, status, count(*) AS days FROM attendance_records
         WHERE cadet_id = ANY($1) GROUP BY cadet_id, status"
    );
    let entries = sql!(
        "SELECT cadet_id, recorded, kind, points, reason, issued_by FROM (
             SELECT cadet_id, date_recorded AS recorded, type AS kind, points, reason, issued_by_name AS issued_by,
                    row_number() OVER (PARTITION BY cadet_id ORDER BY date_recorded DESC NULLS LAST, id DESC) AS place
             FROM merit_demerit_logs WHERE cadet_id = ANY($1)) AS newest
         WHERE place <= $2 ORDER BY cadet_id, place"
    );
    let people = people(app, ids).await?;
    let mut read = app.db.read().await?;
    let mut days = by_cadet(read.all(days, &[&ids, &SHOWN]).await?, |row: &DayRow| row.cadet_id);
    let mut statuses = by_cadet(read.all(statuses, &[&ids]).await?, |row: &StatusRow| row.cadet_id);
    let mut entries = by_cadet(read.all(entries, &[&ids, &SHOWN]).await?, |row: &EntryRow| row.cadet_id);
    let profile = |person: Person| Profile {
        days: days.remove(&person.id).unwrap_or_default(),
        statuses: statuses.remove(&person.id).unwrap_or_default(),
        entries: entries.remove(&person.id).unwrap_or_default(),
        person,
    };
    Ok(people.into_iter().map(profile).collect())
}

/// These cadets with their grades, in their order.
pub async fn people(app: &App, ids: &[i32]) -> Result<Vec<Person>> {
    let list = sql!(
        "SELECT cadets.id, student_id, rank, first_name, middle_name, last_name, suffix_name, email, contact_number,
                address, course, year_level, school_year, semester, battalion, company, platoon, cadet_course,
                corp_position, gender, birthdate, cadets.status,
                coalesce(grades.attendance_present, 0) AS attendance_present,
                coalesce(grades.merit_points, 0) AS merit_points,
                coalesce(grades.demerit_points, 0) AS demerit_points,
                coalesce(grades.prelim_score, 0) AS prelim_score,
                coalesce(grades.midterm_score, 0) AS midterm_score,
                coalesce(grades.final_score, 0) AS final_score,
                grades.status AS grade_status, (SELECT count(*) FROM training_days) AS training_days
         FROM unnest($1::int[]) WITH ORDINALITY AS wanted (id, place)
         JOIN cadets ON cadets.id = wanted.id LEFT JOIN grades ON grades.cadet_id = cadets.id
         ORDER BY wanted.place"
    );
    app.db.read().await?.all(list, &[&ids]).await
}

fn by_cadet<T>(rows: Vec<T>, cadet: fn(&T) -> i32) -> HashMap<i32, Vec<T>> {
    let mut found: HashMap<i32, Vec<T>> = HashMap::new();
    for row in rows {
        found.entry(cadet(&row)).or_default().push(row);
    }
    found
}

impl Person {
    /// `Cdt Juan S. dela Cruz Jr.`
    pub fn full_name(&self) -> String {
        let middle = self.middle_name.as_deref().unwrap_or_default();
        let parts = [
            self.rank.as_deref().unwrap_or_default(),
            &self.first_name,
            middle,
            &self.last_name,
            self.suffix_name.as_deref().unwrap_or_default(),
        ];
        parts.map(str::trim).into_iter().filter(|part| !part.is_empty()).collect::<Vec<_>>().join(" ")
    }

    /// How they stand.
    pub fn standing(&self) -> Standing {
        standing(&Record {
            training_days: self.training_days,
            attendance_present: self.attendance_present,
            merit: self.merit_points,
            demerit: self.demerit_points,
            prelim: self.prelim_score,
            midterm: self.midterm_score,
            final_: self.final_score,
            status: self.grade_status.as_deref(),
        })
    }

    /// What is printed at the head of a profile and of a transcript.
    pub fn course_facts(&self) -> Vec<(&'static str, String)> {
        let text = |value: &Option<String>| value.clone().unwrap_or_default();
        vec![
            ("Student ID", self.student_id.clone()),
            ("Status", text(&self.status)),
            ("Course", text(&self.course)),
            ("Year level", text(&self.year_level)),
            ("School year", text(&self.school_year)),
            ("Semester", text(&self.semester)),
            ("Battalion", text(&self.battalion)),
            ("Company", text(&self.company)),
            ("Platoon", text(&self.platoon)),
            ("ROTC course", text(&self.cadet_course)),
        ]
    }
}

/// `1.5`, or a dash while there is none.
pub fn transmuted(standing: &Standing) -> String {
    standing.transmuted_grade.map_or_else(|| "–".to_owned(), |grade| format!("{grade:.2}"))
}
