//! New tokens for a client that keeps a refresh token.

use axum::{extract::State, response::Response};
use serde::{Deserialize, Serialize};
use serde_json::json;
use shared::{
    App, Result,
    auth::{
        rate_limit::Limit,
        session::{self, Device},
    },
    db::Actor,
    error::{invalid, unauthorized},
    http::Json,
};
use utoipa::ToSchema;
use validator::Validate;

use super::{cookie::with_cookie, credential::Credential};
use crate::audit;

/// Refreshes from one address.
const REFRESHES: Limit = Limit { name: "refresh", hits: 120, seconds: 60 };

/// A refresh token from the sign-in or from the refresh before.
#[derive(Clone, Debug, Deserialize, Validate, ToSchema)]
pub struct RefreshRequest {
    /// Works once.
    #[serde(default)]
    pub refresh: Credential,
}

/// New tokens.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct Refreshed {
    /// For the `Authorization` header.
    pub token: String,
    /// For the next refresh.
    pub refresh: String,
}

/// Get new tokens
///
/// Each refresh token works once. One that is used a second time was stolen: the session ends. In maintenance it goes on
/// working, for nobody should lose a session by it; the new token opens nothing then.
#[utoipa::path(post, path = "/api/auth/refresh", tag = "auth", security(()), request_body = RefreshRequest,
    responses((status = 200, body = Refreshed)))]
pub async fn refresh(
    State(app): State<App>,
    device: Device,
    Json(body): Json<RefreshRequest>,
) -> Result<Response> {
    let presented = body.refresh.0.ok_or_else(|| invalid("required", "Refresh token required"))?;
    REFRESHES.hit(&app, device.place()).await?;
    let mut change = app.db.change_for_access(&Actor::default(), "token refresh").await?;
    let Some(tokens) = session::refresh(&app, &mut change, &presented).await? else {
        audit::record(&mut change, "REFRESH_REFUSED", "users", None, None, json!({})).await?;
        change.commit().await?;
        return Err(unauthorized("invalid_refresh", "Invalid refresh token"));
    };
    change.commit().await?;
    let body = Refreshed { token: tokens.access.clone(), refresh: tokens.refresh };
    Ok(with_cookie(&app, Some(&tokens.access), body))
}
