//! Files that people send: evidence of approvals, receipts and fee statements of payments. Their links are signed and hold for a
//! quarter of an hour.

use axum::{
    extract::{FromRequestParts, State},
    response::{IntoResponse, Response},
};
use chrono::TimeDelta;
use http::{HeaderValue, header, request::Parts};
use serde::Deserialize;
use serde_json::json;
use shared::{
    App, Error, Result,
    auth::{
        principal::{Maybe, Principal},
        rate_limit::Limit,
        token::{BadToken, Coder},
    },
    drf::{BaseAddress, Fields, Need as Field, within},
    error::{Kind, invalid_field},
    files::{Accepts, Audience, Intake, StoredFile, is_plain_name},
    http::{Path, Query, UploadedFile, download::attachment},
    sql,
    system::{Group, Need},
};
use utoipa::IntoParams;
use utoipa_axum::{router::OpenApiRouter, routes};
use uuid::Uuid;
use validator::Validate;

use crate::{
    access::Person,
    audit::{self, Event},
    refusals::unknown,
};

/// The routes below `/media`.
pub const GROUP: Group = Group {
    name: "media",
    about: "Stored files, for those who got a link and those who may see what they belong to.",
    prefixes: &["/media"],
    needs: &[Need::Database, Need::Files],
    memory_mb: 256,
    routes: || OpenApiRouter::new().routes(routes!(fetch_file)),
};

/// What offices keep of a decision.
pub static EVIDENCE: Intake = scans("evidence");

/// What banks and cashiers print.
pub static RECEIPT: Intake = scans("receipts");

/// What the finance office prints.
pub static FEE_STATEMENT: Intake = scans("fee_statements");

/// Every kind of file.
pub static INTAKES: &[&Intake] = &[&EVIDENCE, &RECEIPT, &FEE_STATEMENT];

/// Bytes of one file.
const LIMIT_BYTES: usize = 5 * 1024 * 1024;

/// Bytes of a form with a file: for `DefaultBodyLimit::max` on its route.
pub const FORM_LIMIT_BYTES: usize = 6 * 1024 * 1024;

/// Files that somebody may send.
const UPLOADS: Limit = Limit { name: "uploads", hits: 60, seconds: 3600 };

/// How long a link holds.
const LIFE: TimeDelta = TimeDelta::minutes(15);

/// What codes of links are made for.
const PURPOSE: &str = "media link";

const fn scans(prefix: &'static str) -> Intake {
    Intake { prefix, accepts: Accepts::Scans, limit_bytes: LIMIT_BYTES, audience: Audience::Checked }
}

/// The file of a form, if there is one; rejects it if it is empty or too large.
pub fn read(fields: &mut Fields, name: &str) -> Option<UploadedFile> {
    let file = fields.file(name, Field::Nullable)?;
    if file.body.is_empty() {
        fields.reject(name, "The submitted file is empty.");
    } else if file.body.len() > LIMIT_BYTES {
        fields.reject(name, "File size cannot exceed 5MB");
    }
    Some(file)
}

/// Counts a file that somebody sends; 429 for one too many in an hour.
pub async fn count_upload(app: &App, person: &Person) -> Result<()> {
    within(app, UPLOADS, &person.id.to_string()).await
}

/// Stores a file and tells its address, for a column that is watched. Give the outcome of the change to
/// `shared::files::kept_if`.
pub async fn store(
    app: &App,
    person: &Person,
    intake: &Intake,
    field: &str,
    file: Option<UploadedFile>,
) -> Result<Option<String>> {
    let Some(file) = file else { return Ok(None) };
    count_upload(app, person).await?;
    intake.store(app, &file).await.map(Some).map_err(|cause| match cause.kind() {
        Kind::Invalid => invalid_field(field, "Only PDF, JPEG and PNG files are allowed"),
        _ => cause,
    })
}

/// Makes links to stored files; an argument of handlers, which then can make as many as they like.
#[derive(Clone, Debug)]
pub struct Links {
    base: String,
    expires: i64,
    coder: Coder,
}

impl FromRequestParts<App> for Links {
    type Rejection = Error;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self> {
        let expires = (app.clock.now() + LIFE).timestamp();
        let BaseAddress(base) = BaseAddress::from_request_parts(parts, app).await?;
        Ok(Self { base, expires, coder: app.signer.coder(PURPOSE).await? })
    }
}

impl Links {
    /// The absolute address of a path of ours.
    pub fn absolute(&self, path: &str) -> String {
        format!("{}{path}", self.base)
    }

    /// The absolute link to a stored file of this kind.
    pub fn to(&self, intake: &Intake, address: Option<&str>) -> Result<Option<String>> {
        let Some(address) = address else { return Ok(None) };
        let last = address.rsplit('/').next().unwrap_or_default();
        let name = last.strip_prefix(intake.prefix).and_then(|rest| rest.strip_prefix('-')).unwrap_or(last);
        let path = format!("/media/{}/{name}", intake.prefix);
        let code = self.coder.code(&message(&path, self.expires))?;
        Ok(Some(format!("{}{path}?exp={}&sig={code}", self.base, self.expires)))
    }
}

