//! Path and query parameters whose errors take the system's envelope.

use axum::extract::FromRequestParts;
use http::request::Parts;
use serde::de::DeserializeOwned;

use super::HttpPolicy;
use crate::{Error, Result, error::invalid};

/// The variable parts of the path.
#[derive(Clone, Debug)]
pub struct Path<T>(pub T);

/// The query string.
#[derive(Clone, Debug, Default)]
pub struct Query<T>(pub T);

impl<S: Send + Sync, T: DeserializeOwned + Send> FromRequestParts<S> for Path<T> {
    type Rejection = Error;

    #[expect(clippy::disallowed_types, reason = "this is the replacement")]
    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self> {
        let path = axum::extract::Path::<T>::from_request_parts(parts, state).await;
        path.map(|path| Self(path.0)).map_err(|_| match parts.extensions.get::<&HttpPolicy>() {
            Some(policy) => policy.bad_id_error(),
            None => invalid("bad_path", "Invalid ID"),
        })
    }
}

impl<S: Send + Sync, T: DeserializeOwned> FromRequestParts<S> for Query<T> {
    type Rejection = Error;

    #[expect(clippy::disallowed_types, reason = "this is the replacement")]
    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self> {
        let query = axum::extract::Query::<T>::from_request_parts(parts, state).await;
        query
            .map(|query| Self(query.0))
            .map_err(|_| invalid("bad_query", "The query has a value that is not valid"))
    }
}
