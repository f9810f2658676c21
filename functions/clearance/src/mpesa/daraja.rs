//! Daraja, the API of M-PESA.

use std::{sync::PoisonError, time::Duration};

use base64::{Engine, prelude::BASE64_STANDARD};
use chrono::{DateTime, TimeDelta, Utc};
use http::StatusCode;
use secrecy::{ExposeSecret, SecretString};
use serde::{Deserialize, Serialize, de::DeserializeOwned};
use serde_json::{Value, json};
use shared::{App, Result, error::Error};
use url::Url;

use crate::{
    settings::{MpesaEnvironment, MpesaSession, MpesaSettings, Settings},
    times::nairobi,
};

/// The longest wait for an answer.
const ANSWER_WITHIN: Duration = Duration::from_secs(20);

/// How long before its end a token is not used any more.
const TOKEN_MARGIN: TimeDelta = TimeDelta::seconds(60);

/// After so many failures in a row nothing is asked for a while.
const FAILURES: u32 = 5;

/// For so long.
const PAUSE: TimeDelta = TimeDelta::seconds(60);

/// Why there is no answer to use.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Failure {
    /// Nothing was sent: M-PESA cannot be reached, or did not answer too often.
    Unavailable,
    /// It was sent, and nobody knows what came of it.
    NoAnswer,
    /// M-PESA says no.
    Refused {
        /// Its code: `400.002.02`.
        code: String,
        /// Its words.
        message: String,
    },
}

impl Failure {
    /// 503 in the words of this system.
    pub fn unavailable() -> Error {
        let text = "M-PESA is not available. Please try again later.";
        shared::error::unavailable_because(text).with("error", text)
    }
}

impl From<Failure> for Error {
    fn from(failure: Failure) -> Self {
        match failure {
            Failure::Refused { message, .. } => shared::error::bad_gateway("M-PESA").with("details", message),
            _ => Failure::unavailable(),
        }
    }
}

/// What a request to pay is answered.
#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct Pushed {
    /// Names the dialog with the phone.
    #[serde(rename = "CheckoutRequestID", default)]
    pub checkout_request_id: String,
    /// Names the request.
    #[serde(rename = "MerchantRequestID", default)]
    pub merchant_request_id: String,
    /// 0 if it was taken.
    pub response_code: String,
    /// In words.
    #[serde(default)]
    pub response_description: String,
}

/// What has become of a request to pay.
#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Queried {
    result_code: Value,
    #[serde(default)]
    result_desc: String,
}

/// The result of a request to pay: 0 if it was paid.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Outcome {
    /// `ResultCode`.
    pub code: String,
    /// In words.
    pub words: String,
}

/// The addresses for the paybill were taken.
#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct Registered {
    /// 0 if they were taken.
    pub response_code: String,
    /// In words.
    #[serde(default)]
    pub response_description: String,
}

/// A transaction of the paybill.
#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Pulled {
    /// Its number.
    pub transaction_id: String,
    /// When it was made.
    pub trx_date: String,
    /// The phone; a number or a text.
    #[serde(default)]
    pub msisdn: Value,
    /// The account.
    #[serde(default)]
    pub billreference: String,
    /// The amount; a number or a text.
    pub amount: Value,
}

/// A request to pay.
#[derive(Clone, Debug)]
pub struct Push<'a> {
    /// `254712345678`
    pub phone: &'a str,
    /// Whole shillings.
    pub shillings: i64,
    /// At most 12 characters.
    pub reference: &'a str,
    /// Where the result is told.
    pub callback: String,
}

/// The client, with what the process knows of M-PESA.
#[derive(Clone)]
pub struct Daraja<'a> {
    app: &'a App,
    settings: &'a MpesaSettings,
    base: Url,
}

impl<'a> Daraja<'a> {
    /// None where M-PESA is switched off.
    pub fn of(app: &'a App) -> Result<Option<Self>> {
        let settings = &Settings::of(app)?.mpesa;
        let base = match (&settings.base_url, settings.environment) {
            (_, MpesaEnvironment::Off) => return Ok(None),
            (Some(base), _) => base.clone(),
            // The imitation answers at the server itself.
            (None, _) => app.config.home()?.join("/_dev/daraja/")?,
        };
        Ok(Some(Self { app, settings, base }))
    }

    /// Whether M-PESA may be asked at all.
    pub fn is_available(&self) -> bool {
        let paused = self.session(|session| session.paused_until);
        paused.is_none_or(|until| self.app.clock.now() >= until)
    }

