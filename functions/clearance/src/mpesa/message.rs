//! The bodies that M-PESA sends.

use chrono::{DateTime, Datelike, NaiveDateTime, Utc};
use serde_json::Value;
use shared::http::Money;

use super::{daraja::text, settle::Paid};
use crate::times::nairobi;

/// The result of a request to pay.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Callback {
    /// Names the dialog with the phone.
    pub checkout_request_id: String,
    /// Names the request.
    pub merchant_request_id: String,
    /// 0 if it was paid.
    pub code: String,
    /// In words.
    pub words: String,
    /// How much was paid.
    pub amount: Option<Money>,
    /// The number of the transaction.
    pub number: Option<String>,
    /// The phone that paid.
    pub phone: Option<String>,
    /// When it was paid.
    pub at: Option<DateTime<Utc>>,
}

impl Callback {
    /// None if it is not one.
    pub fn read(body: &Value) -> Option<Self> {
        let called = body.get("Body")?.get("stkCallback")?;
        let items = called["CallbackMetadata"]["Item"].as_array().cloned().unwrap_or_default();
        let item = |name: &str| {
            let found = items.iter().find(|item| item["Name"] == name);
            found.map(|item| text(&item["Value"])).filter(|value| !value.is_empty())
        };
        let callback = Self {
            checkout_request_id: text(&called["CheckoutRequestID"]),
            merchant_request_id: text(&called["MerchantRequestID"]),
            code: text(&called["ResultCode"]),
            words: text(&called["ResultDesc"]),
            amount: item("Amount").and_then(|text| amount(&text)),
            number: item("MpesaReceiptNumber").filter(|number| number.len() <= 100),
            phone: item("PhoneNumber"),
            at: item("TransactionDate").and_then(|text| moment(&text)),
        };
        (!callback.checkout_request_id.is_empty() && !callback.code.is_empty()).then_some(callback)
    }

    /// The payment it tells of, if it tells of one.
    pub fn paid(&self) -> Paid {
        let Self { amount, number, phone, at, words, .. } = self.clone();
        Paid { amount, number, phone, at, words }
    }
}

/// A payment to the paybill.
#[derive(Clone, Debug, PartialEq)]
pub struct Paybill {
    /// The number of the transaction.
    pub number: String,
    /// How much.
    pub amount: Money,
    /// The paybill; none where a list is of one paybill anyway.
    pub shortcode: Option<String>,
    /// What the payer wrote as account.
    pub account: String,
    /// The phone, or a hash or mask of it.
    pub phone: String,
    /// When it was paid.
    pub at: Option<DateTime<Utc>>,
}

impl Paybill {
    /// The error says why nothing can be booked.
    pub fn read(body: &Value) -> Result<Self, &'static str> {
        let number = text(&body["TransID"]);
        if number.is_empty() || number.len() > 100 {
            return Err("There is no TransID");
        }
        let amount = amount(&text(&body["TransAmount"])).ok_or("The amount cannot be read")?;
        Ok(Self {
            number,
            amount,
            shortcode: Some(text(&body["BusinessShortCode"])),
            account: text(&body["BillRefNumber"]),
            phone: text(&body["MSISDN"]),
            at: moment(&text(&body["TransTime"])),
        })
    }
}

/// An amount above zero with at most two decimals, with or without commas.
pub fn amount(text: &str) -> Option<Money> {
    let amount = Money::parse(&text.replace(',', ""))?;
    (amount > Money::ZERO && amount.places() <= 2 && amount.whole_digits() <= 10).then_some(amount)
}

/// `20251120101500`, of Nairobi.
fn moment(text: &str) -> Option<DateTime<Utc>> {
    let local = NaiveDateTime::parse_from_str(text, "%Y%m%d%H%M%S").ok()?;
    // What is not of this time is a mistake: it would be dealt first, or count as the latest for ever.
    let at = local.and_local_timezone(nairobi()).single()?.to_utc();
    (2000..2100).contains(&at.year()).then_some(at)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn callbacks_are_read_with_numbers_and_texts_alike() {
        let callback = Callback::read(&json!({ "Body": { "stkCallback": {
            "MerchantRequestID": "mr-1", "CheckoutRequestID": "ws_CO_1", "ResultCode": 0, "ResultDesc": "ok",
            "CallbackMetadata": { "Item": [
                { "Name": "Amount", "Value": 5500.00 }, { "Name": "MpesaReceiptNumber", "Value": "RCB1" },
                { "Name": "Balance" }, { "Name": "TransactionDate", "Value": 20_251_120_101_500_i64 },
                { "Name": "PhoneNumber", "Value": 254_712_345_678_i64 },
            ] },
        } } }));
        let callback = callback.expect("a callback");
        assert_eq!((callback.code.as_str(), callback.number.as_deref()), ("0", Some("RCB1")));
        assert_eq!(callback.amount, Money::parse("5500"));
        assert_eq!(callback.at.map(|at| at.to_rfc3339()).as_deref(), Some("2025-11-20T07:15:00+00:00"));
        assert_eq!(Callback::read(&json!([])), None);
        assert_eq!(Callback::read(&json!({ "Body": { "stkCallback": {} } })), None);
    }

    #[test]
    fn paybill_payments_need_a_number_and_an_amount() {
        let body = |number: &str, amount: &str| {
            Paybill::read(
                &json!({ "TransID": number, "TransAmount": amount, "BillRefNumber": " SCE/CS/0001/2024 " }),
            )
        };
        assert_eq!(body("A1", "5500.00").map(|paid| paid.account).as_deref(), Ok("SCE/CS/0001/2024"));
        assert!(body("", "5500.00").is_err());
        for amount in ["0", "-5", "abc", "", "1.005"] {
            assert!(body("A1", amount).is_err(), "{amount}");
        }
    }
}
