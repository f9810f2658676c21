//! Forms: the same fields as JSON or as `multipart/form-data` with files.

use std::collections::BTreeMap;

use axum::{
    body::HttpBody,
    extract::{FromRequest, Multipart, Request},
};
use bytes::Bytes;
use http::header;
use serde_json::{Map, Value};

use super::{Json, Receiving};
use crate::{
    Error, Result,
    error::{invalid, too_large},
};

/// The fields and files of a form, however they were sent. Fields of a multipart body are texts.
#[derive(Clone, Debug, Default)]
pub struct FormData {
    /// Fields by name; the last of a name counts.
    pub fields: Map<String, Value>,
    /// Files by field name, in order.
    pub files: BTreeMap<String, Vec<UploadedFile>>,
}

/// A file as the client sent it. Its name and type are claims.
#[derive(Clone, Debug)]
pub struct UploadedFile {
    /// The name, as far as the client told one; never used for storing.
    pub name: String,
    /// The contents.
    pub body: Bytes,
}

/// A JSON object with any members.
#[derive(serde::Deserialize, validator::Validate)]
struct Members {
    #[serde(flatten)]
    map: Map<String, Value>,
}

impl FormData {
    /// The one file of the field `name`, or none. Files of other fields, or a second one, are refused.
    pub fn only_file(&mut self, name: &str) -> Result<Option<UploadedFile>> {
        let mut wanted = self.files.remove(name).unwrap_or_default();
        if !self.files.is_empty() || wanted.len() > 1 {
            return Err(invalid("unexpected_file", "Unexpected field"));
        }
        Ok(wanted.pop())
    }
}

impl<S: Send + Sync> FromRequest<S> for FormData {
    type Rejection = Error;

    async fn from_request(request: Request, state: &S) -> Result<Self> {
        let kind = request
            .headers()
            .get(header::CONTENT_TYPE)
            .and_then(|value| value.to_str().ok())
            .unwrap_or_default();
        if !kind.starts_with("multipart/form-data") {
            let Json(members) = Json::<Members>::from_request(request, state).await?;
            return Ok(Self { fields: members.map, files: BTreeMap::new() });
        }
        let receiving = Receiving::admit(request.extensions(), request.body().size_hint().upper()).await?;
        let multipart = Multipart::from_request(request, state).await;
        let form = read(multipart.map_err(|_| invalid("bad_form", "The form could not be read"))?).await?;
        if let Some(receiving) = receiving {
            receiving.count_files(form.files.values().map(Vec::len).sum()).await?;
        }
        Ok(form)
    }
}

async fn read(mut multipart: Multipart) -> Result<FormData> {
    let mut form = FormData::default();
    while let Some(field) = multipart.next_field().await.map_err(cut)? {
        let name = field.name().unwrap_or_default().to_owned();
        if let Some(claimed) = field.file_name().map(str::to_owned) {
            let body = field.bytes().await.map_err(cut)?;
            form.files.entry(name).or_default().push(UploadedFile { name: claimed, body });
        } else {
            form.fields.insert(name, Value::String(field.text().await.map_err(cut)?));
        }
    }
    Ok(form)
}

fn cut(cause: axum::extract::multipart::MultipartError) -> Error {
    match cause.status() {
        http::StatusCode::PAYLOAD_TOO_LARGE => too_large("File too large"),
        _ => invalid("bad_form", "The form could not be read to its end"),
    }
}
