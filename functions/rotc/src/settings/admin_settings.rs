//! Settings of the system under the paths of the client API.

use std::collections::BTreeMap;

use axum::extract::State;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use shared::{App, Result, error::invalid_field, http::Json};
use utoipa::ToSchema;
use validator::Validate;

use super::{keys, system};
use crate::{
    access::Admin,
    answer::{Message, message},
};

/// What new people start with. What is absent stays as it is.
#[derive(Clone, Debug, Deserialize, Validate, ToSchema)]
#[serde(default)]
#[derive(Default)]
pub struct PreferenceDefaults {
    /// Mails about news.
    pub email_alerts: Value,
    /// Push messages.
    pub push_notifications: Value,
    /// News about activities.
    pub activity_updates: Value,
    /// Dark colours.
    pub dark_mode: Value,
    /// Less space between things.
    pub compact_mode: Value,
    /// A colour of the client's palette.
    pub primary_color: Value,
}

impl PreferenceDefaults {
    /// What was sent: the member, the key it is stored under, and the value.
    fn sent(&self) -> impl Iterator<Item = (&'static str, &'static str, &Value)> {
        let all = [
            ("email_alerts", "email_alerts_default", &self.email_alerts),
            ("push_notifications", "push_notifications_default", &self.push_notifications),
            ("activity_updates", "activity_updates_default", &self.activity_updates),
            ("dark_mode", "dark_mode_default", &self.dark_mode),
            ("compact_mode", "compact_mode_default", &self.compact_mode),
            ("primary_color", "primary_color", &self.primary_color),
        ];
        all.into_iter().filter(|(_, _, value)| !value.is_null())
    }
}

/// Change what new people start with
///
/// Legacy: kept in the settings of the system as `<name>_default`. The legacy server also switched off what was
/// not sent; here it stays.
#[utoipa::path(put, path = "/api/admin/system-settings", tag = "settings", request_body = PreferenceDefaults,
    responses((status = 200, body = Message)))]
pub async fn update_preference_defaults(
    Admin(admin): Admin,
    State(app): State<App>,
    Json(body): Json<PreferenceDefaults>,
) -> Result<Json<Message>> {
    let stored = body.sent().map(|(member, key, value)| {
        let value = keys::canonical(key, value).map_err(|problem| invalid_field(member, problem))?;
        Ok((key.to_owned(), value))
    });
    let wanted = stored.collect::<Result<BTreeMap<_, _>>>()?;
    system::store(&app, &admin.actor(), &wanted).await?;
    Ok(message("System settings updated"))
}

/// Where the list of cadets was imported from.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct CadetSource {
    /// None if it never was.
    pub url: Option<String>,
}

/// Show where the list of cadets was imported from
#[utoipa::path(get, path = "/api/admin/settings/cadet-source", tag = "settings",
    responses((status = 200, body = CadetSource)))]
pub async fn show_cadet_source(_: Admin, State(app): State<App>) -> Result<Json<CadetSource>> {
    let settings = system::load(&app).await?;
    Ok(Json(CadetSource { url: settings.get(keys::CADET_SOURCE).map(str::to_owned) }))
}
