//! HTTP: extractors and answers that speak the system's envelope, and the layers around every route.

pub mod address;
pub mod cached;
pub mod cookie;
pub mod download;
mod edge;
pub mod envelope;
mod etag;
pub mod idempotency;
mod json;
pub mod lenient;
mod money;
mod multipart;
mod normalise;
pub mod openapi;
mod ordering;
mod page;
mod params;
mod policy;
mod service;
mod stream;
pub mod table_file;
pub mod timestamp;
pub mod webhook;

pub use edge::RequestId;
pub(crate) use json::body as read_body;
pub use json::{Accepted, Created, Json};
pub use money::Money;
pub use multipart::{FormData, UploadedFile};
pub(crate) use normalise::with_path;
pub use ordering::{Ordering, Sortable};
pub use page::{Page, PageRequest};
pub use params::{Path, Query};
pub use policy::{Cors, HttpPolicy, Slash, Surface};
pub use service::{group_service, service, service_with_pages};
pub use stream::{Pieces, Written, written};
