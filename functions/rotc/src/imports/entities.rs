//! The import of the resource API: cadets out of ROTCMIS as JSON, and lists of any kind as CSV.

use axum::extract::State;
use bytes::Bytes;
use documents::read::ImportKind;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use shared::{
    App, Result,
    error::invalid_field,
    http::{FormData, Json, Query, UploadedFile},
    imports::{
        Mode,
        form::{Flag, PreviewOptions},
        merge::Strategy,
        report::Preview,
        run,
    },
};
use utoipa::ToSchema;
use uuid::Uuid;
use validator::Validate;

use super::{
    Answer,
    plan::{Kind, Plan},
    status::ImportResult,
};
use crate::{
    access::{Admin, User},
    answer::{Success, success},
};

/// Records from which on an import goes on in the background (requirement 16.11).
const MANY: usize = 50;

/// Cadets to import.
#[derive(Clone, Debug, Deserialize, ToSchema, Validate)]
pub struct RotcmisImport {
    /// Cadets: `student_id`, `first_name` and `last_name` are required; keys in snake_case or camelCase.
    #[schema(value_type = Vec<Object>)]
    pub data: Option<Vec<Value>>,
    /// What happens to cadets that are there: `skip` (the default), `update`, `fill` or `error`.
    #[serde(default)]
    pub merge_strategy: Option<Strategy>,
    /// Go on in the background; more than 50 records do anyway.
    #[serde(default)]
    pub async_processing: bool,
    /// Only tell what would be done; it may stand in the query as well.
    #[serde(default)]
    #[schema(value_type = Option<bool>)]
    pub preview: Flag,
}

/// What came of an import, or where it goes on.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct EntityImport {
    /// The import.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub task_id: Option<Uuid>,
    /// `completed`, `processing` or `preview`.
    pub status: &'static str,
    /// Records of one that goes on in the background.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub total_records: Option<usize>,
    /// What came of it.
    #[serde(flatten)]
    pub result: Option<ImportResult>,
    /// What would come of it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub preview: Option<Preview>,
}

/// Import cadets out of ROTCMIS
#[utoipa::path(post, path = "/api/import/rotcmis", tag = "imports",
    params(PreviewOptions), request_body = RotcmisImport,
    responses((status = 200, body = Success<EntityImport>), (status = 202, body = Success<EntityImport>)))]
pub async fn import_rotcmis(
    Admin(admin): Admin,
    State(app): State<App>,
    Query(options): Query<PreviewOptions>,
    Json(sent): Json<RotcmisImport>,
) -> Result<Answer<Success<EntityImport>>> {
    let data = sent.data.filter(|data| !data.is_empty());
    let data = data.ok_or_else(|| invalid_field("data", "data must be a list of records."))?;
    let strategy = sent.merge_strategy.unwrap_or(Strategy::Skip);
    let plan = Plan::new(Kind::RotcmisCadets, strategy, None)?;
    let background = sent.async_processing || data.len() > MANY;
    let mode = Mode { background, ..options.preview.mode(sent.preview) };
    let file =
        UploadedFile { name: "rotcmis.json".to_owned(), body: Bytes::from(serde_json::to_vec(&data)?) };
    import(&app, &admin, plan, file, mode).await
}

/// A list and what it is, for the documentation.
#[derive(Debug, ToSchema)]
#[expect(dead_code, reason = "describes the form")]
pub struct CsvImport {
    /// The CSV file.
    #[schema(format = Binary)]
    file: String,
    /// `cadets`, `staff`, `attendance`, `grades` or `ledger`.
    entity_type: Kind,
    /// What happens to records that are there: `update`, `fill`, `skip` or `error`. By default cadets and staff who are there
    /// stay as they are; attendance and grades are updated.
    merge_strategy: Option<Strategy>,
    /// The training day of an attendance.
    training_day_id: Option<i32>,
    /// Only tell what would be done; it may stand in the query as well.
    preview: Option<bool>,
}

/// Import a list as CSV
#[utoipa::path(post, path = "/api/import/csv", tag = "imports", params(PreviewOptions),
    request_body(content = CsvImport, content_type = "multipart/form-data"),
    responses((status = 200, body = Success<EntityImport>), (status = 202, body = Success<EntityImport>)))]
pub async fn import_csv(
    Admin(admin): Admin,
    State(app): State<App>,
    Query(options): Query<PreviewOptions>,
    mut form: FormData,
) -> Result<Answer<Success<EntityImport>>> {
    let text = |name: &str| {
        form.fields.get(name).and_then(Value::as_str).map(str::trim).unwrap_or_default().to_owned()
    };
    let kind = kind(&text("entity_type"))?;
    let strategy = match text("merge_strategy").as_str() {
        "" if matches!(kind, Kind::Cadets | Kind::Staff) => Strategy::Skip,
        "" => Strategy::Update,
        word => serde_json::from_value(Value::from(word)).map_err(|_| {
            invalid_field("merge_strategy", "merge_strategy must be update, fill, skip or error.")
        })?,
    };
    let day_id = text("training_day_id").parse().ok();
    if kind == Kind::Attendance && day_id.is_none() {
        return Err(invalid_field("training_day_id", "training_day_id is required for an attendance."));
    }
    let mode = options.preview.mode(Flag::of_form(&form)?);
    let file = form.only_file("file")?.ok_or_else(|| invalid_field("file", "No file was submitted."))?;
    let named = UploadedFile { name: "list.csv".to_owned(), body: file.body };
    if ImportKind::of(&named.name, &named.body) != ImportKind::Csv {
        return Err(invalid_field("file", "The file is not a CSV file."));
    }
    import(&app, &admin, Plan::new(kind, strategy, day_id)?, named, mode).await
}

fn kind(text: &str) -> Result<Kind> {
    match text {
        "cadets" => Ok(Kind::Cadets),
        "staff" => Ok(Kind::Staff),
        "attendance" => Ok(Kind::Attendance),
        "grades" => Ok(Kind::Grades),
        "ledger" => Ok(Kind::Ledger),
        _ => {
            let allowed = "entity_type must be cadets, staff, attendance, grades or ledger.";
            Err(invalid_field("entity_type", allowed))
        }
    }
}

async fn import(
    app: &App,
    user: &User,
    plan: Plan,
    file: UploadedFile,
    mode: Mode,
) -> Result<Answer<Success<EntityImport>>> {
    let told = run(app, user, &plan, &[file], mode).await?.told(|report| {
        format!(
            "Import completed: {} created, {} updated, {} failed.",
            report.created, report.updated, report.failed
        )
    });
    let (status, message) = match (told.status, &told.preview) {
        (Some(status), _) => (status, told.message),
        (None, None) => ("completed", told.message),
        (None, Some(_)) => ("preview", "Nothing is written.".to_owned()),
    };
    let import = EntityImport {
        task_id: told.task_id,
        status,
        total_records: told.total_records,
        result: (status == "completed").then(|| ImportResult::from(&told.report)),
        preview: told.preview,
    };
    Ok(Answer(told.code, Success { message: Some(message), ..success(import) }))
}
