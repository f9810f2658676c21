//! Passwords and tokens of this system.

use chrono::TimeDelta;
use serde_json::{Map, Value};
use shared::{
    App, Result,
    auth::{
        lockout::LoginThrottle,
        password::NewHash,
        policy::{RefreshForm, TokenPolicy, WithinGrace},
        rate_limit::Limit,
    },
    drf::throttled,
};

use super::User;
use crate::settings::Settings;

/// Bytes of a password that are looked at when somebody signs in; longer ones are nobody's.
pub const NEW_PASSWORD_BYTES: usize = 128;

/// Failures that lock an account for half an hour, as decided.
pub const THROTTLE: LoginThrottle = LoginThrottle {
    failures: 5,
    window: TimeDelta::minutes(15),
    lock: TimeDelta::minutes(30),
    doubling: false,
    address_failures: 10,
    optional: true,
    locked: throttled,
};

/// Sign-ins of one address, right or wrong.
pub const SIGN_INS: Limit = Limit { name: "sign-in", hits: 60, seconds: 60 };

/// Registrations of one address: a campus has one.
pub const REGISTRATIONS: Limit = Limit { name: "register", hits: 200, seconds: 3600 };

/// Refreshes of one session.
pub const REFRESHES: Limit = Limit { name: "refresh", hits: 60, seconds: 3600 };

/// How new passwords are stored.
pub fn new_hash(app: &App) -> NewHash {
    NewHash::Bcrypt(app.config.bcrypt_cost)
}

/// The rules of tokens.
pub fn policy(app: &App) -> Result<TokenPolicy> {
    let settings = Settings::of(app)?;
    Ok(TokenPolicy {
        access: Some(settings.access_token),
        refresh: settings.refresh_token,
        session: None,
        grace: TimeDelta::seconds(60),
        within_grace: WithinGrace::Reject,
        form: RefreshForm::Jwt,
    })
}

/// What tokens say of their owner, for clients that read it.
pub fn claims(user: &User) -> Map<String, Value> {
    [
        ("user_id", user.id.to_string().into()),
        ("email", user.email.clone().into()),
        ("role", user.role.clone().into()),
        ("full_name", user.full_name.clone().into()),
        ("admission_number", user.admission_number.clone().into()),
    ]
    .into_iter()
    .map(|(name, value)| (name.to_owned(), value))
    .collect()
}
