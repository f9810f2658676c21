//! A user's preferences.

use axum::extract::State;
use serde::{Deserialize, Serialize};
use shared::{
    App, Result,
    db::Read,
    error::{internal, invalid_field},
    http::{
        Json,
        lenient::{boolean_only, present},
    },
    row, sql,
};
use utoipa::ToSchema;
use validator::Validate;

use super::keys::PALETTE;
use crate::access::Member;

row! {
    /// Preferences. A flag that was never chosen is null.
    #[derive(Clone, Debug, Serialize, ToSchema)]
    pub struct Settings {
        /// Mails about news.
        pub email_alerts: Option<bool>,
        /// Push messages.
        pub push_notifications: Option<bool>,
        /// News about activities.
        pub activity_updates: Option<bool>,
        /// Dark colours.
        pub dark_mode: Option<bool>,
        /// Less space between things.
        pub compact_mode: Option<bool>,
        /// A colour of the client's palette.
        pub primary_color: Option<String>,
        /// Where the background picture is.
        pub custom_bg: Option<String>,
    }
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            email_alerts: Some(true),
            push_notifications: Some(true),
            activity_updates: Some(true),
            dark_mode: Some(false),
            compact_mode: Some(false),
            primary_color: Some("default".to_owned()),
            custom_bg: None,
        }
    }
}

impl Settings {
    /// The stored preferences of a user, if there are any.
    pub async fn load(read: &mut Read, user_id: i32) -> Result<Option<Self>> {
        let find = sql!(
            "SELECT email_alerts, push_notifications, activity_updates, dark_mode, compact_mode, primary_color, custom_bg
             FROM user_settings WHERE user_id = $1"
        );
        read.one(find, &[&user_id]).await
    }
}

/// Preferences to change. What is absent, or of another type, stays as it is.
#[derive(Clone, Debug, Default, Deserialize, Validate, ToSchema)]
#[serde(default)]
pub struct SettingsChanges {
    /// Mails about news.
    #[serde(deserialize_with = "boolean_only")]
    pub email_alerts: Option<bool>,
    /// Push messages.
    #[serde(deserialize_with = "boolean_only")]
    pub push_notifications: Option<bool>,
    /// News about activities.
    #[serde(deserialize_with = "boolean_only")]
    pub activity_updates: Option<bool>,
    /// Dark colours.
    #[serde(deserialize_with = "boolean_only")]
    pub dark_mode: Option<bool>,
    /// Less space between things.
    #[serde(deserialize_with = "boolean_only")]
    pub compact_mode: Option<bool>,
    /// A colour of the client's palette.
    pub primary_color: Option<String>,
    /// Where the background picture is; an explicit null removes it.
    #[serde(deserialize_with = "present")]
    pub custom_bg: Option<Option<String>>,
}

/// Preferences after a change.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct SettingsChanged {
    /// Always true.
    pub success: bool,
    /// As they are now.
    pub settings: Settings,
}

/// Preferences after going back to the defaults.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct SettingsReset {
    /// Always true.
    pub success: bool,
    /// One sentence.
    pub message: &'static str,
    /// The defaults.
    pub settings: Settings,
}

/// Show one's own preferences
///
/// The first call stores the defaults.
#[utoipa::path(get, path = "/api/auth/settings", tag = "settings", responses((status = 200, body = Settings)))]
pub async fn show_settings(Member(user): Member, State(app): State<App>) -> Result<Json<Settings>> {
    if let Some(settings) = Settings::load(&mut app.db.read().await?, user.id).await? {
        return Ok(Json(settings));
    }
    let mut change = app.db.change(&user.actor()).await?;
    let insert = sql!(
        "INSERT INTO user_settings (user_id, email_alerts, push_notifications, activity_updates, dark_mode, compact_mode,
                                    primary_color)
         VALUES ($1, true, true, true, false, false, 'default') ON CONFLICT (user_id) DO NOTHING"
    );
    change.execute(insert, &[&user.id]).await?;
    change.commit().await?;
    Ok(Json(Settings::default()))
}

