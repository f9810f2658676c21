//! Keys of users and tenants as text: systems number them or give them UUIDs, the tables in `muster` and the tokens are the
//! same for all.

use std::{error::Error as StdError, fmt, str::FromStr};

use bytes::BytesMut;
use serde::{Deserialize, Serialize};
use tokio_postgres::types::{FromSql, IsNull, ToSql, Type, to_sql_checked};
use uuid::Uuid;

macro_rules! text_key {
    ($(#[$meta:meta])* $name:ident) => {
        $(#[$meta])*
        #[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
        #[serde(transparent)]
        pub struct $name(String);

        impl $name {
            /// The text, as it stands in the database and in tokens.
            pub fn as_str(&self) -> &str {
                &self.0
            }

            /// The key in the type of its system; none when the text is not of that type.
            pub fn parse<T: FromStr>(&self) -> Option<T> {
                self.0.parse().ok()
            }
        }

        impl From<i32> for $name {
            fn from(id: i32) -> Self {
                Self(id.to_string())
            }
        }

        impl From<Uuid> for $name {
            fn from(id: Uuid) -> Self {
                Self(id.to_string())
            }
        }

        impl From<&Self> for $name {
            fn from(key: &Self) -> Self {
                key.clone()
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }

        impl ToSql for $name {
            fn to_sql(
                &self,
                kind: &Type,
                out: &mut BytesMut,
            ) -> Result<IsNull, Box<dyn StdError + Sync + Send>> {
                self.0.to_sql(kind, out)
            }

            fn accepts(kind: &Type) -> bool {
                <String as ToSql>::accepts(kind)
            }

            to_sql_checked!();
        }

        impl<'a> FromSql<'a> for $name {
            fn from_sql(kind: &Type, raw: &'a [u8]) -> Result<Self, Box<dyn StdError + Sync + Send>> {
                String::from_sql(kind, raw).map(Self)
            }

            fn accepts(kind: &Type) -> bool {
                <String as FromSql>::accepts(kind)
            }
        }
    };
}

text_key! {
    /// The key of a user. It is made of whatever the system's users have: `7`, `018f3c6e-..`.
    UserKey
}

text_key! {
    /// The key of a tenant of a system that serves several organizations.
    TenantKey
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn key_is_the_text_of_the_id_and_parses_back_to_its_type_only() {
        let (number, uuid) = (UserKey::from(7), UserKey::from(Uuid::nil()));

        assert_eq!((number.as_str(), number.parse::<i32>()), ("7", Some(7)));
        assert_eq!(uuid.as_str(), "00000000-0000-0000-0000-000000000000");
        assert_eq!((uuid.parse::<i32>(), uuid.parse::<Uuid>()), (None, Some(Uuid::nil())));
        assert_eq!(serde_json::to_value(&number).unwrap(), serde_json::json!("7"));
    }
}
