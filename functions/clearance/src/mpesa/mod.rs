//! M-PESA: requests to pay on a phone, payments to the paybill, and lists to compare with.

mod attempt;
mod attempts;
mod booking;
mod c2b;
mod daraja;
mod inbox;
mod message;
mod paybill;
mod push;
mod query;
mod reconciliation;
mod settle;

use axum::extract::DefaultBodyLimit;
use shared::{
    App,
    system::{Group, Need},
};
use utoipa_axum::{
    router::{OpenApiRouter, UtoipaMethodRouterExt},
    routes,
};

pub use booking::{BookMpesa, leave_for_review};
pub use inbox::OLD_MESSAGES;
pub use message::Paybill;
pub use paybill::book_paybill;
pub use query::{AskMpesa, QueryAttempts};
pub use reconciliation::{ReconcileMpesa, RunReconciliation, given_up};

/// The routes that talk of M-PESA, and those it calls.
pub const GROUP: Group = Group {
    name: "mpesa",
    about: "Paying by M-PESA, what M-PESA tells, and comparing its lists with ours.",
    prefixes: &[
        "/api/finance/payments/mpesa_stk_push",
        "/api/finance/payments/mpesa_query",
        "/api/finance/mpesa_callback",
        "/api/finance/mpesa_attempts",
        "/api/finance/c2b",
        "/api/finance/reconciliations",
    ],
    needs: &[Need::Database],
    memory_mb: 256,
    routes: router,
};

fn router() -> OpenApiRouter<App> {
    let called = OpenApiRouter::new()
        .routes(routes!(inbox::receive_hint))
        .routes(routes!(inbox::receive_callback))
        .routes(routes!(inbox::receive_confirmation))
        .routes(routes!(c2b::validate_payment))
        .layer(DefaultBodyLimit::max(inbox::BODY_LIMIT_BYTES));
    let lists = DefaultBodyLimit::max(reconciliation::FORM_LIMIT_BYTES);
    OpenApiRouter::new()
        .routes(routes!(push::push_to_phone))
        .routes(routes!(query::query_attempt))
        .routes(routes!(attempts::list_attempts))
        .routes(routes!(attempts::show_attempt))
        .routes(routes!(c2b::register_urls))
        .routes(routes!(reconciliation::list_reconciliations, reconciliation::reconcile).layer(lists))
        .routes(routes!(reconciliation::show_reconciliation))
        .merge(called)
}
