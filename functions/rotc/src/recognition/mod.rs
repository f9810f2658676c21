//! Recognition of merits: levels that a cadet reaches for life, and who leads.

use shared::{
    App,
    system::{Group, Need},
};
use utoipa_axum::{router::OpenApiRouter, routes};

pub mod achievements;
pub mod certificate;
pub mod leaderboard;
pub mod level;
pub mod stats;

/// Achievements and the leaderboard.
pub const GROUP: Group = Group {
    name: "recognition",
    about: "Achievements, certificates of merit and the leaderboard.",
    prefixes: &["/api/recognition"],
    needs: &[Need::Database],
    memory_mb: 128,
    routes: router,
};

fn router() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(achievements::show_achievements))
        .routes(routes!(certificate::show_level_certificate))
        .routes(routes!(leaderboard::show_leaderboard))
        .routes(routes!(stats::show_recognition_stats))
}
