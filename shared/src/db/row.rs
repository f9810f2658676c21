//! Rows as Rust types, by position.

use serde_json::Value;
use tokio_postgres::{Error, Row as PgRow, types::FromSql};
use uuid::Uuid;

use super::UserKey;

/// Something one row of a result becomes. Structs get it from [`crate::row!`], single values and pairs
/// have it already.
pub trait Row: Sized {
    /// Reads the columns in order.
    fn from_row(row: &PgRow) -> Result<Self, Error>;
}

macro_rules! tuple {
    ($($index:tt $type:ident),+) => {
        impl<$($type: for<'a> FromSql<'a>),+> Row for ($($type,)+) {
            fn from_row(row: &PgRow) -> Result<Self, Error> {
                Ok(($(row.try_get::<_, $type>($index)?,)+))
            }
        }
    };
}
tuple!(0 A, 1 B);
tuple!(0 A, 1 B, 2 C);
tuple!(0 A, 1 B, 2 C, 3 D);

macro_rules! single {
    ($($type:ty),+) => {
        $(impl Row for $type {
            fn from_row(row: &PgRow) -> Result<Self, Error> {
                row.try_get(0)
            }
        })+
    };
}
single!(bool, i32, i64, String, Uuid, Vec<u8>, Value, Option<i32>, Option<String>, UserKey);

/// Declares a struct that a row becomes: the selected columns are the fields, in the same order.
///
/// Reading by position costs nothing per name; a debug build (so every test) compares the names of the
/// columns with those of the fields, which catches a list that went out of step.
#[macro_export]
macro_rules! row {
    ($(#[$meta:meta])* $vis:vis struct $name:ident {
        $($(#[$field_meta:meta])* $field_vis:vis $field:ident : $type:ty),* $(,)?
    }) => {
        $(#[$meta])*
        $vis struct $name {
            $($(#[$field_meta])* $field_vis $field: $type),*
        }

        impl $crate::db::Row for $name {
            fn from_row(row: &tokio_postgres::Row) -> Result<Self, tokio_postgres::Error> {
                const FIELDS: &[&str] = &[$(stringify!($field)),*];
                debug_assert!(
                    row.columns().iter().map(tokio_postgres::Column::name).eq(FIELDS.iter().map(|name| name.trim_start_matches("r#"))),
                    "{} does not match the columns selected: {:?}", stringify!($name), row.columns(),
                );
                let mut at = 0..;
                Ok(Self {
                    $($field: row.try_get(at.next().unwrap_or_default())?),*
                })
            }
        }
    };
}
