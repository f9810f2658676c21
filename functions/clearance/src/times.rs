//! Moments in the two forms of the legacy server, and the day it is in Nairobi.

use chrono::{DateTime, FixedOffset, NaiveDate, Utc};
use serde::{Serialize, Serializer};
use shared::{App, http::timestamp};
use tokio_postgres::types::{FromSql, Type};
use utoipa::{
    PartialSchema, ToSchema,
    openapi::{KnownFormat, ObjectBuilder, RefOr, Schema, SchemaFormat, schema::Type as SchemaType},
};

/// Nairobi, which keeps no summer time.
#[expect(clippy::expect_used, reason = "three hours are an offset")]
pub fn nairobi() -> FixedOffset {
    FixedOffset::east_opt(3 * 3600).expect("an offset")
}

/// The day it is in Nairobi.
pub fn today(app: &App) -> NaiveDate {
    day(app.clock.now())
}

/// The day of a moment in Nairobi.
pub fn day(at: DateTime<Utc>) -> NaiveDate {
    at.with_timezone(&nairobi()).date_naive()
}

/// `3 February 2026`
pub fn long(day: NaiveDate) -> String {
    day.format("%-d %B %Y").to_string()
}

macro_rules! moment {
    ($(#[$meta:meta])* $name:ident, $write:expr) => {
        $(#[$meta])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
        pub struct $name(pub DateTime<Utc>);

        impl Serialize for $name {
            fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                let write: fn(&DateTime<Utc>, S) -> Result<S::Ok, S::Error> = $write;
                write(&self.0, serializer)
            }
        }

        impl<'a> FromSql<'a> for $name {
            fn from_sql(kind: &Type, raw: &'a [u8]) -> Result<Self, Box<dyn std::error::Error + Sync + Send>> {
                DateTime::from_sql(kind, raw).map(Self)
            }

            fn accepts(kind: &Type) -> bool {
                <DateTime<Utc> as FromSql>::accepts(kind)
            }
        }

        impl PartialSchema for $name {
            fn schema() -> RefOr<Schema> {
                let text = ObjectBuilder::new().schema_type(SchemaType::String);
                RefOr::T(text.format(Some(SchemaFormat::KnownFormat(KnownFormat::DateTime))).into())
            }
        }

        impl ToSchema for $name {}
    };
}

moment! {
    /// `2025-11-01T11:51:00+03:00`, with microseconds when they are not zero.
    Local, |at, serializer| serializer.collect_str(&timestamp::local(*at, nairobi()))
}

moment! {
    /// `2025-11-02T09:06:00Z`, with milliseconds when they are not zero.
    Brief, timestamp::millis
}
