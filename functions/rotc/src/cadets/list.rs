//! The cadets of the resource API, in pages, and one of them.

use std::time::Duration;

use axum::{
    extract::{OriginalUri, State},
    response::{IntoResponse, Response},
};
use serde::{Deserialize, Serialize};
use shared::{
    App, Result,
    db::{Change, Param, Read, Sql},
    error::not_found,
    http::{Json, Page, PageRequest, Path, Query},
    sql,
};
use utoipa::IntoParams;

use super::cadet::{Cadet, CadetRow};
use crate::{
    access::{Acting, Admin},
    answer::{Listing, Success, success},
    cached::{cached_for_all, name_of},
};

/// How long a page is kept while nothing changes (requirement 15.2).
const LIFE: Duration = Duration::from_mins(5);

/// Cadets in a page, unless the caller says otherwise.
const DEFAULT: i64 = 50;
/// Cadets in a page at most.
const MOST: i64 = 100;

/// Which cadets are wanted. Everything given must hold.
#[derive(Debug, Default, Deserialize, Serialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(default)]
pub struct CadetFilter {
    /// Exactly this company.
    company: Option<String>,
    /// Exactly this platoon.
    platoon: Option<String>,
    /// Exactly this academic course.
    course: Option<String>,
    /// Exactly this year.
    year_level: Option<String>,
    /// Exactly this status.
    status: Option<String>,
    /// Part of the name or the student id, in any case.
    search: Option<String>,
}

/// List the cadets
///
/// Those not archived, newest first. A cadet sees only their own row. A page is kept for five minutes, or until one of its
/// cadets changes; what is searched for is not.
#[utoipa::path(get, path = "/api/cadets", tag = "cadets", params(CadetFilter, PageRequest),
    responses((status = 200, body = Listing<Cadet>)))]
pub async fn list_cadets(
    Acting { user, only }: Acting,
    State(app): State<App>,
    Query(filter): Query<CadetFilter>,
    Query(request): Query<PageRequest>,
    address: OriginalUri,
) -> Result<Response> {
    let page = request.page(DEFAULT, MOST);
    if only.is_some() || given(&filter.search).is_some() {
        return Ok(find(&app, &filter, page, false, only).await?.into_response());
    }
    let name = name_of("rotc:cadets:list", &(&filter, page))?;
    cached_for_all(
        &app,
        &user,
        &address,
        &name,
        LIFE,
        &["cadets", "grades", "training_days", "users"],
        async || Ok(find(&app, &filter, page, false, None).await?.0),
    )
    .await
}

/// List the archived cadets
#[utoipa::path(get, path = "/api/cadets/archived", tag = "cadets", params(CadetFilter, PageRequest),
    responses((status = 200, body = Listing<Cadet>)))]
pub async fn list_archived_cadets(
    _: Admin,
    State(app): State<App>,
    Query(filter): Query<CadetFilter>,
    Query(request): Query<PageRequest>,
) -> Result<Json<Listing<Cadet>>> {
    find(&app, &filter, request.page(DEFAULT, MOST), true, None).await
}

/// Show a cadet
///
/// Archived ones too. Cadets may only ask for themselves. Cached for five minutes, or until the cadet changes.
#[utoipa::path(get, path = "/api/cadets/{id}", tag = "cadets", params(("id" = i32, Path)),
    responses((status = 200, body = Success<Cadet>)))]
pub async fn show_cadet(
    acting: Acting,
    State(app): State<App>,
    Path(id): Path<i32>,
    address: OriginalUri,
) -> Result<Response> {
    acting.may_act_for(id)?;
    let name = name_of("rotc:cadets:show", &id)?;
    cached_for_all(
        &app,
        &acting.user,
        &address,
        &name,
        LIFE,
        &["cadets", "grades", "training_days", "users"],
        async || {
            let row: Option<CadetRow> = app.db.read().await?.one(SHOW, &[&id]).await?;
            let row = row.ok_or_else(|| not_found("Cadet not found"))?;
            Ok(success(Cadet::from(row)))
        },
    )
    .await
}

