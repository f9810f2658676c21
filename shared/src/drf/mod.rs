//! The wire format of Django REST Framework, for systems whose clients were written against it: errors, pages, bodies.

mod body;
mod envelope;
mod fields;
mod filters;
mod gate;
mod negotiation;
mod page;
mod query;

pub use body::Data;
pub use envelope::DrfEnvelope;
pub use fields::{Fields, Need};
pub use filters::Filters;
pub use gate::{Gate, gated, throttled, within};
pub use negotiation::{Accepts, negotiate};
pub use page::{BaseAddress, PageNumber, Paginated, PaginationLinks, Window};
