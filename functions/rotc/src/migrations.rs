//! The migration files of `rotc`: the legacy tables, their adoption, and the triggers on them.

use shared::db::migrate::MigrationSet;

mod embedded {
    refinery::embed_migrations!("../../migrations/rotc");
}

/// To be applied after `shared::db::migrate::SHARED`.
pub static ROTC: MigrationSet = MigrationSet {
    name: "rotc",
    versioned: embedded::migrations::runner,
    role: None,
    repeatable: &[
        ("R__watched_tables.sql", include_str!("../../../migrations/rotc/R__watched_tables.sql")),
        ("R__ledger_events.sql", include_str!("../../../migrations/rotc/R__ledger_events.sql")),
        ("R__event_notices.sql", include_str!("../../../migrations/rotc/R__event_notices.sql")),
        ("R__notices.sql", include_str!("../../../migrations/rotc/R__notices.sql")),
        ("R__account_names.sql", include_str!("../../../migrations/rotc/R__account_names.sql")),
        ("R__letter_texts.sql", include_str!("../../../migrations/rotc/R__letter_texts.sql")),
    ],
};