    /// Asks a phone for a payment. It is never repeated by itself.
    pub async fn push(&self, push: &Push<'_>) -> Result<Pushed, Failure> {
        let (timestamp, password) = self.password();
        let shortcode = &self.settings.shortcode;
        let body = json!({
            "BusinessShortCode": shortcode,
            "Password": password.expose_secret(),
            "Timestamp": timestamp,
            "TransactionType": "CustomerPayBillOnline",
            "Amount": push.shillings,
            "PartyA": push.phone,
            "PartyB": shortcode,
            "PhoneNumber": push.phone,
            "CallBackURL": push.callback,
            "AccountReference": push.reference,
            "TransactionDesc": "Clearance fee",
        });
        let pushed: Pushed = self.post("mpesa/stkpush/v1/processrequest", &body).await?;
        let is_nameless = pushed.response_code == "0" && pushed.checkout_request_id.is_empty();
        if is_nameless { Err(Failure::NoAnswer) } else { Ok(pushed) }
    }

    /// What has become of a request to pay; none while the phone rings.
    pub async fn query(&self, checkout_request_id: &str) -> Result<Option<Outcome>, Failure> {
        let (timestamp, password) = self.password();
        let body = json!({
            "BusinessShortCode": self.settings.shortcode,
            "Password": password.expose_secret(),
            "Timestamp": timestamp,
            "CheckoutRequestID": checkout_request_id,
        });
        match self.post::<Queried>("mpesa/stkpushquery/v1/query", &body).await {
            Ok(queried) => Ok(Some(Outcome { code: text(&queried.result_code), words: queried.result_desc })),
            Err(Failure::Refused { code, .. }) if code == "500.001.1001" => Ok(None),
            Err(failure) => Err(failure),
        }
    }

    /// Tells where payments to the paybill are asked about and told.
    pub async fn register(&self, validation: &str, confirmation: &str) -> Result<Registered, Failure> {
        let body = json!({
            "ShortCode": self.settings.shortcode,
            "ResponseType": "Completed",
            "ConfirmationURL": confirmation,
            "ValidationURL": validation,
        });
        self.post("mpesa/c2b/v2/registerurl", &body).await
    }

    /// The transactions of the paybill in a period, from the one with this index.
    pub async fn pull(
        &self,
        from: DateTime<Utc>,
        to: DateTime<Utc>,
        offset: usize,
    ) -> Result<Vec<Pulled>, Failure> {
        #[derive(Deserialize)]
        struct Answer {
            #[serde(rename = "Response", default)]
            pages: Vec<Vec<Pulled>>,
        }
        let local = |at: DateTime<Utc>| at.with_timezone(&nairobi()).format("%Y-%m-%d %H:%M:%S").to_string();
        let body = json!({
            "ShortCode": self.settings.shortcode,
            "StartDate": local(from),
            "EndDate": local(to),
            "OffSetValue": offset.to_string(),
        });
        let answer: Answer = self.post("pulltransactions/v1/query", &body).await?;
        Ok(answer.pages.into_iter().flatten().collect())
    }

    fn password(&self) -> (String, SecretString) {
        let timestamp = self.app.clock.now().with_timezone(&nairobi()).format("%Y%m%d%H%M%S").to_string();
        let MpesaSettings { shortcode, passkey, .. } = self.settings;
        let password = BASE64_STANDARD.encode(format!("{shortcode}{}{timestamp}", passkey.expose_secret()));
        (timestamp, password.into())
    }

    /// POST with a token; once more with another if M-PESA does not know it any more.
    async fn post<T: DeserializeOwned>(&self, path: &str, body: &impl Serialize) -> Result<T, Failure> {
        if !self.is_available() {
            return Err(Failure::Unavailable);
        }
        let mut answered = self.posted(path, body).await;
        if let Ok((StatusCode::UNAUTHORIZED, _)) = &answered {
            self.session(|session| session.token = None);
            answered = self.posted(path, body).await;
        }
        let read = answered.and_then(|(status, body)| read(status, &body));
        self.note(!matches!(read, Err(Failure::Unavailable | Failure::NoAnswer)));
        read
    }

    async fn posted(&self, path: &str, body: &impl Serialize) -> Result<(StatusCode, Vec<u8>), Failure> {
        let token = self.token().await?;
        let client = self.app.outbound.client().map_err(|_| Failure::Unavailable)?;
        let request = client.post(self.url(path)?).json(body).bearer_auth(token.expose_secret());
        answer(request).await
    }

