//! Accounts: signing in and out, one's own profile, and the accounts of others.

mod address;
mod credentials;
mod manage;
mod password;
mod profile;
mod register;
mod reset;
mod sign_in;
mod user;

use shared::{
    App,
    system::{Group, Need, SignIn},
};
use utoipa_axum::{router::OpenApiRouter, routes};

pub use address::is_free;
pub use credentials::{NEW_PASSWORD_BYTES, new_hash};
pub use manage::{deactivate, welcome};
pub use password::check as check_password;
pub use register::Registration;
pub use reset::SendReset;
pub use user::User;

/// The routes below `/api/auth`, which is `/api/users` too.
pub const GROUP: Group = Group {
    name: "accounts",
    about: "Signing in and out, one's own profile, and the accounts of others.",
    prefixes: &["/api/auth", "/reset-password"],
    needs: &[Need::Database],
    memory_mb: 256,
    routes: router,
};

/// How to get a token.
pub const TOKENS: SignIn = SignIn {
    operation: "obtain_tokens",
    name: "email",
    password: "password",
    token: "access",
    demo: Some("admin@mksu.ac.ke"),
};

fn router() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(register::register))
        .routes(routes!(sign_in::log_in))
        .routes(routes!(sign_in::obtain_tokens))
        .routes(routes!(sign_in::refresh_tokens))
        .routes(routes!(sign_in::log_out))
        .routes(routes!(profile::verify_token))
        .routes(routes!(profile::show_profile, profile::save_profile, profile::change_profile))
        .routes(routes!(
            profile::change_password,
            profile::change_password_partly,
            profile::change_password_as_before
        ))
        .routes(routes!(reset::ask_for_reset))
        .routes(routes!(reset::confirm_reset))
        .routes(routes!(reset::show_reset_page, reset::save_reset_page))
        .routes(routes!(sign_in::check_accounts))
        .routes(routes!(manage::list_users, manage::add_user))
        .routes(routes!(manage::show_user, manage::save_user, manage::change_user, manage::deactivate_user))
}
