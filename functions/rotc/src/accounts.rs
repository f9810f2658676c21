//! Changing accounts, and ending them: archived, or deleted with everything that names them.

use shared::{
    App, Result,
    auth::session,
    db::{Change, Sql},
    sql, text,
};

/// Gives one account a new name, address or picture; what is none stays, an empty address is cleared.
pub async fn update(
    change: &mut Change,
    user_id: i32,
    username: Option<&str>,
    email: Option<&str>,
    profile_pic: Option<&str>,
) -> Result<()> {
    let present: Option<String> =
        change.one(sql!("SELECT username FROM users WHERE id = $1"), &[&user_id]).await?;
    let username = username.filter(|name| Some(*name) != present.as_deref());
    let username = username.map(|name| text::account_name("username", name)).transpose()?;
    let update = sql!(
        "UPDATE users
         SET username = coalesce($2, username),
             email = CASE WHEN $3::text IS NULL THEN email ELSE nullif($3, '') END,
             profile_pic = coalesce($4, profile_pic)
         WHERE id = $1"
    );
    change.execute(update, &[&user_id, &username, &email, &profile_pic]).await?;
    Ok(())
}

/// Archives accounts and ends their sessions. Nothing else is touched.
pub async fn archive(app: &App, change: &mut Change, ids: &[i32]) -> Result<()> {
    let archive = sql!(
        "UPDATE users
         SET is_archived = TRUE,
             is_approved = CASE WHEN is_approved = 1 THEN 0 WHEN is_archived THEN is_approved END
         WHERE id = ANY($1) AND (is_archived IS NOT TRUE OR is_approved <> 0)"
    );
    change.execute(archive, &[&ids]).await?;
    session::revoke_all(app, change, ids, "archived").await
}

/// Deletes the accounts of cadets, and tells how many there were.
pub async fn delete_of_cadets(change: &mut Change, cadet_ids: &[i32]) -> Result<u64> {
    let find = sql!("SELECT id FROM users WHERE cadet_id = ANY($1) ORDER BY id FOR UPDATE");
    let ids: Vec<i32> = change.all(find, &[&cadet_ids]).await?;
    delete(change, &ids).await
}

/// Deletes accounts and what names them, and tells how many there were. Their private notices go first: a notice
/// that loses its user would be one for everybody. What the audit log says of them stays.
pub async fn delete(change: &mut Change, ids: &[i32]) -> Result<u64> {
    for delete in OF_USERS {
        change.execute(*delete, &[&ids]).await?;
    }
    change.execute(sql!("DELETE FROM users WHERE id = ANY($1)"), &[&ids]).await
}

/// What refers to users without a foreign key that deletes it.
const OF_USERS: &[Sql] = &[
    sql!("DELETE FROM notifications WHERE user_id = ANY($1)"),
    sql!("DELETE FROM push_subscriptions WHERE user_id = ANY($1)"),
    sql!("DELETE FROM muster.notification_states WHERE user_id = ANY($1)"),
    sql!("DELETE FROM muster.signin_links WHERE user_id = ANY($1::int[]::text[])"),
    sql!("DELETE FROM muster.sessions WHERE user_id = ANY($1::int[]::text[])"),
];
