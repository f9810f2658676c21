//! The migration files of `rotc`: the legacy tables, their adoption, and the triggers on them.

use shared::db::migrate::MigrationSet;

mod embedded {
    refinery::embed_migrations!("../../migrations/rotc");
}

/// To be applied after `shared::db::migrate::SHARED`.
pub static ROTC: MigrationSet = MigrationSet {
    name: "rotc",
    versioned: embedded::migrations::runner,
    repeatable: &[
        ("R__row_audit.sql", include_str!("../../../migrations/rotc/R__row_audit.sql")),
        ("R__ledger_events.sql", include_str!("../../../migrations/rotc/R__ledger_events.sql")),
    ],
};
