//! The list behind the client's cadet, grading and staff pages.

use std::time::Duration;

use axum::{
    extract::{OriginalUri, State},
    response::{IntoResponse, Response},
};
use serde::{Deserialize, Serialize};
use shared::{
    App, Result,
    db::{Param, Sql},
    http::{Json, Page, PageRequest, Query},
    sql,
};
use utoipa::{IntoParams, ToSchema};

use super::cadet::{CadetRow, ListedCadet};
use crate::{
    access::Staff,
    answer::Pagination,
    cached::{cached_for_all, name_of},
};

/// How long a list is kept while nothing changes (requirement 15.2).
const LIFE: Duration = Duration::from_mins(5);

/// Rows of a page at most.
const MOST: i64 = 1_000;

/// Which cadets the client wants.
#[derive(Debug, Default, Deserialize, Serialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(default, rename_all = "camelCase")]
pub struct ClientFilter {
    /// Accepted for old clients; the grades are always there. A list without them would be saved back by
    /// the grading page as if the cadets had none.
    include_grades: Option<String>,
    /// `true`: archived cadets too.
    include_archived: Option<String>,
    /// Part of the name or the student id; upper and lower case differ, `%` and `_` stand for any text and letter.
    search: Option<String>,
    /// A course (`MS1`), `All`, `Unverified` (profile not completed) or `Archived`.
    course: Option<String>,
    /// A company, or `All`.
    company: Option<String>,
}

/// A page of cadets.
#[derive(Debug, Serialize, ToSchema)]
pub struct CadetPage {
    /// The cadets.
    pub data: Vec<ListedCadet>,
    /// Where the page stands.
    pub pagination: Pagination,
}

/// List the cadets for the client's pages
///
/// Without `page` and `limit` an array of all, with both `{"data", "pagination"}`. By last and first name. A list is kept for
/// five minutes, or until one of its cadets changes; what is searched for is not.
#[utoipa::path(get, path = "/api/admin/cadets", tag = "cadets", params(ClientFilter, PageRequest),
    responses((status = 200, body = ClientList)))]
pub async fn list_client_cadets(
    Staff(user): Staff,
    State(app): State<App>,
    Query(filter): Query<ClientFilter>,
    Query(request): Query<PageRequest>,
    address: OriginalUri,
) -> Result<Response> {
    let page = (request.page.is_some() && request.limit.is_some()).then(|| request.page(MOST, MOST));
    if filter.search.as_deref().is_some_and(|text| !text.is_empty()) {
        return Ok(Json(list(&app, &filter, page).await?).into_response());
    }
    let name = name_of("rotc:cadets:admin_list", &(&filter, page))?;
    cached_for_all(
        &app,
        &user,
        &address,
        &name,
        LIFE,
        &["cadets", "grades", "training_days", "users"],
        async || list(&app, &filter, page).await,
    )
    .await
}

/// Either form of the list.
#[derive(Debug, Serialize, ToSchema)]
#[serde(untagged)]
enum ClientList {
    /// Without `page` and `limit`.
    All(Vec<ListedCadet>),
    /// With both.
    Page(CadetPage),
}

async fn list(app: &App, filter: &ClientFilter, page: Option<Page>) -> Result<ClientList> {
    let rows = find(app, filter, page).await?;
    let Some(page) = page else { return Ok(ClientList::All(listed(rows))) };
    let total = match rows.first() {
        Some(row) => row.total(),
        None if page.page > 1 => total(app, filter).await?,
        None => 0,
    };
    Ok(ClientList::Page(CadetPage { data: listed(rows), pagination: Pagination::of(page, total) }))
}

fn listed(rows: Vec<CadetRow>) -> Vec<ListedCadet> {
    rows.into_iter().map(ListedCadet::from).collect()
}

/// How many there are, when the page asked for is behind the last.
async fn total(app: &App, filter: &ClientFilter) -> Result<i64> {
    let first = find(app, filter, Some(Page { page: 1, limit: 1 })).await?;
    Ok(first.first().map_or(0, CadetRow::total))
}

async fn find(app: &App, filter: &ClientFilter, page: Option<Page>) -> Result<Vec<CadetRow>> {
    let course = given(filter.course.as_deref());
    let (unverified, archived) = (course == Some("Unverified"), course == Some("Archived"));
    let course = course.filter(|_| !unverified && !archived);
    let company = given(filter.company.as_deref());
    let search = filter.search.as_deref().filter(|text| !text.is_empty());
    let (limit, offset) = (page.map(|page| page.limit), page.map(Page::offset));
    let everybody = filter.include_archived.as_deref() == Some("true");
    let params: [Param<'_>; 8] =
        [&archived, &everybody, &unverified, &course, &company, &search, &limit, &offset];
    app.db.read().await?.all(CLIENT_LIST, &params).await
}

/// A filter that is set: neither absent nor empty nor `All`.
fn given(text: Option<&str>) -> Option<&str> {
    text.filter(|text| !text.is_empty() && *text != "All")
}

/// The client's list. `muster bench` runs it through a bare handler too.
///
/// A picture kept as a data URL may be megabytes: lists name the route that serves it.
pub const CLIENT_LIST: Sql = sql!(
    "WITH page AS (
         SELECT c.id, count(*) OVER () AS total
         FROM cadets c
         WHERE CASE WHEN $1 THEN c.is_archived IS TRUE ELSE $2 OR c.is_archived IS NOT TRUE END
           AND (NOT $3 OR c.is_profile_completed IS NOT TRUE)
           AND ($4::text IS NULL OR c.cadet_course = $4)
           AND ($5::text IS NULL OR c.company = $5)
           AND ($6::text IS NULL OR strpos(c.student_id, $6) > 0
                OR strpos(c.first_name || ' ' || c.last_name, $6) > 0
                OR strpos(c.last_name || ', ' || c.first_name, $6) > 0)
         ORDER BY c.last_name, c.first_name, c.id
         LIMIT $7 OFFSET $8
     )
     SELECT c.id, c.rank, c.first_name, c.middle_name, c.last_name, c.suffix_name, c.student_id, c.email,
            c.contact_number, c.address, c.course, c.year_level, c.school_year, c.battalion, c.company, c.platoon,
            c.cadet_course, c.semester, c.corp_position, c.status, c.is_profile_completed, c.is_archived,
            account.username, c.gender, c.religion, c.birthdate,
            CASE WHEN c.profile_pic LIKE 'data:%' THEN '/api/images/cadets/' || c.id ELSE c.profile_pic END
                AS profile_pic,
            c.created_at, g.id AS grade_id, g.attendance_present, g.merit_points, g.demerit_points,
            g.prelim_score, g.midterm_score, g.final_score, g.status AS grade_status, g.lifetime_merit_points,
            (SELECT count(*) FROM training_days) AS training_days, page.total
     FROM page JOIN cadets c ON c.id = page.id
     LEFT JOIN grades g ON g.cadet_id = c.id
     LEFT JOIN LATERAL (SELECT username FROM users WHERE cadet_id = c.id ORDER BY id LIMIT 1) account ON true
     ORDER BY c.last_name, c.first_name, c.id"
);
