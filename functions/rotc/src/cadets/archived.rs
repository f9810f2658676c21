//! The archived cadets of the client's archive page.

use axum::extract::State;
use shared::{App, Result, http::Json, sql};

use super::record::CadetRecord;
use crate::access::Admin;

/// List the archived cadets (client API)
///
/// By last and first name.
#[utoipa::path(get, path = "/api/admin/cadets/archived", tag = "cadets",
    responses((status = 200, body = Vec<CadetRecord>)))]
pub async fn list_client_archived_cadets(_: Admin, State(app): State<App>) -> Result<Json<Vec<CadetRecord>>> {
    let select = sql!(
        "SELECT c.id, c.rank, c.first_name, c.middle_name, c.last_name, c.suffix_name, c.email, c.contact_number,
                c.address, c.course, c.year_level, c.school_year, c.battalion, c.company, c.platoon, c.cadet_course,
                c.semester, c.corp_position, c.gender, c.status, c.student_id,
                CASE WHEN c.profile_pic LIKE 'data:%' THEN '/api/images/cadets/' || c.id ELSE c.profile_pic END
                    AS profile_pic,
                c.is_profile_completed, c.is_archived, c.has_seen_guide, c.created_at, c.religion, c.birthdate,
                account.username
         FROM cadets c
         LEFT JOIN LATERAL (SELECT username FROM users WHERE cadet_id = c.id ORDER BY id LIMIT 1) account ON true
         WHERE c.is_archived IS TRUE
         ORDER BY c.last_name, c.first_name, c.id"
    );
    Ok(Json(app.db.read().await?.all(select, &[]).await?))
}
