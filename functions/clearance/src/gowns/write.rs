//! Correcting what is written of a gown, and removing it.

use axum::extract::State as Extract;
use chrono::{DateTime, NaiveDate, Utc};
use http::StatusCode;
use shared::{
    App, Result,
    auth::principal::Principal,
    drf::{Data, Fields, Need},
    http::{Json, Money, Path},
    sql,
};
use uuid::Uuid;

use super::{
    SIZES,
    shown::GownDetail,
    state::{STATUSES, State},
    stock,
};
use crate::{
    access::{Admin, GownDesk, Person},
    times::{day, nairobi},
};

/// A number that another gown has or had.
pub const NUMBER_TAKEN: &str = "gown issuance with this gown number already exists.";

/// An amount that is not below zero.
pub fn money(fields: &mut Fields, name: &str) -> Option<Money> {
    let amount = fields.money(name, Need::Nullable, 10, 2)?;
    if amount < Money::ZERO {
        fields.reject(name, "Ensure this value is greater than or equal to 0.");
        return None;
    }
    Some(amount)
}

/// What a body says of a gown.
struct Wish {
    number: Option<String>,
    size: Option<&'static str>,
    status: Option<&'static str>,
    due: Option<NaiveDate>,
    issued: Option<DateTime<Utc>>,
    deposit: Option<Money>,
    is_paid: Option<bool>,
    receipt: Option<String>,
    condition: Option<String>,
    notes: Option<String>,
    refund: Option<Money>,
}

impl Wish {
    fn read(fields: &mut Fields, need: Need) -> Self {
        let name =
            if fields.has("gown_number") || !fields.has("gown_code") { "gown_number" } else { "gown_code" };
        Self {
            number: fields.text(name, need, 50),
            size: fields.choice("gown_size", need, &SIZES),
            status: fields.choice("status", Need::Optional, &STATUSES),
            due: fields.date("expected_return_date", need),
            issued: fields.moment("issued_date", Need::Nullable, &nairobi()),
            deposit: money(fields, "deposit_amount"),
            is_paid: fields.boolean("deposit_paid", Need::Optional),
            receipt: fields.text_or_blank("deposit_receipt", Need::Optional, 100),
            condition: fields.text_or_blank("condition_notes", Need::Optional, 2000),
            notes: fields.text_or_blank("notes", Need::Optional, 2000),
            refund: money(fields, "refund_amount"),
        }
    }

    /// The fields, but for notes, that are not what they were.
    fn changed(&self, state: &State) -> Vec<&'static str> {
        let differs = |wish: &Option<String>, now: &str| wish.as_deref().is_some_and(|wish| wish != now);
        let all = [
            ("gown_number", differs(&self.number, &state.gown_number)),
            ("gown_size", self.size.is_some_and(|size| size != state.gown_size)),
            ("status", self.status.is_some_and(|status| status != state.status)),
            ("expected_return_date", self.due.is_some_and(|due| due != state.expected_return_date)),
            ("issued_date", self.issued.is_some_and(|issued| issued != state.issued_date)),
            ("deposit_amount", self.deposit.is_some_and(|deposit| deposit != state.deposit_amount)),
            ("deposit_paid", self.is_paid.is_some_and(|paid| paid != state.deposit_paid)),
            ("deposit_receipt", differs(&self.receipt, &state.deposit_receipt)),
            ("condition_notes", differs(&self.condition, &state.condition_notes)),
        ];
        all.into_iter().filter(|(_, differs)| *differs).map(|(name, _)| name).collect()
    }
}

/// Save a gown
#[utoipa::path(put, path = "/api/gown-issuances/{id}", tag = "gowns", params(("id" = Uuid, Path)),
    request_body = Object, responses((status = 200, body = GownDetail)))]
pub async fn save_gown(
    GownDesk(person): GownDesk,
    Extract(app): Extract<App>,
    Path(id): Path<Uuid>,
    data: Data,
) -> Result<Json<GownDetail>> {
    save(&app, &person, id, data.fields(), Need::Required).await
}

/// Change a gown
///
/// A gown that is out may be said to be lost or damaged; the return and the refund have actions of their own.
#[utoipa::path(patch, path = "/api/gown-issuances/{id}", tag = "gowns", params(("id" = Uuid, Path)),
    request_body = Object, responses((status = 200, body = GownDetail)))]
pub async fn change_gown(
    GownDesk(person): GownDesk,
    Extract(app): Extract<App>,
    Path(id): Path<Uuid>,
    data: Data,
) -> Result<Json<GownDetail>> {
    save(&app, &person, id, data.fields(), Need::Optional).await
}

async fn save(
    app: &App,
    person: &Person,
    id: Uuid,
    mut fields: Fields,
    need: Need,
) -> Result<Json<GownDetail>> {
    let mut change = app.db.change(&person.actor()).await?;
    let state = State::lock(&mut change, id).await?;
    let wish = Wish::read(&mut fields, need);
    state.check_status(&mut fields, wish.status);
    state.check_fixed(&mut fields, &wish.changed(&state))?;
    let deposit = wish.deposit.unwrap_or(state.deposit_amount);
    if wish.refund.is_some_and(|refund| refund > deposit) {
        fields.reject("refund_amount", "Refund amount cannot exceed deposit amount");
    }
    let taken = sql!("SELECT EXISTS (SELECT FROM gown_issuances WHERE gown_number = $1 AND id <> $2)");
    if change.only(taken, &[&wish.number, &id]).await? {
        fields.reject("gown_number", NUMBER_TAKEN);
    }
    let (issued, due) =
        (wish.issued.unwrap_or(state.issued_date), wish.due.unwrap_or(state.expected_return_date));
    if fields.is_valid() && due < day(issued) {
        fields.reject("expected_return_date", "Return date cannot be before the issue date");
    }
    if let Some(size) = wish.size.filter(|size| *size != state.gown_size && fields.is_valid()) {
        stock::require(&mut change, &mut fields, size).await?;
    }
    fields.finish()?;
    let update = sql!(
        "UPDATE gown_issuances SET gown_number = coalesce($2, gown_number), gown_size = coalesce($3, gown_size),
                status = coalesce($4, status), expected_return_date = $5, issued_date = $6, deposit_amount = $7,
                deposit_paid = coalesce($8, deposit_paid), deposit_receipt = coalesce($9, deposit_receipt),
                condition_notes = coalesce($10, condition_notes), notes = coalesce($11, notes)
         WHERE id = $1"
    );
    let Wish { number, size, status, is_paid, receipt, condition, notes, .. } = &wish;
    change
        .execute(
            update,
            &[&id, number, size, status, &due, &issued, &deposit, is_paid, receipt, condition, notes],
        )
        .await?;
    change.commit().await?;
    GownDetail::find(app, id, None).await.map(Json)
}

/// Remove a gown
///
/// Its row is hidden, its number stays taken. A deposit that was paid must be refunded first.
#[utoipa::path(delete, path = "/api/gown-issuances/{id}", tag = "gowns", params(("id" = Uuid, Path)),
    responses((status = 204)))]
pub async fn remove_gown(
    Admin(admin): Admin,
    Extract(app): Extract<App>,
    Path(id): Path<Uuid>,
) -> Result<StatusCode> {
    let mut change = app.db.change(&admin.actor()).await?;
    State::lock(&mut change, id).await?.check_removal()?;
    let hide = sql!("UPDATE gown_issuances SET deleted_at = $2 WHERE id = $1");
    change.execute(hide, &[&id, &app.clock.now()]).await?;
    change.commit().await?;
    Ok(StatusCode::NO_CONTENT)
}
