//! What time it is at the school: its zone decides what day "today" is, and what a scan and a certificate write.

use chrono::{DateTime, FixedOffset, NaiveDate, Offset, Utc};
use shared::{
    App, Result,
    config::{Own, OwnSettings, OwnVariables, Part, variable},
};

/// The variable and its reader.
pub static SETTINGS: OwnSettings = OwnSettings {
    part: Part {
        title: "The school",
        variables: &[variable(
            "SCHOOL_TIME_ZONE",
            "`Asia/Manila`",
            "Decides what day it is: `Asia/Manila`, `UTC`, or another offset such as `+09:00`.",
        )],
    },
    read,
};

/// Zones that have a name here: those of the country. None of them has summer time.
const ZONES: &[(&str, i32)] = &[("Asia/Manila", 8 * 3600), ("UTC", 0)];

/// What is configured.
#[derive(Debug)]
struct School {
    zone: FixedOffset,
}

fn read(vars: &mut OwnVariables<'_, '_>) -> Own {
    let text = vars.text("SCHOOL_TIME_ZONE").unwrap_or_else(|| "Asia/Manila".to_owned());
    let zone = zone(&text).unwrap_or_else(|| {
        vars.problem("SCHOOL_TIME_ZONE must be Asia/Manila, UTC or an offset such as +09:00".to_owned());
        Utc.fix()
    });
    Own::new(School { zone })
}

fn zone(text: &str) -> Option<FixedOffset> {
    match ZONES.iter().find(|(name, _)| *name == text) {
        Some((_, seconds)) => FixedOffset::east_opt(*seconds),
        None => text.parse().ok(),
    }
}

/// The time at the school.
pub fn now(app: &App) -> Result<DateTime<FixedOffset>> {
    let School { zone } = app.config.own.get()?;
    Ok(app.clock.now().with_timezone(zone))
}

/// The day at the school.
pub fn today(app: &App) -> Result<NaiveDate> {
    Ok(now(app)?.date_naive())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn zone_is_a_name_or_an_offset() {
        let seconds = |text| zone(text).map(|zone| zone.local_minus_utc());
        assert_eq!(seconds("Asia/Manila"), Some(28_800));
        assert_eq!(seconds("UTC"), Some(0));
        assert_eq!(seconds("+09:00"), Some(32_400));
        assert_eq!(seconds("-05:30"), Some(-19_800));
        for text in ["Manila", "", "8", "+99:00"] {
            assert_eq!(seconds(text), None, "{text}");
        }
    }
}
