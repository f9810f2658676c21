//! How the system looks over HTTP: as the legacy servers did, whose clients go on calling it.

use shared::{
    error::Kind,
    http::{Cors, HttpPolicy, Slash, Surface},
};

/// Bytes of a body: the limit of the legacy server.
const BODY_LIMIT: usize = 100 * 1024;

/// Express matched paths in any case and with or without the final slash; clients of the resource API call `/api/v1`.
pub static HTTP: HttpPolicy = HttpPolicy {
    surfaces: &[
        Surface {
            prefixes: &["/api/v1", "/api"],
            canonical: "/api",
            slash: Slash::Both,
            body_limit: BODY_LIMIT,
        },
        Surface { prefixes: &[""], canonical: "", slash: Slash::Both, body_limit: BODY_LIMIT },
    ],
    any_case: true,
    any_separator: false,
    // Without credentials: the token travels in a header, so any origin may ask, unless a list says which.
    cors: Cors {
        credentials: false,
        development_origins: &[],
        methods: "GET,HEAD,PUT,PATCH,POST,DELETE",
        headers: None,
        exposed: "ETag, Content-Disposition, X-Request-ID",
        max_age: None,
        preflight: http::StatusCode::NO_CONTENT,
    },
    csp: CONTENT_SECURITY_POLICY,
    bad_id: Kind::Invalid,
    challenge: "Bearer",
    layer: None,
};

/// What may load from where: the client's pages talk to us and to the weather and map services; scripts
/// come from us and from the CDN of its text recognition.
const CONTENT_SECURITY_POLICY: &str = "default-src 'self'; \
    script-src 'self' 'wasm-unsafe-eval' blob: https://cdn.jsdelivr.net; worker-src 'self' blob:; \
    style-src 'self' 'unsafe-inline' https://fonts.googleapis.com; font-src 'self' data: https://fonts.gstatic.com; \
    img-src 'self' data: blob: https:; media-src 'self' blob:; \
    connect-src 'self' data: blob: https://cdn.jsdelivr.net https://tessdata.projectnaptha.com \
    https://api.open-meteo.com https://nominatim.openstreetmap.org https://ipapi.co; \
    object-src 'none'; base-uri 'self'; form-action 'self'; frame-ancestors 'none'";
