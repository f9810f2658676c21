//! Audit rows for what changes no row, such as a failed sign-in. Changes of rows are audited by triggers.

use serde_json::Value;
use shared::{Result, db::Change, sql};

/// Writes one row of `audit_logs`: `operation` (`LOGIN_FAILED`) on `table`, about `record_id`, done by
/// `user_id`. The payload holds neither secrets nor personal data.
pub async fn record(
    change: &mut Change,
    operation: &'static str,
    table: &'static str,
    record_id: Option<i32>,
    user_id: Option<i32>,
    payload: Value,
) -> Result<()> {
    let insert = sql!(
        "INSERT INTO audit_logs (table_name, operation, record_id, user_id, payload) VALUES ($1, $2, $3, $4, $5)"
    );
    change.execute(insert, &[&table, &operation, &record_id, &user_id, &payload]).await?;
    Ok(())
}
