//! Gowns that come back, and deposits that go back.

use axum::extract::State as Extract;
use shared::{
    App, Result,
    auth::principal::Principal,
    drf::{Data, Need},
    http::{Json, Money, Path},
    sql,
};
use uuid::Uuid;

use super::{shown::GownDetail, state::State};
use crate::{
    access::GownDesk,
    kes::kes,
    notices::{About, Notice, To, notify},
    times::{long, today},
};

/// Take a gown back
///
/// Also one that was lost or damaged. `damage_fee` is kept from the deposit.
#[utoipa::path(post, path = "/api/gown-issuances/{id}/mark-returned", tag = "gowns", params(("id" = Uuid, Path)),
    request_body = Object, responses((status = 200, body = GownDetail)))]
pub async fn return_gown(
    GownDesk(person): GownDesk,
    Extract(app): Extract<App>,
    Path(id): Path<Uuid>,
    data: Data,
) -> Result<Json<GownDetail>> {
    let mut fields = data.fields();
    let condition = fields.text_or_blank("condition_notes", Need::Nullable, 2000);
    let damage_fee = fields.money("damage_fee", Need::Nullable, 10, 2).unwrap_or_default();
    let mut change = app.db.change(&person.actor()).await?;
    let state = State::lock(&mut change, id).await?;
    fields.finish()?;
    state.check_return(damage_fee)?;
    let update = sql!(
        "UPDATE gown_issuances SET status = 'returned', actual_return_date = $2, returned_to_id = $3, damage_fee = $4,
                condition_notes = coalesce(nullif($5, ''), condition_notes)
         WHERE id = $1"
    );
    change.execute(update, &[&id, &app.clock.now(), &person.id, &damage_fee, &condition]).await?;
    let (number, day) = (&state.gown_number, long(today(&app)));
    let notice = Notice {
        kind: "gown_returned",
        title: "Gown Returned",
        message: format!("Gown {number} was returned on {day}."),
        about: About::Gown(id),
        mail: true,
    };
    notify(&app, &mut change, To::Student(state.student_id), &notice).await?;
    change.commit().await?;
    GownDetail::find(&app, id, None).await.map(Json)
}

/// Pay a deposit back
#[utoipa::path(post, path = "/api/gown-issuances/{id}/refund-deposit", tag = "gowns", params(("id" = Uuid, Path)),
    request_body = Object, responses((status = 200, body = GownDetail)))]
pub async fn refund_deposit(
    GownDesk(person): GownDesk,
    Extract(app): Extract<App>,
    Path(id): Path<Uuid>,
    data: Data,
) -> Result<Json<GownDetail>> {
    let mut fields = data.fields();
    let amount = fields.money("refund_amount", Need::Required, 10, 2);
    if amount.is_some_and(|amount| amount <= Money::ZERO) {
        fields.reject("refund_amount", "Refund amount must be greater than zero");
    }
    let mut change = app.db.change(&person.actor()).await?;
    let state = State::lock(&mut change, id).await?;
    fields.finish()?;
    let amount = amount.unwrap_or_default();
    state.check_refund(amount)?;
    let update = sql!(
        "UPDATE gown_issuances SET deposit_refunded = TRUE, refund_amount = $2, refund_date = $3 WHERE id = $1"
    );
    change.execute(update, &[&id, &amount, &app.clock.now()]).await?;
    let notice = Notice {
        kind: "gown_refunded",
        title: "Deposit Refunded",
        message: format!("{} of your deposit was refunded.", kes(amount)),
        about: About::Gown(id),
        mail: true,
    };
    notify(&app, &mut change, To::Student(state.student_id), &notice).await?;
    change.commit().await?;
    GownDetail::find(&app, id, None).await.map(Json)
}
