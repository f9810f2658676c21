//! The settings of the installation, for administrators.

use std::collections::{BTreeMap, BTreeSet};

use axum::extract::State;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use shared::{
    App, Error, Result,
    error::{invalid, invalid_field, not_found},
    http::{Json, Path},
};
use utoipa::ToSchema;
use validator::Validate;

use super::{keys, system};
use crate::{
    access::Admin,
    answer::{Success, success},
};

/// Settings in one request.
const MOST: usize = 100;

/// One setting.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct Setting {
    /// What it is called.
    pub key: String,
    /// What it is.
    pub value: String,
}

/// A setting that was stored.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct StoredSetting {
    /// What it is called.
    pub key: String,
    /// What it is now.
    pub value: String,
    /// Whether it had no value of its own before.
    pub created: bool,
}

/// The new value of a setting.
#[derive(Clone, Debug, Deserialize, Validate, ToSchema)]
pub struct NewValue {
    /// A text, a number, or true or false.
    #[serde(default)]
    pub value: Value,
}

/// Settings to store together.
#[derive(Clone, Debug, Deserialize, Validate, ToSchema)]
pub struct NewSettings {
    /// At most 100, all with different keys.
    #[serde(default)]
    pub settings: Vec<NewSetting>,
}

/// One of several settings to store.
#[derive(Clone, Debug, Deserialize, ToSchema)]
pub struct NewSetting {
    /// What it is called.
    #[serde(default)]
    pub key: String,
    /// A text, a number, or true or false.
    #[serde(default)]
    pub value: Value,
}

/// Settings that were stored together.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct StoredSettings {
    /// In the order of the request.
    pub updated: Vec<StoredSetting>,
    /// How many.
    pub updated_count: usize,
}

/// List the settings of the system
///
/// By key; those nobody has set with their defaults.
#[utoipa::path(get, path = "/api/system-settings", tag = "settings",
    responses((status = 200, body = Success<BTreeMap<String, String>>)))]
pub async fn list_system_settings(
    _: Admin,
    State(app): State<App>,
) -> Result<Json<Success<BTreeMap<String, String>>>> {
    Ok(Json(success(system::load(&app).await?.into_values())))
}

/// Show a setting of the system
#[utoipa::path(get, path = "/api/system-settings/{key}", tag = "settings", params(("key" = String, Path)),
    responses((status = 200, body = Success<Setting>)))]
pub async fn show_system_setting(
    _: Admin,
    State(app): State<App>,
    Path(key): Path<String>,
) -> Result<Json<Success<Setting>>> {
    let settings = system::load(&app).await?;
    let value = settings.get(&key).filter(|_| !keys::is_secret(&key)).map(str::to_owned);
    let value = value.ok_or_else(|| not_found(format!("Setting with key \"{key}\" not found")))?;
    Ok(Json(success(Setting { key, value })))
}

/// Change a setting of the system
///
/// Settings the program does not know are short texts.
#[utoipa::path(put, path = "/api/system-settings/{key}", tag = "settings", params(("key" = String, Path)),
    request_body = NewValue, responses((status = 200, body = Success<StoredSetting>)))]
pub async fn update_system_setting(
    Admin(admin): Admin,
    State(app): State<App>,
    Path(key): Path<String>,
    Json(body): Json<NewValue>,
) -> Result<Json<Success<StoredSetting>>> {
    keys::check(&key).map_err(|problem| invalid_field("key", problem))?;
    let value = keys::canonical(&key, &body.value).map_err(|problem| invalid_field("value", problem))?;
    let wanted = BTreeMap::from([(key.clone(), value.clone())]);
    let created = !system::store(&app, &admin.actor(), &wanted).await?.is_empty();
    Ok(Json(success(StoredSetting { key, value, created })))
}

/// Change several settings of the system
///
/// All or none: `errors` says what is wrong with which.
#[utoipa::path(post, path = "/api/system-settings/bulk", tag = "settings", request_body = NewSettings,
    responses((status = 200, body = Success<StoredSettings>)))]
pub async fn update_system_settings(
    Admin(admin): Admin,
    State(app): State<App>,
    Json(body): Json<NewSettings>,
) -> Result<Json<Success<StoredSettings>>> {
    if body.settings.is_empty() || body.settings.len() > MOST {
        return Err(invalid_field("settings", format!("settings must be a list of 1 to {MOST} settings")));
    }
    let checked = checked(&body.settings)?;
    let wanted: BTreeMap<String, String> = checked.iter().cloned().collect();
    let created = system::store(&app, &admin.actor(), &wanted).await?;
    let stored = |(key, value)| StoredSetting { created: created.contains(&key), key, value };
    let updated: Vec<StoredSetting> = checked.into_iter().map(stored).collect();
    Ok(Json(success(StoredSettings { updated_count: updated.len(), updated })))
}

/// Keys and the texts to store, or everything that is wrong with them.
fn checked(wanted: &[NewSetting]) -> Result<Vec<(String, String)>> {
    let mut seen = BTreeSet::new();
    let (mut checked, mut errors) = (Vec::new(), Vec::new());
    for (index, NewSetting { key, value }) in wanted.iter().enumerate() {
        let error = |field: &str, problem: &str| json!({ "index": index, "key": key, "errors": { field: [problem] } });
        match (keys::check(key), keys::canonical(key, value)) {
            (Err(problem), _) => errors.push(error("key", problem)),
            _ if !seen.insert(key) => errors.push(error("key", "This key stands in the list twice.")),
            (Ok(()), Err(problem)) => errors.push(error("value", &problem)),
            (Ok(()), Ok(value)) => checked.push((key.clone(), value)),
        }
    }
    if errors.is_empty() { Ok(checked) } else { Err(refused(errors)) }
}

fn refused(errors: Vec<Value>) -> Error {
    let count = errors.len();
    let message = format!("{count} of the settings cannot be stored, so nothing was changed");
    invalid("invalid_settings", message).with("errors", errors).with("error_count", count)
}
