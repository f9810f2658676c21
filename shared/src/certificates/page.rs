//! The page that the code on a certificate leads to.

use askama::Template;
use axum::response::{Html, IntoResponse, Response};
use http::{StatusCode, header};

use super::{CertificateStatus, Verdict};
use crate::Result;

#[derive(Template)]
#[template(path = "certificates/templates/verify.html")]
struct Page<'a> {
    shown: Option<Shown<'a>>,
}

struct Shown<'a> {
    status: CertificateStatus,
    title: &'a str,
    code: &'a str,
    lines: &'a [(&'static str, String)],
    revoked_on: String,
    reason: &'a str,
    key_id: &'a str,
    keys_path: &'static str,
}

/// The page of a certificate: 404 and a sentence where there is none with the code.
///
/// `title` and `lines` (`("Name", "Ana Cruz")`) show what is printed; empty lines are left out. `keys_path` is where the
/// published keys are.
pub fn page<S>(
    verdict: Option<&Verdict<S>>,
    title: &str,
    lines: &[(&'static str, String)],
    keys_path: &'static str,
) -> Result<Response> {
    let shown = verdict.map(|verdict| Shown {
        status: verdict.status,
        title,
        code: &verdict.code,
        lines,
        revoked_on: verdict.revoked_at.map(|at| at.format("%-d %B %Y").to_string()).unwrap_or_default(),
        reason: verdict.revoked_reason.as_deref().unwrap_or_default(),
        key_id: verdict.key_id.as_deref().unwrap_or_default(),
        keys_path,
    });
    let status = if shown.is_some() { StatusCode::OK } else { StatusCode::NOT_FOUND };
    let page = Page { shown }.render()?;
    let headers = [
        (header::CACHE_CONTROL, "no-store"),
        (header::REFERRER_POLICY, "no-referrer"),
        (
            header::CONTENT_SECURITY_POLICY,
            "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'",
        ),
    ];
    Ok((status, headers, Html(page)).into_response())
}
