//! Many documents at once: a job prints them, who asked for them fetches them afterwards.

use axum::extract::State;
use serde::{Deserialize, Serialize};
use shared::{
    App, Result,
    error::{invalid, invalid_field, not_found},
    http::{Accepted, Json},
    jobs::Job,
    sql,
};
use utoipa::ToSchema;
use uuid::Uuid;
use validator::Validate;

use super::{
    batch_certificates::BatchCertificates, batch_profiles::BatchProfiles,
    batch_transcripts::BatchTranscripts, certificates::issue, filter::ReportFilter, grades, profile::unknown,
};
use crate::access::{Staff, User};

/// Cadets or names that can be listed; more are chosen by company and platoon.
const MOST: usize = 100;

/// Which cadets: listed, or everybody of a company or platoon.
#[derive(Clone, Debug, Default, Deserialize, Serialize, Validate, ToSchema)]
#[serde(default)]
pub struct BatchOfCadets {
    /// At most 100.
    pub cadet_ids: Option<Vec<i32>>,
    /// A company.
    pub company: Option<String>,
    /// A platoon.
    pub platoon: Option<String>,
    /// Everybody who is not archived.
    pub all: Option<bool>,
}

/// Which certificates.
#[derive(Clone, Debug, Default, Deserialize, Validate, ToSchema)]
#[serde(default)]
pub struct BatchOfCertificates {
    /// What for.
    pub activity_id: Option<i32>,
    /// At most 100 names, as they are to be printed.
    pub cadet_names: Option<Vec<String>>,
    /// At most 100 cadets.
    pub cadet_ids: Option<Vec<i32>>,
}

/// A batch of cadets that was begun.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct CadetBatch {
    /// See `/api/tasks/{id}/status`; what it has printed is at `/api/reports/files/{task_id}`.
    pub task_id: Uuid,
    /// One sentence.
    pub message: String,
    /// How many.
    pub cadet_count: usize,
}

/// A batch of certificates that was begun.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct CertificateBatch {
    /// See `/api/tasks/{id}/status`; what it has printed is at `/api/reports/files/{task_id}`.
    pub task_id: Uuid,
    /// One sentence.
    pub message: String,
    /// How many.
    pub certificate_count: usize,
}

/// Print the profiles of many cadets
///
/// A ZIP with a PDF for each.
#[utoipa::path(post, path = "/api/reports/batch/cadets", tag = "reports", request_body = BatchOfCadets,
    responses((status = 202, body = CadetBatch)))]
pub async fn start_profiles(
    Staff(user): Staff,
    State(app): State<App>,
    Json(batch): Json<BatchOfCadets>,
) -> Result<Accepted<CadetBatch>> {
    let cadet_count = batch.count(&app).await?;
    begin(&app, &user, &BatchProfiles { cadets: batch, started_by: user.id }, cadet_count).await
}

/// Print the transcripts of many cadets
///
/// One PDF with a page for each.
#[utoipa::path(post, path = "/api/reports/batch/transcripts", tag = "reports", request_body = BatchOfCadets,
    responses((status = 202, body = CadetBatch)))]
pub async fn start_transcripts(
    Staff(user): Staff,
    State(app): State<App>,
    Json(batch): Json<BatchOfCadets>,
) -> Result<Accepted<CadetBatch>> {
    let cadet_count = batch.count(&app).await?;
    begin(&app, &user, &BatchTranscripts { cadets: batch, started_by: user.id }, cadet_count).await
}

async fn begin(app: &App, user: &User, job: &impl Job, cadet_count: usize) -> Result<Accepted<CadetBatch>> {
    let mut change = app.db.change(&user.actor()).await?;
    let task_id = change.start(job).await?;
    change.commit().await?;
    let message = format!("Batch PDF generation started for {cadet_count} cadets");
    Ok(Accepted(CadetBatch { task_id, message, cadet_count }))
}

/// Print many certificates
///
/// One PDF with a page for each. The certificates are given at once, for cadets or for names.
#[utoipa::path(post, path = "/api/reports/batch/certificates", tag = "reports", request_body = BatchOfCertificates,
    responses((status = 202, body = CertificateBatch)))]
