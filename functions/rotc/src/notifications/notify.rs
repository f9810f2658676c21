//! Writing notices, in the change that causes them.

use shared::{Result, db::Change, sql};

/// Tells everyone: `kind` says whose lists show it (`announcement`, `profile_update`).
pub async fn everyone(change: &mut Change, kind: &'static str, text: &str) -> Result<()> {
    let insert = sql!("INSERT INTO notifications (user_id, message, type) VALUES (NULL, $2, $1)");
    change.execute(insert, &[&kind, &text]).await?;
    Ok(())
}

/// Tells these cadets the same, each by the account they sign in with. Who has none is told nothing.
pub async fn cadets(change: &mut Change, cadet_ids: &[i32], kind: &'static str, text: &str) -> Result<()> {
    let insert = sql!(
        "INSERT INTO notifications (user_id, message, type)
         SELECT users.id, $3, $2 FROM users
         WHERE users.cadet_id = ANY($1) AND users.role = 'cadet' AND users.is_archived IS NOT TRUE
         ORDER BY users.id"
    );
    change.execute(insert, &[&cadet_ids, &kind, &text]).await?;
    Ok(())
}

/// Tells a member of the staff, by the account they sign in with.
pub async fn staff_member(change: &mut Change, staff_id: i32, kind: &'static str, text: &str) -> Result<()> {
    let insert = sql!(
        "INSERT INTO notifications (user_id, message, type)
         SELECT users.id, $3, $2 FROM users
         WHERE users.staff_id = $1 AND users.role <> 'cadet' AND users.is_archived IS NOT TRUE
         ORDER BY users.id"
    );
    change.execute(insert, &[&staff_id, &kind, &text]).await?;
    Ok(())
}
