//! The chat of the staff in the resource API; its rules are in `staff::chat`.

use axum::extract::State;
use shared::{
    App, Result,
    error::internal,
    http::{Created, Json, PageRequest, Query},
};

use crate::{
    access::{NoSender, OnStaff, Staff},
    answer::{Listing, Success, success},
    staff::chat::{self, ChatText, StaffMessage},
};

/// Messages in a page, and the most that may be asked for.
const PAGE: (i64, i64) = (50, 1_000);

/// List the messages of the staff
///
/// Oldest first.
#[utoipa::path(get, path = "/api/messages/staff", tag = "messages", params(PageRequest),
    responses((status = 200, body = Listing<StaffMessage>)))]
pub async fn list_staff_messages(
    _: Staff,
    State(app): State<App>,
    Query(request): Query<PageRequest>,
) -> Result<Json<Listing<StaffMessage>>> {
    let page = request.page(PAGE.0, PAGE.1);
    let (data, total) = chat::page(&app, page).await?;
    Ok(Json(Listing::of(page, total, data)))
}

/// Write to the staff
///
/// The others are told. The same message again within five seconds is taken as the same.
#[utoipa::path(post, path = "/api/messages/staff", tag = "messages", request_body = ChatText,
    responses((status = 201, body = Success<StaffMessage>)))]
pub async fn create_staff_message(
    own: OnStaff<NoSender>,
    State(app): State<App>,
    Json(sent): Json<ChatText>,
) -> Result<Created<Success<StaffMessage>>> {
    let id = chat::post(&app, &own.user, own.staff_id, &sent).await?;
    let posted = chat::show(&app, id).await?.ok_or_else(|| internal("a message vanished"))?;
    Ok(Created(success(posted).saying("Message posted")))
}