pub async fn start_certificates(
    Staff(user): Staff,
    State(app): State<App>,
    Json(batch): Json<BatchOfCertificates>,
) -> Result<Accepted<CertificateBatch>> {
    let codes = batch.issue(&app, &user).await?;
    let certificate_count = codes.len();
    let mut change = app.db.change(&user.actor()).await?;
    let task_id = change.start(&BatchCertificates { codes, started_by: user.id }).await?;
    change.commit().await?;
    let message = format!("Batch certificate generation started for {certificate_count} cadets");
    Ok(Accepted(CertificateBatch { task_id, message, certificate_count }))
}

impl BatchOfCadets {
    /// The cadets that are meant now, those listed in their order.
    pub async fn ids(&self, app: &App) -> Result<Vec<i32>> {
        if let Some(ids) = &self.cadet_ids {
            return Ok(ids.clone());
        }
        let (company, platoon) = (self.company.clone(), self.platoon.clone());
        grades::cadets(app, &ReportFilter { company, platoon, ..ReportFilter::default() }.checked()?).await
    }

    /// How many cadets are meant; refuses what names nobody.
    async fn count(&self, app: &App) -> Result<usize> {
        let chosen = self.company.is_some() || self.platoon.is_some() || self.all == Some(true);
        match &self.cadet_ids {
            Some(ids) => check_all_known(app, &listed("cadet_ids", ids)?).await.map(|()| ids.len()),
            None if chosen => match self.ids(app).await?.len() {
                0 => Err(not_found("No cadets found matching the filters")),
                count => Ok(count),
            },
            None => Err(invalid("no_cadets", "cadet_ids must be a non-empty list")),
        }
    }
}

/// The list, if it is neither empty nor too long and names nobody twice.
fn listed<T: Clone + Ord>(field: &'static str, list: &[T]) -> Result<Vec<T>> {
    if list.is_empty() {
        return Err(invalid_field(field, format!("{field} must be a non-empty list")));
    }
    if list.len() > MOST {
        return Err(invalid_field(field, format!("{field} can have at most {MOST} entries")));
    }
    let mut unique = list.to_vec();
    unique.sort();
    unique.dedup();
    if unique.len() < list.len() {
        return Err(invalid_field(field, format!("{field} names somebody twice")));
    }
    Ok(unique)
}

async fn check_all_known(app: &App, ids: &[i32]) -> Result<()> {
    let find = sql!(
        "SELECT wanted.id FROM unnest($1::int[]) AS wanted (id)
         WHERE NOT EXISTS (SELECT FROM cadets WHERE cadets.id = wanted.id) ORDER BY wanted.id LIMIT 1"
    );
    let missing: Option<i32> = app.db.read().await?.one(find, &[&ids]).await?;
    missing.map_or(Ok(()), |id| Err(unknown(id)))
}

impl BatchOfCertificates {
    /// Gives the certificates and tells their codes.
    async fn issue(&self, app: &App, user: &User) -> Result<Vec<String>> {
        let id = self.activity_id.ok_or_else(|| invalid_field("activity_id", "activity_id is required"))?;
        // Before anything is given: nobody could check them.
        app.config.home()?;
        let recipients = match (&self.cadet_ids, &self.cadet_names) {
            (Some(ids), None) => {
                listed("cadet_ids", ids)?;
                issue::cadets(app, ids).await?
            }
            (None, Some(names)) => {
                listed("cadet_names", names)?;
                names.iter().map(|name| issue::typed(name)).collect::<Result<Vec<_>>>()?
            }
            (Some(_), Some(_)) => return Err(invalid("both", "Send either cadet_ids or cadet_names")),
            (None, None) => return Err(invalid("nobody", "cadet_names must be a non-empty list")),
        };
        let occasion = issue::occasion(app, id).await?;
        let issued = issue::issue(app, &user.actor(), &occasion, &recipients).await?;
        Ok(issued.into_iter().map(|issued| issued.code.as_str().to_owned()).collect())
    }
}