/// Change one's own preferences
#[utoipa::path(put, path = "/api/auth/settings", tag = "settings", request_body = SettingsChanges,
    responses((status = 200, body = SettingsChanged)))]
pub async fn update_settings(
    Member(user): Member,
    State(app): State<App>,
    Json(mut wanted): Json<SettingsChanges>,
) -> Result<Json<SettingsChanged>> {
    wanted.check()?;
    let (set_background, background) = (wanted.custom_bg.is_some(), wanted.custom_bg.flatten());
    let mut change = app.db.change(&user.actor()).await?;
    // Legacy: when there is no row yet, what is absent becomes null and not the default.
    let upsert = sql!(
        "INSERT INTO user_settings AS kept (user_id, email_alerts, push_notifications, activity_updates, dark_mode,
                                            compact_mode, primary_color, custom_bg)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $9)
         ON CONFLICT (user_id) DO UPDATE
         SET email_alerts = coalesce(excluded.email_alerts, kept.email_alerts),
             push_notifications = coalesce(excluded.push_notifications, kept.push_notifications),
             activity_updates = coalesce(excluded.activity_updates, kept.activity_updates),
             dark_mode = coalesce(excluded.dark_mode, kept.dark_mode),
             compact_mode = coalesce(excluded.compact_mode, kept.compact_mode),
             primary_color = coalesce(excluded.primary_color, kept.primary_color),
             custom_bg = CASE WHEN $8 THEN excluded.custom_bg ELSE kept.custom_bg END
         RETURNING email_alerts, push_notifications, activity_updates, dark_mode, compact_mode, primary_color, custom_bg"
    );
    let settings = change
        .one(
            upsert,
            &[
                &user.id,
                &wanted.email_alerts,
                &wanted.push_notifications,
                &wanted.activity_updates,
                &wanted.dark_mode,
                &wanted.compact_mode,
                &wanted.primary_color,
                &set_background,
                &background,
            ],
        )
        .await?
        .ok_or_else(|| internal("preferences were not stored"))?;
    change.commit().await?;
    Ok(Json(SettingsChanged { success: true, settings }))
}

/// Go back to the defaults
#[utoipa::path(post, path = "/api/auth/settings/reset", tag = "settings",
    responses((status = 200, body = SettingsReset)))]
pub async fn reset_settings(Member(user): Member, State(app): State<App>) -> Result<Json<SettingsReset>> {
    let mut change = app.db.change(&user.actor()).await?;
    let upsert = sql!(
        "INSERT INTO user_settings (user_id, email_alerts, push_notifications, activity_updates, dark_mode, compact_mode,
                                    primary_color, custom_bg)
         VALUES ($1, true, true, true, false, false, 'default', NULL)
         ON CONFLICT (user_id) DO UPDATE
         SET email_alerts = excluded.email_alerts, push_notifications = excluded.push_notifications,
             activity_updates = excluded.activity_updates, dark_mode = excluded.dark_mode,
             compact_mode = excluded.compact_mode, primary_color = excluded.primary_color,
             custom_bg = excluded.custom_bg"
    );
    change.execute(upsert, &[&user.id]).await?;
    change.commit().await?;
    let message = "Settings reset to defaults";
    Ok(Json(SettingsReset { success: true, message, settings: Settings::default() }))
}

impl SettingsChanges {
    /// Refuses colours and places the client cannot show; an empty colour means none was chosen.
    fn check(&mut self) -> Result<()> {
        self.primary_color =
            self.primary_color.take().map(|color| color.to_lowercase()).filter(|color| !color.is_empty());
        if self.primary_color.as_deref().is_some_and(|color| !PALETTE.contains(&color)) {
            return Err(invalid_field(
                "primary_color",
                format!("primary_color must be one of: {}", PALETTE.join(", ")),
            ));
        }
        let place = self.custom_bg.iter().flatten();
        let allowed =
            |url: &String| url.len() <= 2000 && (url.starts_with("/uploads/") || url.starts_with("https://"));
        if !place.into_iter().all(allowed) {
            return Err(invalid_field("custom_bg", "custom_bg must be the address of a stored picture"));
        }
        Ok(())
    }
}
