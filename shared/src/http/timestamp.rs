//! Moments in the forms that clients of legacy servers know.

use chrono::{DateTime, FixedOffset, Timelike, Utc};
use serde::Serializer;

/// `2026-11-21T01:57:09.971539Z`, without the fraction when it is zero: how Django REST Framework writes UTC.
///
/// `#[serde(serialize_with = "timestamp::micros")]`
pub fn micros<S: Serializer>(at: &DateTime<Utc>, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.collect_str(&text(at, 6, "Z"))
}

/// The same or null.
pub fn micros_or_null<S: Serializer>(at: &Option<DateTime<Utc>>, serializer: S) -> Result<S::Ok, S::Error> {
    match at {
        Some(at) => micros(at, serializer),
        None => serializer.serialize_none(),
    }
}

/// `2026-11-21T01:57:09.971Z`, cut to milliseconds, without the fraction when it is zero: how Django writes moments outside
/// of serializers.
pub fn millis<S: Serializer>(at: &DateTime<Utc>, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.collect_str(&text(at, 3, "Z"))
}

/// The same or null.
pub fn millis_or_null<S: Serializer>(at: &Option<DateTime<Utc>>, serializer: S) -> Result<S::Ok, S::Error> {
    match at {
        Some(at) => millis(at, serializer),
        None => serializer.serialize_none(),
    }
}

/// `2026-11-21T01:57:09.971Z`, always with milliseconds: how JavaScript writes moments.
pub fn javascript<S: Serializer>(at: &DateTime<Utc>, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.collect_str(&at.format("%Y-%m-%dT%H:%M:%S%.3fZ"))
}

/// `2025-11-01T11:51:00+03:00` in the time of a place, with microseconds when they are not zero: how Django REST Framework
/// writes moments where a time zone is configured.
pub fn local(at: DateTime<Utc>, offset: FixedOffset) -> String {
    let at = at.with_timezone(&offset);
    text(&at, 6, &at.format("%:z").to_string())
}

fn text<Z: chrono::TimeZone>(at: &DateTime<Z>, digits: usize, zone: &str) -> String {
    let seconds = at.naive_local().format("%Y-%m-%dT%H:%M:%S");
    let fraction = format!("{:09}", at.nanosecond() % 1_000_000_000);
    match fraction.get(..digits) {
        Some(fraction) if fraction.bytes().any(|digit| digit != b'0') => {
            format!("{seconds}.{fraction}{zone}")
        }
        _ => format!("{seconds}{zone}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fractions_are_cut_and_left_out_when_zero() {
        let at: DateTime<Utc> = "2026-11-21T01:57:09.971539Z".parse().expect("a moment");
        let whole: DateTime<Utc> = "2026-11-21T01:57:09.000999Z".parse().expect("a moment");
        assert_eq!(text(&at, 6, "Z"), "2026-11-21T01:57:09.971539Z");
        assert_eq!(text(&at, 3, "Z"), "2026-11-21T01:57:09.971Z");
        assert_eq!(text(&whole, 3, "Z"), "2026-11-21T01:57:09Z");
        let nairobi = FixedOffset::east_opt(3 * 3600).expect("an offset");
        assert_eq!(local(at, nairobi), "2026-11-21T04:57:09.971539+03:00");
        assert_eq!(
            local("2025-11-01T08:51:00Z".parse().expect("a moment"), nairobi),
            "2025-11-01T11:51:00+03:00"
        );
    }
}
