//! Certificates as they stand beside their requests.

use serde::Serialize;
use shared::{Result, db::Read, row, sql};
use utoipa::ToSchema;
use uuid::Uuid;

use crate::{media::Links, times::Local};

row! {
    /// A certificate.
    #[derive(Clone, Debug, Serialize, ToSchema)]
    pub struct ShownCertificate {
        /// Its number in its year.
        serial: String,
        /// The code of its page.
        code: String,
        /// The address of its page.
        verify_url: String,
        /// When it was given.
        issued_at: Local,
        /// When it was taken back.
        revoked_at: Option<Local>,
    }
}

/// The certificate of a request.
pub async fn shown(read: &mut Read, links: &Links, request: Uuid) -> Result<Option<ShownCertificate>> {
    let find = sql!(
        "SELECT serial, code, '/verify/' || code AS verify_url, issued_at, revoked_at FROM clearance_certificates
         WHERE clearance_request_id = $1"
    );
    let found: Option<ShownCertificate> = read.one(find, &[&request]).await?;
    Ok(found.map(|found| ShownCertificate { verify_url: links.absolute(&found.verify_url), ..found }))
}
