//! The list of requests, and the offices of one as the page of students shows them.

use axum::extract::State;
use shared::{
    App, Result,
    auth::principal::Signed,
    db::{Param, Sql},
    drf::{Filters, PageNumber, Paginated},
    http::{Json, Sortable},
    sql,
};
use uuid::Uuid;

use super::clearance::ClearanceRow;
use crate::access::Person;

/// What one filters by; drafts of the legacy server are found without a filter only.
const STATUSES: [&str; 5] = ["pending", "in_progress", "completed", "rejected", "cancelled"];

/// Offices as the page of students calls them.
const OFFICES: [(&str, &str); 8] = [
    ("FINANCE", "Finance"),
    ("LIBRARY", "Library"),
    ("MESS", "Mess/Cafeteria"),
    ("HOSTEL", "Hostel"),
    ("ACADEMIC", "Academic Affairs"),
    ("WORKSHOP", "Workshop/Labs"),
    ("SPORTS", "Sports & Games"),
    ("STUDENT_SERVICES", "Student Services"),
];

struct Columns;

impl Sortable for Columns {
    const NAMES: &'static [&'static str] = &["created_at", "submission_date", "completion_date", "status"];
    const DEFAULT: &'static str = "-created_at";
}

/// Counts what is within reach (`$1`, `$2`) and fits the filters.
const COUNT: Sql = sql!(
    "SELECT count(*) FROM clearance_requests AS requests JOIN student_rows AS students ON students.id = student_id
     WHERE requests.deleted_at IS NULL AND ($1::uuid IS NULL OR user_id = $1)
       AND ($2::uuid IS NULL OR EXISTS (SELECT FROM clearance_approvals WHERE clearance_request_id = requests.id
            AND department_id = $2 AND deleted_at IS NULL))
       AND ($3::text IS NULL OR status = $3) AND ($4::uuid IS NULL OR $4 IN (user_id, student_id))
       AND ($5::text IS NULL OR faculty = $5) AND ($6::text IS NULL OR program = $6)
       AND ($7::int IS NULL OR graduation_year = $7)
       AND NOT EXISTS (SELECT FROM unnest($8::text[]) AS word
            WHERE concat_ws(E'\n', registration_number, full_name, admission_number) NOT ILIKE word)"
);

/// The same rows by two keys, a page of them, whose approvals are counted.
const LIST: Sql = sql!(
    "SELECT page.id, student_name, registration_number, status, submission_date, completion_date,
            counts.percentage AS completion_percentage, created_at, NULL::uuid AS clearance_id,
            NULL::text AS department, NULL::text AS department_code
     FROM (
         SELECT requests.id, full_name AS student_name, registration_number, status, submission_date, completion_date,
                requests.created_at, row_number() OVER (
                    ORDER BY CASE $9 WHEN 'created_at' THEN ordinal(requests.created_at)
                            WHEN '-created_at' THEN -ordinal(requests.created_at)
                            WHEN 'submission_date' THEN ordinal(submission_date)
                            WHEN '-submission_date' THEN -ordinal(submission_date)
                            WHEN 'completion_date' THEN ordinal(completion_date)
                            WHEN '-completion_date' THEN -ordinal(completion_date) END,
                        CASE $9 WHEN 'status' THEN status END, CASE $9 WHEN '-status' THEN status END DESC,
                        CASE $10 WHEN 'created_at' THEN ordinal(requests.created_at)
                            WHEN '-created_at' THEN -ordinal(requests.created_at)
                            WHEN 'submission_date' THEN ordinal(submission_date)
                            WHEN '-submission_date' THEN -ordinal(submission_date)
                            WHEN 'completion_date' THEN ordinal(completion_date)
                            WHEN '-completion_date' THEN -ordinal(completion_date) END,
                        CASE $10 WHEN 'status' THEN status END, CASE $10 WHEN '-status' THEN status END DESC,
                        CASE WHEN $9 LIKE '%completion_date' THEN requests.created_at END, requests.id) AS place
         FROM clearance_requests AS requests JOIN student_rows AS students ON students.id = student_id
         WHERE requests.deleted_at IS NULL AND ($1::uuid IS NULL OR user_id = $1)
           AND ($2::uuid IS NULL OR EXISTS (SELECT FROM clearance_approvals WHERE clearance_request_id = requests.id
                AND department_id = $2 AND deleted_at IS NULL))
           AND ($3::text IS NULL OR status = $3) AND ($4::uuid IS NULL OR $4 IN (user_id, student_id))
           AND ($5::text IS NULL OR faculty = $5) AND ($6::text IS NULL OR program = $6)
           AND ($7::int IS NULL OR graduation_year = $7)
           AND NOT EXISTS (SELECT FROM unnest($8::text[]) AS word
                WHERE concat_ws(E'\n', registration_number, full_name, admission_number) NOT ILIKE word)
         ORDER BY place LIMIT $11 OFFSET $12
     ) AS page CROSS JOIN LATERAL approval_counts(page.id) AS counts ORDER BY place"
);

