//! Linking a cadet's user to their row in `cadets` when nobody has done it: accounts made by an import, or
//! registered before the cadet was entered.

use serde_json::json;
use shared::{Result, db::Change, sql};

use crate::events;

/// What is known for certain of the person behind an account.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Proof {
    /// An administrator has approved the account with its user name.
    UserName,
    /// That, and they read the mail of the account's address.
    Address,
}

/// Links the user to the cadet whose student id is the user name, else, once the mail address is proved, to the one with
/// the same address. A cadet that another active user has, or an address that fits several cadets, is left alone.
/// Gives the cadet's id and stores the event `event_type`; none when nobody fits.
pub async fn link(
    change: &mut Change,
    user_id: i32,
    proof: Proof,
    event_type: &'static str,
) -> Result<Option<i32>> {
    // Whoever else links an account to one of these cadets, as an import does, comes before or after.
    let lock = sql!(
        "SELECT cadets.id
         FROM users AS account
         JOIN cadets ON cadets.student_id = account.username
                     OR ($2 AND account.email <> '' AND lower(cadets.email) = lower(account.email))
         WHERE account.id = $1
         ORDER BY cadets.id FOR UPDATE OF cadets"
    );
    let find = sql!(
        "UPDATE users SET cadet_id = fitting.id
         FROM (SELECT cadets.id, count(*) OVER (PARTITION BY cadets.student_id = account.username) AS fits
               FROM users AS account
               JOIN cadets ON cadets.student_id = account.username
                           OR ($2 AND account.email <> '' AND lower(cadets.email) = lower(account.email))
               WHERE account.id = $1 AND cadets.is_archived IS NOT TRUE
                 AND NOT EXISTS (SELECT FROM users AS other
                                 WHERE other.cadet_id = cadets.id AND other.is_archived IS NOT TRUE)
               ORDER BY cadets.student_id = account.username DESC
               LIMIT 1) AS fitting
         WHERE users.id = $1 AND users.role = 'cadet' AND users.cadet_id IS NULL AND fitting.fits = 1
         RETURNING users.cadet_id"
    );
    let by_address = proof == Proof::Address;
    change.execute(lock, &[&user_id, &by_address]).await?;
    let linked = change.one::<i32>(find, &[&user_id, &by_address]).await?;
    if let Some(cadet_id) = linked {
        let payload = json!({ "userId": user_id, "cadetId": cadet_id });
        events::publish(change, event_type, Some(cadet_id), payload).await?;
    }
    Ok(linked)
}
