//! Who calls: the token that came with a request, and the person behind it.

use axum::extract::FromRequestParts;
use http::{HeaderMap, Method, header, request::Parts};

use super::token::{BadToken, Claims};
use crate::{
    App, Error, Result,
    db::{Actor, Scope},
    error::{Kind, unauthorized},
    http::{Receiving, RequestId, address::client_address},
};

/// The cookie whose text a page repeats in the header [`CSRF_HEADER`]: only pages of the same site can read it.
pub const CSRF_COOKIE: &str = "csrf_token";

/// The header that repeats [`CSRF_COOKIE`].
pub const CSRF_HEADER: &str = "x-csrf-token";

/// Whoever a system signs in, as its handlers know them.
pub trait Principal: Clone + Send + Sync + 'static {
    /// Where the token of an ordinary request is looked for, in this order.
    const SOURCES: &'static [Source];

    /// Tables that [`Self::load`] reads besides the sessions: a change of one takes effect with the next request.
    const TABLES: &'static [&'static str];

    /// The person behind a signed token, if its session lives and they may still sign in: one query.
    fn load(app: &App, claims: &Claims) -> impl Future<Output = Result<Option<Self>>> + Send;

    /// Refuses somebody who may sign in but may call nothing now, as in maintenance. Asked with every request.
    fn admit(&self, app: &App) -> impl Future<Output = Result<()>> + Send;

    /// The same person, making a request.
    #[must_use]
    fn calling(self, call: Call) -> Self;

    /// What a request without a token that holds is answered: 401 in the words of the system.
    fn refusal(reason: BadToken) -> Error {
        match reason {
            BadToken::Missing => unauthorized("no_token", "No token provided"),
            _ => unauthorized("invalid_token", "Invalid token"),
        }
    }

    /// In whose name their changes are made, and whose rows they see.
    fn actor(&self) -> Actor;

    /// Whose rows they see.
    fn scope(&self) -> Scope {
        self.actor().scope
    }
}

/// A rule about who may call a handler, whose first argument is of this type. [`permits!`](crate::permits) makes extractors
/// of such types.
pub trait Permit: Sized {
    /// Who asks to be let in.
    type Principal: Principal;

    /// Where their token is looked for.
    const SOURCES: &'static [Source] = Self::Principal::SOURCES;

    /// Lets them in, or refuses them with 403 in the words of the system.
    fn permit(principal: Self::Principal) -> Result<Self>;
}

/// Makes extractors of types with a [`Permit`](crate::auth::principal::Permit): 401 without a token that holds, 403 by the
/// rule. Types with a parameter stand after it: `permits! { [R: Refusal] Own<R> }`.
#[macro_export]
macro_rules! permits {
    (@one [$($parameter:tt)*] $rule:ty) => {
        impl<$($parameter)*> axum::extract::FromRequestParts<$crate::App> for $rule {
            type Rejection = $crate::Error;

            async fn from_request_parts(
                parts: &mut http::request::Parts,
                app: &$crate::App,
            ) -> $crate::Result<Self> {
                use $crate::auth::principal::{Permit, required};
                Self::permit(required(app, parts, Self::SOURCES).await?)
            }
        }
    };
    (@each $parameters:tt $($rule:ty),+) => { $($crate::permits! { @one $parameters $rule })+ };
    ([$($parameter:tt)*] $($rule:ty),+) => { $crate::permits! { @each [$($parameter)*] $($rule),+ } };
    ($($rule:ty),+) => { $crate::permits! { @each [] $($rule),+ } };
}

/// What is to be known of a request besides who makes it.
#[derive(Clone, Debug, Default)]
pub struct Call {
    /// The request's id.
    pub request_id: Option<String>,
    /// The client's address.
    pub address: Option<String>,
}

