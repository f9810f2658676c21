//! Certificates on paper.

use axum::{extract::State, response::Response};
use chrono::{DateTime, NaiveDate, Utc};
use documents::pdf::{Certificate, Letterhead, certificates};
use serde::Deserialize;
use shared::{
    App, Result,
    http::{Path, Query},
};
use url::Url;
use utoipa::IntoParams;

use super::issue::{self, Issued};
use crate::{
    access::{Acting, Staff, User},
    cached::{Document, cached_document},
    reports::{letterhead::letterhead, written},
};

/// Who gets the certificate.
#[derive(Clone, Debug, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(default)]
pub struct Recipients {
    /// A name, as it is to be printed.
    pub cadet_name: Option<String>,
    /// A cadet; the name is that of the register.
    pub cadet_id: Option<i32>,
}

/// Print a certificate for an activity
///
/// For a cadet (`cadet_id`) or a name (`cadet_name`). It is recorded, sealed, and can be checked at the address on it; who
/// asks again gets the same one. Cadets get their own, once it has been given.
#[utoipa::path(get, path = "/api/activities/{id}/certificate", tag = "reports", params(("id" = i32, Path), Recipients),
    responses((status = 200, content_type = "application/pdf", body = Vec<u8>)))]
pub async fn print_activity_certificate(
    acting: Acting,
    State(app): State<App>,
    Path(id): Path<i32>,
    Query(recipients): Query<Recipients>,
) -> Result<Response> {
    let Some(own) = acting.only else { return print(&app, &acting.user, id, recipients).await };
    acting.may_act_for(recipients.cadet_id.unwrap_or(own))?;
    issue::check_given(&app, id, own).await?;
    let own = Recipients { cadet_id: Some(own), cadet_name: None };
    print(&app, &acting.user, id, own).await
}

/// Print a certificate
#[utoipa::path(get, path = "/api/certificates/{activity_id}", tag = "reports",
    params(("activity_id" = i32, Path), Recipients),
    responses((status = 200, content_type = "application/pdf", body = Vec<u8>)))]
pub async fn print_certificate(
    Staff(user): Staff,
    State(app): State<App>,
    Path(id): Path<i32>,
    Query(recipients): Query<Recipients>,
) -> Result<Response> {
    print(&app, &user, id, recipients).await
}

/// Print a certificate as a report
#[utoipa::path(get, path = "/api/reports/certificates/{id}", tag = "reports", params(("id" = i32, Path), Recipients),
    responses((status = 200, content_type = "application/pdf", body = Vec<u8>)))]
pub async fn print_report_certificate(
    Staff(user): Staff,
    State(app): State<App>,
    Path(id): Path<i32>,
    Query(recipients): Query<Recipients>,
) -> Result<Response> {
    print(&app, &user, id, recipients).await
}

async fn print(app: &App, user: &User, id: i32, recipients: Recipients) -> Result<Response> {
    let occasion = issue::occasion(app, id).await?;
    let recipient = match recipients.cadet_id {
        Some(cadet_id) => issue::cadets(app, &[cadet_id]).await?.pop().ok_or_else(issue::nobody)?,
        None => issue::typed(recipients.cadet_name.as_deref().unwrap_or_default())?,
    };
    let document = Document {
        kind: "certificate",
        record_id: Some(id),
        key: &format!("{id}:{:?}", recipient),
        file_name: &file_name(&recipient.name, id),
    };
    let tables = &["muster.certificates", "activities", "cadets", "system_settings"];
    cached_document(app, user, document, tables, async || {
        // Before anything is given: nobody could check it.
        let home = app.config.home()?.clone();
        let head = letterhead(app).await?;
        let issued = issue::issue(app, &user.actor(), &occasion, &[recipient]).await?;
        let now = app.clock.now();
        written(move || pages(&issued, &head, &home, now)).await
    })
    .await
}

/// `certificate_Juan_1.pdf`.
pub fn file_name(name: &str, activity: i32) -> String {
    format!("certificate_{}_{activity}.pdf", name.replace(' ', "_"))
}

/// The certificates as one file, a page each.
pub fn pages(issued: &[Issued], head: &Letterhead, home: &Url, made: DateTime<Utc>) -> Result<Vec<u8>> {
    let page = |issued: &Issued| {
        let printed = issued.printed.clone();
        let held = printed.activity_date.as_deref().map(|date| format!(", held on {}", long_date(date)));
        Ok(Certificate {
            head: Letterhead { logo: head.logo.clone(), school: printed.school, unit: printed.unit },
            title: printed.title,
            before: "is awarded to".to_owned(),
            name: printed.name,
            text: format!("for {}{}.", printed.activity, held.unwrap_or_default()),
            given: format!("Awarded on {}.", printed.issued_on.format("%-d %B %Y")),
            signers: vec!["Corps Commander".to_owned(), "Commandant".to_owned()],
            address: home.join(&format!("/verify/{}", issued.code.as_str()))?.to_string(),
            code: issued.code.to_string(),
        })
    };
    let pages = issued.iter().map(page).collect::<Result<Vec<_>>>()?;
    Ok(certificates(&pages, "Certificate", made)?)
}

/// `14 January 2026`; what is no date stays as it is.
pub fn long_date(text: &str) -> String {
    let day = NaiveDate::parse_from_str(text.trim(), "%Y-%m-%d");
    day.map_or_else(|_| text.trim().to_owned(), |day| day.format("%-d %B %Y").to_string())
}
