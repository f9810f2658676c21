//! The levels of recognition.

use serde::Serialize;
use utoipa::ToSchema;

/// A level that a cadet keeps once their lifetime merits reach it.
#[derive(Debug, Serialize, ToSchema)]
pub struct Level {
    /// `Bronze`, `Silver`, `Gold` or `Platinum`.
    #[serde(rename = "level")]
    pub name: &'static str,
    /// The lifetime merits it takes.
    pub threshold: i32,
    /// A medal.
    pub icon: &'static str,
    /// `#RRGGBB`.
    pub color: &'static str,
}

/// Every level, lowest first (rules.md 8).
pub static LEVELS: [Level; 4] = [
    Level { name: "Bronze", threshold: 50, icon: "🥉", color: "#CD7F32" },
    Level { name: "Silver", threshold: 100, icon: "🥈", color: "#C0C0C0" },
    Level { name: "Gold", threshold: 150, icon: "🥇", color: "#FFD700" },
    Level { name: "Platinum", threshold: 200, icon: "💎", color: "#E5E4E2" },
];

/// The levels that so many lifetime merits reach, and those still ahead.
pub fn reached(lifetime_merit: i32) -> (&'static [Level], &'static [Level]) {
    LEVELS.split_at(LEVELS.partition_point(|level| level.threshold <= lifetime_merit))
}
