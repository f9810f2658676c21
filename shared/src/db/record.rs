//! Rows whose columns are passed on as they are: backups, debug pages.

use chrono::{DateTime, NaiveDate, NaiveDateTime, SecondsFormat, Utc};
use serde::{Serialize, Serializer, ser::SerializeMap};
use serde_json::Value;
use tokio_postgres::{
    Error, Row as PgRow,
    types::{FromSql, Type},
};

use super::Row;

/// A row as a JSON object whose members are the columns, in their order.
///
/// Timestamps are ISO 8601 with milliseconds and `Z`, days `YYYY-MM-DD`, whole doubles have no fraction.
#[derive(Clone, Debug, PartialEq, utoipa::ToSchema)]
#[schema(value_type = Object)]
pub struct Record(Vec<(String, Value)>);

impl Row for Record {
    fn from_row(row: &PgRow) -> Result<Self, Error> {
        let columns = row.columns().iter().enumerate();
        let members =
            columns.map(|(at, column)| Ok((column.name().to_owned(), value(row, at, column.type_())?)));
        members.collect::<Result<_, Error>>().map(Self)
    }
}

impl Serialize for Record {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(Some(self.0.len()))?;
        for (name, value) in &self.0 {
            map.serialize_entry(name, value)?;
        }
        map.end()
    }
}

fn value(row: &PgRow, at: usize, kind: &Type) -> Result<Value, Error> {
    Ok(match *kind {
        Type::BOOL => get::<bool>(row, at)?.into(),
        Type::INT2 => get::<i16>(row, at)?.into(),
        Type::INT4 => get::<i32>(row, at)?.into(),
        Type::INT8 => get::<i64>(row, at)?.into(),
        Type::FLOAT4 => get::<f32>(row, at)?.map(f64::from).map(number).into(),
        Type::FLOAT8 => get::<f64>(row, at)?.map(number).into(),
        Type::JSON | Type::JSONB => get::<Value>(row, at)?.unwrap_or_default(),
        Type::DATE => get::<NaiveDate>(row, at)?.map(|day| day.to_string()).into(),
        Type::TIMESTAMP => get::<NaiveDateTime>(row, at)?.map(|time| iso(time.and_utc())).into(),
        Type::TIMESTAMPTZ => get::<DateTime<Utc>>(row, at)?.map(iso).into(),
        _ => get::<String>(row, at)?.into(),
    })
}

fn get<'a, T: FromSql<'a>>(row: &'a PgRow, at: usize) -> Result<Option<T>, Error> {
    row.try_get(at)
}

fn iso(time: DateTime<Utc>) -> String {
    time.to_rfc3339_opts(SecondsFormat::Millis, true)
}

/// Whole numbers without a fraction, as JavaScript writes them.
fn number(value: f64) -> Value {
    if value.fract() == 0.0 && value.abs() < 9_007_199_254_740_992.0 {
        Value::from(value as i64)
    } else {
        Value::from(value)
    }
}