/// The cadet as a change has left it.
pub(super) async fn changed(change: &mut Change, id: i32) -> Result<Cadet> {
    let row: Option<CadetRow> = change.one(SHOW, &[&id]).await?;
    Ok(row.ok_or_else(|| not_found("Cadet not found"))?.into())
}

async fn find(
    app: &App,
    filter: &CadetFilter,
    page: Page,
    archived: bool,
    only: Option<i32>,
) -> Result<Json<Listing<Cadet>>> {
    let mut db = app.db.read().await?;
    let found = rows(&mut db, filter, page, archived, only).await?;
    let total = match found.first() {
        Some(row) => row.total(),
        None if page.page == 1 => 0,
        // Behind the last page no row tells the total; the first one does.
        None => {
            let first = rows(&mut db, filter, Page { page: 1, limit: 1 }, archived, only).await?;
            first.first().map_or(0, CadetRow::total)
        }
    };
    let data = found.into_iter().map(Cadet::from).collect();
    Ok(Json(Listing::of(page, total, data)))
}

async fn rows(
    db: &mut Read,
    filter: &CadetFilter,
    page: Page,
    archived: bool,
    only: Option<i32>,
) -> Result<Vec<CadetRow>> {
    let (company, platoon, course) = (given(&filter.company), given(&filter.platoon), given(&filter.course));
    let (year_level, status, search) =
        (given(&filter.year_level), given(&filter.status), given(&filter.search));
    let (limit, offset) = (page.limit, page.offset());
    let params: [Param<'_>; 10] =
        [&archived, &only, &company, &platoon, &course, &year_level, &status, &search, &limit, &offset];
    db.all(LIST, &params).await
}

/// A filter that is set.
fn given(text: &Option<String>) -> Option<&str> {
    text.as_deref().filter(|text| !text.is_empty())
}

// In both, a picture kept as a data URL may be megabytes: the answer names the route that serves it.

/// A page of cadets. `muster bench` runs it through a bare handler too.
pub const LIST: Sql = sql!(
    "WITH page AS (
         SELECT c.id, count(*) OVER () AS total
         FROM cadets c
         WHERE (c.is_archived IS TRUE) = $1
           AND ($2::int IS NULL OR c.id = $2)
           AND ($3::text IS NULL OR c.company = $3)
           AND ($4::text IS NULL OR c.platoon = $4)
           AND ($5::text IS NULL OR c.course = $5)
           AND ($6::text IS NULL OR c.year_level = $6)
           AND ($7::text IS NULL OR c.status = $7)
           AND ($8::text IS NULL OR strpos(lower(c.student_id), lower($8)) > 0
                OR strpos(lower(c.first_name || ' ' || c.last_name), lower($8)) > 0
                OR strpos(lower(c.last_name || ', ' || c.first_name), lower($8)) > 0)
         ORDER BY c.created_at DESC NULLS LAST, c.id DESC
         LIMIT $9 OFFSET $10
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
     ORDER BY c.created_at DESC NULLS LAST, c.id DESC"
);

const SHOW: Sql = sql!(
    "SELECT c.id, c.rank, c.first_name, c.middle_name, c.last_name, c.suffix_name, c.student_id, c.email,
            c.contact_number, c.address, c.course, c.year_level, c.school_year, c.battalion, c.company, c.platoon,
            c.cadet_course, c.semester, c.corp_position, c.status, c.is_profile_completed, c.is_archived,
            account.username, c.gender, c.religion, c.birthdate,
            CASE WHEN c.profile_pic LIKE 'data:%' THEN '/api/images/cadets/' || c.id ELSE c.profile_pic END
                AS profile_pic,
            c.created_at, g.id AS grade_id, g.attendance_present, g.merit_points, g.demerit_points,
            g.prelim_score, g.midterm_score, g.final_score, g.status AS grade_status, g.lifetime_merit_points,
            (SELECT count(*) FROM training_days) AS training_days, 1::bigint AS total
     FROM cadets c
     LEFT JOIN grades g ON g.cadet_id = c.id
     LEFT JOIN LATERAL (SELECT username FROM users WHERE cadet_id = c.id ORDER BY id LIMIT 1) account ON true
     WHERE c.id = $1"
);