/// Where a token comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Source {
    /// `Authorization`, with or without `Bearer`.
    Header,
    /// `Authorization` with `Bearer` and one token; with any other word it counts as absent.
    Bearer,
    /// The cookie of this name. Browsers send it with requests that other sites have started; so a request that changes
    /// something must prove that it comes from a page of ours.
    Cookie(&'static str),
    /// The query parameter of this name: for files, event streams and sockets, which browsers open without a header.
    Query(&'static str),
}

/// Somebody signed in. Anybody else is refused with 401.
#[derive(Clone, Debug)]
pub struct Signed<P>(pub P);

/// Anybody, with who they are if they are signed in. A token that does not hold counts as none.
#[derive(Clone, Debug)]
pub struct Maybe<P>(pub Option<P>);

impl<P: Principal> FromRequestParts<App> for Signed<P> {
    type Rejection = Error;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self> {
        required(app, parts, P::SOURCES).await.map(Self)
    }
}

impl<P: Principal> FromRequestParts<App> for Maybe<P> {
    type Rejection = Error;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self> {
        optional(app, parts, P::SOURCES).await.map(Self)
    }
}

/// The person behind the first token found; 401 without one, or when it does not hold.
pub async fn required<P: Principal>(app: &App, parts: &Parts, sources: &[Source]) -> Result<P> {
    let token = token::<P>(app, parts, sources)?.ok_or_else(|| P::refusal(BadToken::Missing))?;
    // Boxed: every handler's future would hold all of it.
    let person: P = Box::pin(examined(app, &token, call(app, parts))).await?.map_err(P::refusal)?;
    Receiving::is_from(&parts.extensions, || person.actor().user);
    Ok(person)
}

/// Whoever is behind the first token found, if there is one that holds.
pub async fn optional<P: Principal>(app: &App, parts: &Parts, sources: &[Source]) -> Result<Option<P>> {
    match token::<P>(app, parts, sources)? {
        Some(token) => {
            let person: Option<P> = Box::pin(bearer(app, &token, call(app, parts))).await?;
            Receiving::is_from(&parts.extensions, || person.as_ref().and_then(|person| person.actor().user));
            Ok(person)
        }
        None => Ok(None),
    }
}

/// The person behind a token, however it came.
pub async fn bearer<P: Principal>(app: &App, token: &str, call: Call) -> Result<Option<P>> {
    Ok(examined(app, token, call).await?.ok())
}

async fn examined<P: Principal>(app: &App, token: &str, call: Call) -> Result<Result<P, BadToken>> {
    let claims = match app.signer.examine(token, app.clock.now()).await? {
        Ok(claims) => claims,
        Err(reason) => return Ok(Err(reason)),
    };
    let found = app.sessions.principal(&claims, P::TABLES, P::load(app, &claims)).await?;
    let Some(principal) = found else { return Ok(Err(BadToken::Invalid)) };
    principal.admit(app).await?;
    Ok(Ok(principal.calling(call)))
}

fn call(app: &App, parts: &Parts) -> Call {
    Call {
        request_id: parts.extensions.get::<RequestId>().map(|id| id.0.clone()),
        address: client_address(parts, app.config.trusted_hops),
    }
}

/// The first token found. Refuses one from a cookie with a request that another site may have started.
fn token<P: Principal>(app: &App, parts: &Parts, sources: &[Source]) -> Result<Option<String>> {
    for source in sources {
        let found = match source {
            Source::Header => header_token(&parts.headers),
            Source::Bearer => bearer_token(&parts.headers).map_err(P::refusal)?,
            Source::Query(name) => query_token(parts, name),
            Source::Cookie(name) => cookie(&parts.headers, name).map(str::to_owned),
        };
        let Some(token) = found else { continue };
        if matches!(source, Source::Cookie(_))
            && !is_safe(&parts.method)
            && !is_same_site(app, &parts.headers)
        {
            return Err(Error::new(Kind::Forbidden, "csrf", "Missing or wrong CSRF token."));
        }
        return Ok(Some(token));
    }
    Ok(None)
}

/// Methods that change nothing.
fn is_safe(method: &Method) -> bool {
    [Method::GET, Method::HEAD, Method::OPTIONS].contains(method)
}

/// Whether a page of ours has sent the request: it repeats a cookie that pages of other sites cannot read, and the browser, if
/// it names the origin of the page, names one of ours.
fn is_same_site(app: &App, headers: &HeaderMap) -> bool {
    let text = |name: &str| headers.get(name).and_then(|value| value.to_str().ok());
    let own = app.config.public_url.as_ref().map(|url| url.origin().ascii_serialization());
    let is_ours = |origin: &str| {
        own.as_deref().is_none_or(|own| own == origin)
            || app.config.cors_origins.iter().any(|known| known == origin)
    };
    let repeated = text(CSRF_HEADER).filter(|value| !value.is_empty());
    text(header::ORIGIN.as_str()).is_none_or(is_ours)
        && repeated.is_some()
        && repeated == cookie(headers, CSRF_COOKIE)
}

fn header_token(headers: &HeaderMap) -> Option<String> {
    let value = headers.get(header::AUTHORIZATION)?.to_str().ok()?.trim();
    let token = value.strip_prefix("Bearer ").unwrap_or(value).trim();
    (!token.is_empty() && token != "Bearer").then(|| token.to_owned())
}

fn bearer_token(headers: &HeaderMap) -> Result<Option<String>, BadToken> {
    let value = headers.get(header::AUTHORIZATION).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let mut words = value.split_whitespace();
    if words.next() != Some("Bearer") {
        return Ok(None);
    }
    match (words.next(), words.next()) {
        (Some(token), None) => Ok(Some(token.to_owned())),
        _ => Err(BadToken::BadHeader),
    }
}

fn query_token(parts: &Parts, name: &str) -> Option<String> {
    let mut pairs = url::form_urlencoded::parse(parts.uri.query()?.as_bytes());
    pairs.find(|(key, _)| key == name).map(|(_, token)| token.into_owned()).filter(|token| !token.is_empty())
}

/// The value of a cookie of the request.
fn cookie<'a>(headers: &'a HeaderMap, name: &str) -> Option<&'a str> {
    let lines = headers.get_all(header::COOKIE).iter().filter_map(|value| value.to_str().ok());
    let mut pairs = lines.flat_map(|line| line.split(';')).filter_map(|pair| pair.trim().split_once('='));
    pairs.find(|(key, _)| *key == name).map(|(_, value)| value)
}
