//! Exact amounts of money.

use std::{borrow::Cow, fmt};

use bytes::BytesMut;
use rust_decimal::{Decimal, RoundingStrategy};
use serde::{Deserialize, Deserializer, Serialize, Serializer, de::Error as _};
use serde_json::value::RawValue;
use tokio_postgres::types::{FromSql, IsNull, ToSql, Type, to_sql_checked};
use utoipa::{
    PartialSchema, ToSchema,
    openapi::{ObjectBuilder, RefOr, Schema, schema::Type as SchemaType},
};

/// An amount, exact: `numeric` in the database, a text with two decimals in JSON (`"5500.00"`), or with
/// [`Money::as_number`] a number. Never a double: a JSON number is read from its text.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Money(Decimal);

type SqlError = Box<dyn std::error::Error + Sync + Send>;

impl Money {
    /// Nothing.
    pub const ZERO: Self = Self(Decimal::ZERO);

    /// Reads digits with a sign and a point; none for anything else (`1e2`, `NaN`, `1,000`), and for more than 28 digits.
    pub fn parse(text: &str) -> Option<Self> {
        let unsigned = text.strip_prefix(['-', '+']).unwrap_or(text);
        let (whole, decimals) = unsigned.split_once('.').unwrap_or((unsigned, "0"));
        let digits = |part: &str| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit());
        if !digits(whole) || !digits(decimals) {
            return None;
        }
        Decimal::from_str_exact(text).ok().map(Self)
    }

    /// An amount in units of its currency with `places` decimals: cents with 2, yen with 0.
    pub fn from_minor(units: i64, places: u32) -> Self {
        Self(Decimal::new(units, places))
    }

    /// The same in the smallest units of its currency, which payment providers count in; none when the amount has more
    /// decimals than the currency, or is too large.
    pub fn minor(self, places: u32) -> Option<i64> {
        let units = self.0.checked_mul(Decimal::from(10_i64.checked_pow(places)?))?;
        if units.fract().is_zero() { units.trunc().try_into().ok() } else { None }
    }

    /// Decimals that are not zeros at the end.
    pub fn places(self) -> u32 {
        self.0.normalize().scale()
    }

    /// Digits before the point; none for amounts below one.
    pub fn whole_digits(self) -> u32 {
        let whole = self.0.trunc().abs();
        if whole.is_zero() { 0 } else { u32::try_from(whole.to_string().len()).unwrap_or(u32::MAX) }
    }

    /// Rounded half away from zero.
    #[must_use]
    pub fn rounded(self, places: u32) -> Self {
        Self(self.0.round_dp_with_strategy(places, RoundingStrategy::MidpointAwayFromZero))
    }

    /// The sum; none when it is too large.
    pub fn checked_add(self, other: Self) -> Option<Self> {
        self.0.checked_add(other.0).map(Self)
    }

    /// The difference; none when it is too large.
    pub fn checked_sub(self, other: Self) -> Option<Self> {
        self.0.checked_sub(other.0).map(Self)
    }

    /// A multiple, or a share (`0.075`); not rounded. None when it is too large.
    pub fn checked_mul(self, factor: Decimal) -> Option<Self> {
        self.0.checked_mul(factor).map(Self)
    }

    /// The number behind it.
    pub fn decimal(self) -> Decimal {
        self.0
    }

    /// Writes a JSON number with two decimals: `#[serde(serialize_with = "Money::as_number")]`.
    pub fn as_number<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let text = RawValue::from_string(self.to_string()).map_err(serde::ser::Error::custom)?;
        text.serialize(serializer)
    }
}

impl From<Decimal> for Money {
    fn from(amount: Decimal) -> Self {
        Self(amount)
    }
}

/// At least two decimals: `5500.00`, `0.125`.
impl fmt::Display for Money {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let places = self.places().max(2);
        write!(f, "{:.*}", usize::try_from(places).unwrap_or(2), self.0)
    }
}

impl Serialize for Money {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Money {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let written = Box::<RawValue>::deserialize(deserializer)?;
        let text: Cow<'_, str> = match written.get() {
            quoted if quoted.starts_with('"') => serde_json::from_str(quoted).map_err(D::Error::custom)?,
            number => number.into(),
        };
        Self::parse(text.trim()).ok_or_else(|| D::Error::custom("expected an amount"))
    }
}

impl<'a> FromSql<'a> for Money {
    fn from_sql(kind: &Type, raw: &'a [u8]) -> Result<Self, SqlError> {
        Decimal::from_sql(kind, raw).map(Self)
    }

    fn accepts(kind: &Type) -> bool {
        <Decimal as FromSql>::accepts(kind)
    }
}

impl ToSql for Money {
    fn to_sql(&self, kind: &Type, out: &mut BytesMut) -> Result<IsNull, SqlError> {
        self.0.to_sql(kind, out)
    }

    fn accepts(kind: &Type) -> bool {
        <Decimal as ToSql>::accepts(kind)
    }

    to_sql_checked!();
}

impl PartialSchema for Money {
    fn schema() -> RefOr<Schema> {
        let text = ObjectBuilder::new().schema_type(SchemaType::String);
        RefOr::T(text.pattern(Some(r"^-?\d+\.\d{2,}$")).examples(["5500.00"]).into())
    }
}

impl ToSchema for Money {}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(Serialize, Deserialize)]
    struct Fee {
        amount: Money,
        #[serde(serialize_with = "Money::as_number")]
        paid: Money,
    }

    #[test]
    fn json_numbers_and_texts_are_read_exactly_and_written_with_two_decimals() {
        let fee: Fee = serde_json::from_str(r#"{"amount": 0.1, "paid": "0.2"}"#).expect("a fee");
        let sum = fee.amount.checked_add(fee.paid).expect("a sum");
        assert_eq!(sum.to_string(), "0.30");
        assert_eq!(serde_json::to_string(&fee).expect("JSON"), r#"{"amount":"0.10","paid":0.20}"#);

        let exact: Fee =
            serde_json::from_str(r#"{"amount": 12345678901234567.89, "paid": 1}"#).expect("a fee");
        assert_eq!(exact.amount.to_string(), "12345678901234567.89", "a double has 15 digits");
        let value = serde_json::json!({ "amount": "7.50", "paid": 3 });
        assert_eq!(serde_json::from_value::<Fee>(value).expect("a fee").paid.to_string(), "3.00");
        for bad in ["1e2", "null", "true", "\"NaN\"", "\"1,000\"", "\"\"", "\"1.\""] {
            let body = format!(r#"{{"amount": {bad}, "paid": 1}}"#);
            assert!(serde_json::from_str::<Fee>(&body).is_err(), "{bad}");
        }
    }

    #[test]
    fn providers_count_in_minor_units() {
        let amount = |text: &str| Money::parse(text).expect("an amount");
        assert_eq!(amount("19.99").minor(2), Some(1999));
        assert_eq!(amount("500").minor(0), Some(500));
        assert_eq!(amount("19.999").minor(2), None);
        assert_eq!(Money::from_minor(1999, 2), amount("19.99"));
        assert_eq!(amount("89.995").rounded(2).to_string(), "90.00");
        assert_eq!(amount("-0.005").rounded(2).to_string(), "-0.01");
    }
}
