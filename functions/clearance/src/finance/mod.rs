//! The graduation fee: what is due, what was received, and what somebody must decide on.

mod booking;
mod change;
mod payment;
mod payments;
pub mod phone;
mod receipt;
mod receipts;
mod records;
mod root;
mod statistics;
mod student;
mod told;
mod verify;

use axum::extract::DefaultBodyLimit;
use shared::{
    App,
    system::{Group, Need},
};
use utoipa_axum::{
    router::{OpenApiRouter, UtoipaMethodRouterExt},
    routes,
};

pub use booking::{Arrival, Booked, PLACEHOLDER, UNCONFIRMED, book, lock};
pub use payment::Payment;
pub use payments::payer;
pub use receipt::Receipt;
pub use told::to_review;

/// The routes below `/api/finance` that are not of M-PESA.
pub const GROUP: Group = Group {
    name: "finance",
    about: "The graduation fee: payments, receipts, finance records and invoices.",
    prefixes: &["/api/finance"],
    needs: &[Need::Database, Need::Files],
    memory_mb: 256,
    routes: router,
};

fn router() -> OpenApiRouter<App> {
    let files = DefaultBodyLimit::max(crate::media::FORM_LIMIT_BYTES);
    OpenApiRouter::new()
        .routes(routes!(root::list_finance))
        .routes(routes!(payments::list_payments, change::add_payment).layer(files))
        .routes(routes!(payments::list_unverified_payments))
        .routes(routes!(statistics::summarize_payments))
        .routes(routes!(payments::show_my_payment))
        .routes(routes!(payments::show_my_payment_by_alias))
        .routes(
            routes!(
                payments::show_payment,
                change::save_payment,
                change::change_payment,
                change::delete_payment
            )
            .layer(files),
        )
        .routes(routes!(verify::verify_payment))
        .routes(routes!(records::list_finance_records))
        .routes(routes!(records::show_my_finance_record))
        .routes(routes!(records::show_finance_record, records::change_finance_record))
        .routes(routes!(records::list_invoices))
        .routes(routes!(receipts::list_receipts))
        .routes(routes!(receipts::show_receipt))
        .routes(routes!(receipts::match_receipt))
        .routes(routes!(receipts::dismiss_receipt))
        .routes(routes!(receipts::refund_receipt))
        .routes(routes!(receipts::reverse_receipt))
}
