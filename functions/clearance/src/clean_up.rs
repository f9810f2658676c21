//! What goes every night, beside what goes in every system.

use shared::{jobs::CleanUpRule, sql};

/// Notices that were read half a year ago.
pub const READ_NOTICES: CleanUpRule = CleanUpRule::Rows {
    what: "notifications",
    after_days: 180,
    delete: sql!(
        "DELETE FROM notifications WHERE id IN (
             SELECT id FROM notifications WHERE is_read AND coalesce(read_at, created_at) < $1 LIMIT $2)"
    ),
};
