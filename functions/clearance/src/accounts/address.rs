//! What an account refers to: addresses and numbers that only one may have, and the office.

use shared::{Result, db::Change, drf::Fields, sql};
use uuid::Uuid;

/// Rejects an e-mail address or an admission number that another account than `except` has. Tells whether the number is free.
pub async fn is_free(
    change: &mut Change,
    fields: &mut Fields,
    email: Option<&str>,
    admission_number: Option<&str>,
    except: Option<Uuid>,
) -> Result<bool> {
    // Two that want the same wait for each other, so that the second is told which field is taken.
    let wait = sql!(
        "SELECT pg_advisory_xact_lock(hashtextextended(kind || value, 0))
         FROM (VALUES ('clearance.email:', lower($1)), ('clearance.number:', upper($2))) AS wanted (kind, value)
         WHERE value <> '' ORDER BY kind"
    );
    change.execute(wait, &[&email, &admission_number]).await?;
    let find = sql!(
        "SELECT coalesce(bool_or(lower(email) = lower($1)), FALSE), coalesce(bool_or(admission_number = $2), FALSE)
         FROM users WHERE (lower(email) = lower($1) OR admission_number = $2) AND id IS DISTINCT FROM $3"
    );
    let (email, number): (bool, bool) = change.only(find, &[&email, &admission_number, &except]).await?;
    if email {
        fields.reject("email", "user with this email already exists.");
    }
    if number {
        fields.reject("admission_number", "user with this admission number already exists.");
    }
    Ok(!number)
}

/// Rejects an office that does not exist.
pub async fn is_office(change: &mut Change, fields: &mut Fields, department: Option<Uuid>) -> Result<()> {
    let Some(department) = department else { return Ok(()) };
    let find = sql!("SELECT EXISTS (SELECT FROM departments WHERE id = $1)");
    if !change.only::<bool>(find, &[&department]).await? {
        fields.reject("department", format!("Invalid pk \"{department}\" - object does not exist."));
    }
    Ok(())
}
