//! HTTP: extractors and answers that speak the system's envelope, and the layers around every route.

pub mod address;
mod edge;
pub mod envelope;
mod etag;
mod json;
mod multipart;
mod normalise;
pub mod openapi;
mod page;
mod params;
mod service;
mod stream;

pub use edge::RequestId;
pub use json::{Accepted, Created, Json};
pub use multipart::{FormData, UploadedFile};
pub(crate) use normalise::with_path;
pub use page::{Page, PageRequest};
pub use params::{Path, Query};
pub use service::{group_service, service, service_with_pages};
pub use stream::{Pieces, Written, written};