/// List clearance requests
///
/// Students see their own, staff those that their office decides on. A student who sends `student` gets a row for each office
/// of their newest request instead.
#[utoipa::path(get, path = "/api/clearances", tag = "clearances",
    params(("page" = Option<i64>, Query), ("page_size" = Option<i64>, Query), ("search" = Option<String>, Query),
        ("ordering" = Option<String>, Query), ("status" = Option<String>, Query), ("student" = Option<Uuid>, Query),
        ("student__faculty" = Option<String>, Query), ("student__program" = Option<String>, Query),
        ("student__graduation_year" = Option<i32>, Query)),
    responses((status = 200, body = Paginated<ClearanceRow>)))]
pub async fn list_clearances(
    Signed(person): Signed<Person>,
    State(app): State<App>,
    page: PageNumber<20, 100>,
    mut filters: Filters,
) -> Result<Json<Paginated<ClearanceRow>>> {
    if let Some(student) = filters.text("student").filter(|_| person.is_student()) {
        return offices(&app, &person, student.parse().ok()).await.map(Json);
    }
    let status = filters.choice("status", &STATUSES.map(|name| (name, name)));
    let student = filters.uuid("student");
    let (faculty, program) = (filters.text("student__faculty"), filters.text("student__program"));
    let year = filters.integer("student__graduation_year");
    let (search, keys) = (filters.search(), filters.ordering::<Columns>());
    filters.finish()?;
    let ([first, second], reach) = (keys.keys(), person.reach_of_requests());
    let params: [Param<'_>; 8] =
        [&reach.owner, &reach.office, &status, &student, &faculty, &program, &year, &search];
    let mut read = app.db.read().await?;
    let window = page.window(read.only(COUNT, &params).await?)?;
    let rest: [Param<'_>; 4] = [&first, &second, &window.limit, &window.offset];
    let rows = read.all(LIST, &[params.as_slice(), &rest].concat()).await?;
    Ok(Json(page.paginated(window, rows)))
}

/// What each office says about the newest request of a student that is not cancelled. The page offers an office again that has
/// not decided before the request was rejected.
async fn offices(app: &App, person: &Person, student: Option<Uuid>) -> Result<Paginated<ClearanceRow>> {
    let list = sql!(
        "SELECT approvals.id, student_name, registration_number,
                CASE WHEN clearance_status = 'rejected' AND approvals.status = 'pending' THEN 'not_submitted'
                     ELSE approvals.status END AS status,
                submitted_date AS submission_date, newest.completion_date, counts.percentage AS completion_percentage,
                submitted_date AS created_at, newest.id AS clearance_id, department_name AS department, department_code
         FROM (SELECT id, completion_date FROM clearance_requests
               WHERE student_id = $1 AND status <> 'cancelled' AND deleted_at IS NULL
               ORDER BY created_at DESC, id DESC LIMIT 1) AS newest
         JOIN approval_rows AS approvals ON clearance_request = newest.id
         CROSS JOIN LATERAL approval_counts(newest.id) AS counts ORDER BY approval_order, approvals.id"
    );
    let own = person.student.filter(|own| student == Some(*own) || student == Some(person.id));
    let rows: Vec<ClearanceRow> = app.db.read().await?.all(list, &[&own]).await?;
    let results: Vec<ClearanceRow> = rows.into_iter().map(as_the_page_calls_it).collect();
    let count = i64::try_from(results.len()).unwrap_or_default();
    Ok(Paginated { count, next: None, previous: None, results })
}

fn as_the_page_calls_it(mut row: ClearanceRow) -> ClearanceRow {
    let known = OFFICES.iter().find(|(code, _)| Some(*code) == row.department_code.as_deref());
    if let Some((_, name)) = known {
        row.department = Some((*name).to_owned());
    }
    row
}