    /// The token that is kept, or a new one.
    async fn token(&self) -> Result<SecretString, Failure> {
        #[derive(Deserialize)]
        struct Granted {
            access_token: String,
            expires_in: Value,
        }
        let now = self.app.clock.now();
        let kept = self.session(|session| session.token.clone());
        if let Some((token, _)) = kept.filter(|(_, until)| now < *until) {
            return Ok(token);
        }
        let client = self.app.outbound.client().map_err(|_| Failure::Unavailable)?;
        let MpesaSettings { consumer_key, consumer_secret, .. } = self.settings;
        let mut url = self.url("oauth/v1/generate")?;
        url.set_query(Some("grant_type=client_credentials"));
        let request =
            client.get(url).basic_auth(consumer_key.expose_secret(), Some(consumer_secret.expose_secret()));
        let granted = answer(request).await.and_then(|(status, body)| read::<Granted>(status, &body));
        let granted = granted.map_err(|failure| {
            tracing::warn!(?failure, "M-PESA gave no token");
            Failure::Unavailable
        })?;
        let seconds = text(&granted.expires_in).parse().unwrap_or(0);
        let until = now + TimeDelta::seconds(seconds) - TOKEN_MARGIN;
        let token = SecretString::from(granted.access_token);
        self.session(|session| session.token = Some((token.clone(), until)));
        Ok(token)
    }

    fn url(&self, path: &str) -> Result<Url, Failure> {
        let base = self.base.as_str().trim_end_matches('/');
        Url::parse(&format!("{base}/{path}")).map_err(|_| Failure::Unavailable)
    }

    /// Counts failures in a row.
    fn note(&self, answered: bool) {
        let now = self.app.clock.now();
        self.session(|session| {
            session.failures = if answered { 0 } else { session.failures + 1 };
            session.paused_until = (session.failures >= FAILURES).then_some(now + PAUSE);
        });
    }

    fn session<T>(&self, with: impl FnOnce(&mut MpesaSession) -> T) -> T {
        with(&mut self.settings.session.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

/// Sends a request. Addresses and bodies are never logged: they hold keys.
async fn answer(request: reqwest::RequestBuilder) -> Result<(StatusCode, Vec<u8>), Failure> {
    let response = request.timeout(ANSWER_WITHIN).send().await.map_err(|cause| {
        let sent = !cause.is_connect();
        tracing::warn!(cause = %cause.without_url(), sent, "M-PESA does not answer");
        if sent { Failure::NoAnswer } else { Failure::Unavailable }
    })?;
    let status = response.status();
    let body = response.bytes().await.map_err(|cause| {
        tracing::warn!(cause = %cause.without_url(), "M-PESA did not finish its answer");
        Failure::NoAnswer
    })?;
    Ok((status, body.to_vec()))
}

/// An error is what has a code, also with status 200; what has neither is no answer.
fn read<T: DeserializeOwned>(status: StatusCode, body: &[u8]) -> Result<T, Failure> {
    let value: Value = serde_json::from_slice(body).map_err(|_| Failure::NoAnswer)?;
    if let Some(code) = value.get("errorCode") {
        let message = value.get("errorMessage").map(text).unwrap_or_default();
        return Err(Failure::Refused { code: text(code), message });
    }
    if !status.is_success() {
        return Err(Failure::NoAnswer);
    }
    serde_json::from_value(value).map_err(|_| Failure::NoAnswer)
}

/// Numbers and texts alike, which Daraja mixes.
pub fn text(value: &Value) -> String {
    match value {
        Value::String(text) => text.trim().to_owned(),
        Value::Null => String::new(),
        other => other.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_error_code_is_a_refusal_and_nonsense_is_no_answer() {
        let refused = Failure::Refused { code: "400.002.02".to_owned(), message: "Bad Request".to_owned() };
        let body = br#"{"requestId":"1","errorCode":"400.002.02","errorMessage":"Bad Request"}"#;
        for status in [StatusCode::OK, StatusCode::BAD_REQUEST] {
            assert_eq!(read::<Pushed>(status, body).err(), Some(refused.clone()));
        }
        for (status, body) in [
            (StatusCode::OK, &b"<html>"[..]),
            (StatusCode::OK, b"{}"),
            (StatusCode::BAD_GATEWAY, br#"{"ResponseCode":"0"}"#),
        ] {
            assert_eq!(read::<Pushed>(status, body).err(), Some(Failure::NoAnswer));
        }
        assert!(read::<Pushed>(StatusCode::OK, br#"{"ResponseCode":"0"}"#).is_ok());
    }
}
