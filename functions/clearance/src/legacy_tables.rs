//! The database of the legacy server (Django on SQLite, MySQL or PostgreSQL), for copying it into ours.

use shared::{
    Result,
    config::Own,
    system::{Completion, DerivedColumn, LegacyTables},
};

use crate::settings::Settings;

/// All its tables that hold something of ours.
pub static LEGACY: LegacyTables = LegacyTables {
    tables: &[
        "departments",
        "users",
        "academic_schools",
        "academic_departments",
        "academic_courses",
        "students",
        "clearance_requests",
        "clearance_approvals",
        "finance_records",
        "payments",
        "gown_issuances",
        "notifications",
        "audit_logs",
    ],
    keys: &[],
    marks: &["clearance_requests", "clearance_approvals", "gown_issuances"],
    occupied: &["users", "students"],
    strict: &[],
    adjust: &[("clearance_requests", CLOSE_OLDER_REQUESTS), ("audit_logs", FORGET_SECRETS)],
    derived: &[],
    blank_is_null: &[
        ("clearance_approvals", "evidence_file"),
        ("payments", "receipt"),
        ("payments", "fee_statement"),
    ],
    computed: &[
        DerivedColumn {
            table: "users",
            column: "is_email_duplicate",
            fill: "SELECT count(*) > 1 FROM stage AS same WHERE lower(same.email) = lower(stage.email)",
        },
        DerivedColumn {
            table: "audit_logs",
            column: "actor_name",
            fill: "SELECT full_name FROM public.users WHERE id = stage.actor_id",
        },
        DerivedColumn {
            table: "audit_logs",
            column: "actor_email",
            fill: "SELECT email FROM public.users WHERE id = stage.actor_id",
        },
    ],
    complete: Some(&Completion { parameters: fee, statements: include_str!("adoption.sql") }),
};

/// The legacy server let a student have several open requests: the newest stays open.
const CLOSE_OLDER_REQUESTS: &str = "
    WITH older AS (
        SELECT id FROM (
            SELECT id, row_number() OVER (PARTITION BY student_id ORDER BY created_at DESC, id DESC) AS position
            FROM stage WHERE status IN ('draft', 'submitted', 'pending', 'in_progress')) AS open
        WHERE position > 1
    ), kept AS (
        INSERT INTO muster.orphans (table_name, column_name, row_key, row)
        SELECT 'clearance_requests', 'status', id::text, to_jsonb(stage) FROM stage WHERE id IN (SELECT id FROM older)
    )
    UPDATE stage SET status = 'cancelled', completion_date = coalesce(completion_date, now()),
                     rejection_reason = 'Replaced by a newer request'
    WHERE id IN (SELECT id FROM older)";

/// The legacy server wrote whole requests into the log, with the tokens they came with.
const FORGET_SECRETS: &str = "
    UPDATE stage SET changes = jsonb_strip_nulls(jsonb_build_object(
        'request', jsonb_build_object('method', changes #> '{request,method}', 'path', changes #> '{request,path}'),
        'response', jsonb_build_object('status_code', changes #> '{response,status_code}'),
        'meta', changes -> 'meta'))
    WHERE changes ? 'request'";

fn fee(own: &Own) -> Result<Vec<(&'static str, String)>> {
    let settings: &Settings = own.get()?;
    Ok(vec![("muster.graduation_fee", settings.graduation_fee.to_string())])
}
