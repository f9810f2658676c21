//! The training staff: who is on it, what they tell about themselves, and their chat.

use axum::extract::DefaultBodyLimit;
use shared::{
    App,
    system::{Group, Need},
};
use utoipa_axum::{
    router::{OpenApiRouter, UtoipaMethodRouterExt},
    routes,
};

mod account;
mod archive;
pub(crate) mod chat;
mod create;
mod details;
mod fields;
mod list;
mod mails;
mod overview;
mod picture;
mod portal;
mod profile;
mod qr_code;
mod record;
mod update;

pub(crate) use account::{letters, one_at_a_time};
pub(crate) use details::plain;

/// Bytes of a profile that carries a picture of 5 MB as text, as the client's first page sends it.
const PROFILE_LIMIT_BYTES: usize = 8 * 1024 * 1024;

/// The training staff.
pub const GROUP: Group = Group {
    name: "staff",
    about: "The training staff: their records, profiles and chat.",
    prefixes: &["/api/staff", "/api/admin/staff"],
    needs: &[Need::Database, Need::Files],
    memory_mb: 256,
    routes,
};

fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(list::list_staff, create::create_staff))
        .routes(routes!(list::list_colleagues))
        .routes(routes!(list::show_me))
        .routes(routes!(list::list_archived_staff))
        .routes(routes!(overview::show_staff_overview))
        .routes(routes!(profile::save_staff_profile).layer(DefaultBodyLimit::max(PROFILE_LIMIT_BYTES)))
        .routes(
            routes!(picture::upload_picture).layer(DefaultBodyLimit::max(crate::uploads::FORM_LIMIT_BYTES)),
        )
        .routes(routes!(qr_code::save_qr_code))
        .routes(routes!(portal::record_staff_access))
        .routes(routes!(portal::acknowledge_staff_guide))
        .routes(routes!(chat::list_chat_messages, chat::post_chat_message))
        .routes(routes!(chat::show_latest_message))
        .routes(routes!(chat::edit_chat_message, chat::delete_chat_message))
        .routes(routes!(list::show_staff, update::update_staff, archive::archive_staff_member))
        .routes(routes!(archive::restore_staff_member))
        .routes(routes!(archive::archive_staff))
        .routes(routes!(archive::restore_staff))
        .routes(routes!(list::list_client_archived_staff))
}
