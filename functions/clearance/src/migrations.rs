//! The migration files of `clearance`.

use shared::db::migrate::MigrationSet;

mod embedded {
    refinery::embed_migrations!("../../migrations/clearance");
}

/// To be applied after `shared::db::migrate::SHARED`.
pub static CLEARANCE: MigrationSet = MigrationSet {
    name: "clearance",
    versioned: embedded::migrations::runner,
    role: None,
    repeatable: &[(
        "R__watched_tables.sql",
        include_str!("../../../migrations/clearance/R__watched_tables.sql"),
    )],
};
