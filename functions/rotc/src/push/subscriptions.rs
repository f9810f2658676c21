//! Subscribing a browser, and taking it back.

use axum::extract::State;
use chrono::NaiveDateTime;
use serde::{Deserialize, Serialize};
use shared::{
    App, Result,
    db::Change,
    error::{Error, internal, invalid_field, not_found},
    http::{
        Created, Json, Page, Path,
        lenient::{filled, text_only},
    },
    push::WrongSubscription,
    row, sql,
};
use utoipa::ToSchema;
use validator::Validate;

use crate::{
    access::Member,
    answer::{Empty, Listing, Success, iso, success},
};

/// Browsers of one user; with one more the oldest is forgotten.
const MOST: i64 = 10;

/// The keys a message for a browser is encrypted with.
#[derive(Clone, Debug, Default, Serialize, Deserialize, ToSchema)]
#[serde(default)]
pub struct Keys {
    /// A point of the curve P-256, in base64url.
    #[serde(deserialize_with = "text_only")]
    pub p256dh: Option<String>,
    /// 16 bytes in base64url.
    #[serde(deserialize_with = "text_only")]
    pub auth: Option<String>,
}

/// What a browser says about itself.
#[derive(Clone, Debug, Default, Deserialize, ToSchema, Validate)]
#[serde(default)]
pub struct NewSubscription {
    /// Where its push service takes messages for it.
    #[serde(deserialize_with = "text_only")]
    pub endpoint: Option<String>,
    /// Its keys.
    pub keys: Keys,
}

row! {
    /// A subscribed browser. Its keys are not shown again.
    #[derive(Clone, Debug, Serialize, ToSchema)]
    pub struct Subscription {
        /// The subscription's id.
        pub id: i32,
        /// Whose browser it is.
        pub user: Option<i32>,
        /// Where its push service takes messages for it.
        pub endpoint: String,
        /// When it was first subscribed.
        #[serde(serialize_with = "iso")]
        #[schema(value_type = Option<String>)]
        pub created_at: Option<NaiveDateTime>,
    }
}

/// A subscription as it was sent.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct Subscribed {
    /// The stored subscription.
    #[serde(flatten)]
    pub subscription: Subscription,
    /// The keys it has.
    pub keys: Keys,
}

/// The key that browsers subscribe with.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct PublicKey {
    /// For `applicationServerKey`: an uncompressed point of the curve P-256, in base64url.
    pub public_key: String,
}

/// Show the key that browsers subscribe with
#[utoipa::path(get, path = "/api/push/public-key", tag = "push",
    responses((status = 200, body = Success<PublicKey>)))]
pub async fn show_public_key(_: Member, State(app): State<App>) -> Result<Json<Success<PublicKey>>> {
    Ok(Json(success(PublicKey { public_key: app.push.public_key().await? })))
}

/// Subscribe this browser
///
/// A browser that is known gets its new keys, and belongs to whoever is signed in now.
#[utoipa::path(post, path = "/api/push/subscribe", tag = "push", request_body = NewSubscription,
    responses((status = 201, body = Success<Subscribed>)))]
pub async fn subscribe(
    Member(user): Member,
    State(app): State<App>,
    Json(new): Json<NewSubscription>,
) -> Result<Created<Success<Subscribed>>> {
    let (endpoint, keys) = checked(&app, &new)?;
    let mut change = app.db.change(&user.actor()).await?;
    let upsert = sql!(
        "INSERT INTO push_subscriptions (user_id, endpoint, keys, created_at) VALUES ($1, $2, $3, $4)
         ON CONFLICT (endpoint) DO UPDATE SET user_id = excluded.user_id, keys = excluded.keys
         RETURNING id, user_id AS user, endpoint, created_at"
    );
    let now = app.clock.now().naive_utc();
    let stored = change.one(upsert, &[&user.id, &endpoint, &keys, &now]).await?;
    let subscription: Subscription = stored.ok_or_else(|| internal("a subscription was not stored"))?;
    forget_oldest(&mut change, user.id, subscription.id).await?;
    change.commit().await?;
    Ok(Created(success(Subscribed { subscription, keys: new.keys })))
}

/// List my subscribed browsers
#[utoipa::path(get, path = "/api/push/subscriptions", tag = "push",
    responses((status = 200, body = Listing<Subscription>)))]
pub async fn list_subscriptions(
    Member(user): Member,
    State(app): State<App>,
) -> Result<Json<Listing<Subscription>>> {
    let list = sql!(
        "SELECT id, user_id AS user, endpoint, created_at FROM push_subscriptions
         WHERE user_id = $1 ORDER BY id LIMIT $2"
    );
    let data: Vec<Subscription> = app.db.read().await?.all(list, &[&user.id, &MOST]).await?;
    let total = i64::try_from(data.len())?;
    Ok(Json(Listing::of(Page { page: 1, limit: MOST }, total, data)))
}

/// Unsubscribe a browser of mine
#[utoipa::path(delete, path = "/api/push/subscriptions/{id}", tag = "push", params(("id" = i32, Path)),
    responses((status = 200, body = Success<Empty>)))]
pub async fn delete_subscription(
    Member(user): Member,
    State(app): State<App>,
    Path(id): Path<i32>,
) -> Result<Json<Success<Empty>>> {
    let mut change = app.db.change(&user.actor()).await?;
    let delete = sql!("DELETE FROM push_subscriptions WHERE id = $1 AND user_id = $2");
    if change.execute(delete, &[&id, &user.id]).await? == 0 {
        return Err(not_found("Subscription not found"));
    }
    change.commit().await?;
    Ok(Json(success(Empty {}).saying("Subscription deleted")))
}

/// The address and the keys as they are stored: the latter as JSON text, as in the legacy server.
fn checked(app: &App, new: &NewSubscription) -> Result<(String, String)> {
    let required = |field: &'static str| move || invalid_field(field, format!("{field} is required"));
    let endpoint = filled(&new.endpoint).ok_or_else(required("endpoint"))?;
    let keys = filled(&new.keys.p256dh).zip(filled(&new.keys.auth));
    let (p256dh, auth) =
        keys.ok_or_else(|| invalid_field("keys", "Keys must contain 'p256dh' and 'auth' fields."))?;
    let subscription = app.push.subscription(endpoint, p256dh, auth).map_err(wrong)?;
    Ok((subscription.endpoint.into(), serde_json::to_string(&new.keys)?))
}

fn wrong(problem: WrongSubscription) -> Error {
    match problem {
        WrongSubscription::Endpoint => {
            invalid_field("endpoint", "endpoint must be the https address of a push service")
        }
        WrongSubscription::Key => {
            invalid_field("keys", "keys.p256dh must be a point of the curve P-256 in base64url")
        }
        WrongSubscription::Auth => invalid_field("keys", "keys.auth must be 16 bytes in base64url"),
    }
}

/// Keeps the newest browsers of a user, and in any case the one that was just subscribed.
async fn forget_oldest(change: &mut Change, user_id: i32, kept: i32) -> Result<()> {
    let forget = sql!(
        "DELETE FROM push_subscriptions
         WHERE id IN (SELECT id FROM push_subscriptions WHERE user_id = $1
                      ORDER BY id = $2 DESC, id DESC OFFSET $3)"
    );
    change.execute(forget, &[&user_id, &kept, &MOST]).await?;
    Ok(())
}
