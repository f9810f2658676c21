//! Signing in and out, who one is, and where one is.

use shared::{
    App,
    auth::rate_limit::Limit,
    system::{Group, Need, SignIn},
};
use utoipa_axum::{router::OpenApiRouter, routes};

mod account;
mod admin_profile;
mod cookie;
mod credential;
mod link;
mod location;
mod person;
mod profile;
mod refresh;
mod register;
mod session;
mod sign_in;

pub use link::{SIGN_IN, link_address};

/// How to get a token.
pub const TOKENS: SignIn = SignIn {
    operation: "login",
    name: "username",
    password: "password",
    token: "token",
    demo: Some("admin"),
};

/// Sign-in.
pub const GROUP: Group = Group {
    name: "auth",
    about: "Signing in and out, tokens, and the account of whoever is signed in.",
    prefixes: &["/api/auth", "/api/admin/profile"],
    needs: &[Need::Database, Need::Files],
    memory_mb: 256,
    routes,
};

/// Sign-ins of any outcome from one address: generous, since a whole school may share it.
const SIGN_INS: Limit = Limit { name: "sign-in", hits: 120, seconds: 60 };

fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(sign_in::login))
        .routes(routes!(sign_in::cadet_login))
        .routes(routes!(sign_in::staff_login))
        .routes(routes!(link::link_page, link::redeem_link))
        .routes(routes!(link::link_script))
        .routes(routes!(session::logout))
        .routes(routes!(session::heartbeat_read, session::heartbeat))
        .routes(routes!(refresh::refresh))
        .routes(routes!(register::register))
        .routes(routes!(profile::show_profile))
        .routes(routes!(location::show_location, location::record_location))
        .merge(admin_profile::admin_profile_routes())
}
