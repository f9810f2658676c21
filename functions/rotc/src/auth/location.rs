//! Where a user is, as their device reports it.

use axum::extract::State;
use chrono::NaiveDateTime;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use shared::{
    App, Result,
    error::{invalid, not_found},
    http::Json,
    row, sql,
};
use utoipa::ToSchema;
use validator::Validate;

use crate::{
    access::Member,
    answer::{self, iso},
};

/// A position as a device sends it.
#[derive(Clone, Debug, Deserialize, Validate, ToSchema)]
pub struct NewPosition {
    /// Degrees, -90 to 90. Must be a JSON number.
    #[serde(default)]
    pub latitude: Value,
    /// Degrees, -180 to 180. Must be a JSON number.
    #[serde(default)]
    pub longitude: Value,
    /// Metres, if the device knows.
    #[serde(default)]
    pub accuracy: Value,
    /// `gps` (the default), `network` ...
    #[serde(default)]
    pub provider: Option<String>,
}

/// A position that has been recorded.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct Recorded {
    /// Always true.
    pub ok: bool,
    /// Degrees.
    #[serde(serialize_with = "answer::js_number")]
    pub latitude: f64,
    /// Degrees.
    #[serde(serialize_with = "answer::js_number")]
    pub longitude: f64,
    /// When it was recorded.
    #[serde(serialize_with = "iso")]
    pub at: Option<NaiveDateTime>,
}

row! {
    /// The last position of a user; every member is null before the first.
    #[derive(Clone, Debug, Serialize, ToSchema)]
    pub struct Position {
        /// Degrees.
        #[serde(serialize_with = "answer::js_number_or_null")]
        pub latitude: Option<f64>,
        /// Degrees.
        #[serde(serialize_with = "answer::js_number_or_null")]
        pub longitude: Option<f64>,
        /// When it was recorded.
        #[serde(serialize_with = "iso")]
        pub at: Option<NaiveDateTime>,
        /// Metres.
        #[serde(serialize_with = "answer::js_number_or_null")]
        pub accuracy: Option<f64>,
        /// What told it.
        pub provider: Option<String>,
    }
}

/// Show one's own last position
#[utoipa::path(get, path = "/api/auth/location", tag = "auth", responses((status = 200, body = Position)))]
pub async fn show_location(Member(user): Member, State(app): State<App>) -> Result<Json<Position>> {
    let find = sql!(
        "SELECT last_latitude AS latitude, last_longitude AS longitude, last_location_at AS at,
                last_location_accuracy AS accuracy, last_location_provider AS provider
         FROM users WHERE id = $1"
    );
    let position = app.db.read().await?.one(find, &[&user.id]).await?;
    position.map(Json).ok_or_else(|| not_found("User not found"))
}

/// Record where one is
#[utoipa::path(post, path = "/api/auth/location", tag = "auth", request_body = NewPosition,
    responses((status = 200, body = Recorded)))]
pub async fn record_location(
    Member(user): Member,
    State(app): State<App>,
    Json(position): Json<NewPosition>,
) -> Result<Json<Recorded>> {
    let within = |value: &Value, most: f64| value.as_f64().filter(|degrees| degrees.abs() <= most);
    let (Some(latitude), Some(longitude)) =
        (within(&position.latitude, 90.0), within(&position.longitude, 180.0))
    else {
        return Err(invalid("invalid", "latitude and longitude are required numbers"));
    };
    let at = app.clock.now().naive_utc();
    let provider: String = position.provider.unwrap_or_else(|| "gps".to_owned()).chars().take(40).collect();
    let mut change = app.db.change(&user.actor()).await?;
    let update = sql!(
        "UPDATE users SET last_latitude = $2, last_longitude = $3, last_location_at = $4,
                last_location_accuracy = $5, last_location_provider = $6
         WHERE id = $1"
    );
    let accuracy = position.accuracy.as_f64().filter(|metres| *metres >= 0.0);
    change.execute(update, &[&user.id, &latitude, &longitude, &at, &accuracy, &provider]).await?;
    change.commit().await?;
    Ok(Json(Recorded { ok: true, latitude, longitude, at: Some(at) }))
}