fn message(path: &str, expires: i64) -> String {
    format!("{path}:{expires}")
}

/// What makes a link hold.
#[derive(Debug, Default, Deserialize, IntoParams, Validate)]
#[serde(default)]
#[into_params(parameter_in = Query)]
pub struct Signature {
    /// When it ends, in seconds since 1970.
    exp: Option<String>,
    /// The code.
    sig: Option<String>,
}

/// Download a stored file
///
/// Whoever got the link may follow it for 15 minutes; later, and without a signature, only those may who see the record that the
/// file belongs to.
#[utoipa::path(get, path = "/media/{kind}/{name}", tag = "media", security((), ("bearer" = [])),
    params(("kind" = String, Path), ("name" = String, Path), Signature),
    responses((status = 200, content_type = "application/octet-stream")))]
pub async fn fetch_file(
    Maybe(person): Maybe<Person>,
    State(app): State<App>,
    Path((kind, name)): Path<(String, String)>,
    Query(signature): Query<Signature>,
) -> Result<Response> {
    let stored = format!("{kind}-{name}");
    if !is_plain_name(&stored) {
        return Err(unknown());
    }
    let addresses = [format!("/uploads/{stored}"), format!("/uploads/cloud/{stored}")];
    let mut found = find(&app, &kind, &addresses, None).await?.ok_or_else(unknown)?;
    let holds = is_signed(&app, &format!("/media/{kind}/{name}"), &signature).await?;
    if !holds {
        let reader = person.as_ref().ok_or_else(|| Person::refusal(BadToken::Missing))?;
        found = find(&app, &kind, &addresses, Some(reader)).await?.ok_or_else(unknown)?;
    }
    let (entity, id, address) = found;
    let file = app.files.get(&address).await?.ok_or_else(unknown)?;
    let mut change = match &person {
        Some(person) => app.db.change(&person.actor()).await?,
        None => app.db.change_for_system("download").await?,
    };
    let description = if holds { "File downloaded by its link" } else { "File downloaded" };
    let (entity_id, changes) = (id.to_string(), json!({}));
    audit::note(
        &mut change,
        &Event { action: "other", entity, entity_id, description, changes, actor: None },
    )
    .await?;
    change.commit().await?;
    answer(&name, file)
}

async fn is_signed(app: &App, path: &str, signature: &Signature) -> Result<bool> {
    let expires = signature.exp.as_deref().and_then(|text| text.parse::<i64>().ok());
    let Some((expires, code)) = expires.zip(signature.sig.as_deref()) else { return Ok(false) };
    let message = message(path, expires);
    Ok(expires > app.clock.now().timestamp() && app.signer.is_code(PURPOSE, &message, code).await?)
}

/// The record that a file belongs to, and its address; with a reader only one that they may see.
async fn find(
    app: &App,
    kind: &str,
    addresses: &[String; 2],
    reader: Option<&Person>,
) -> Result<Option<(&'static str, Uuid, String)>> {
    let reach = reader.map(Person::reach).unwrap_or_default();
    let mut read = app.db.read().await?;
    if kind == EVIDENCE.prefix {
        let find = sql!(
            "SELECT approvals.id, approvals.evidence_file FROM clearance_approvals AS approvals
             JOIN clearance_requests AS requests ON requests.id = approvals.clearance_request_id
             JOIN students ON students.id = requests.student_id
             WHERE approvals.evidence_file = ANY($1) AND approvals.deleted_at IS NULL
               AND ($2::uuid IS NULL OR students.user_id = $2) AND ($3::uuid IS NULL OR approvals.department_id = $3)
             ORDER BY approvals.created_at, approvals.id LIMIT 1"
        );
        let found = read.one(find, &[&addresses.as_slice(), &reach.owner, &reach.office]).await?;
        return Ok(found.map(|(id, address)| ("ClearanceApproval", id, address)));
    }
    let find = sql!(
        "SELECT payments.id, file FROM payments JOIN students ON students.id = payments.student_id
         CROSS JOIN LATERAL (VALUES ('receipts', receipt), ('fee_statements', fee_statement)) AS files (kind, file)
         WHERE (receipt = ANY($1) OR fee_statement = ANY($1)) AND file = ANY($1) AND files.kind = $2
           AND payments.deleted_at IS NULL AND ($3::uuid IS NULL OR students.user_id = $3) AND $4
         LIMIT 1"
    );
    let may_read = reader.is_none_or(|reader| reader.is_student() || reader.reads_payments());
    let found = read.one(find, &[&addresses.as_slice(), &kind, &reach.owner, &may_read]).await?;
    Ok(found.map(|(id, address)| ("Payment", id, address)))
}

/// Downloaded, never shown: what looks like a document could hold a page.
fn answer(name: &str, file: StoredFile) -> Result<Response> {
    let mut response = file.body.into_response();
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_str(&file.content_type)?);
    headers.insert(header::CONTENT_DISPOSITION, attachment(name)?);
    headers.insert(header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("private, no-store"));
    headers.insert(header::CONTENT_SECURITY_POLICY, HeaderValue::from_static("default-src 'none'; sandbox"));
    Ok(response)
}
