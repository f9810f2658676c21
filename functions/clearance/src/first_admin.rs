//! The first administrator of an installation.

use futures_util::{FutureExt, future::BoxFuture};
use shared::{
    App, Result,
    db::Change,
    error::conflict,
    sql,
    system::{Access, FirstAdmin, NewAdmin, Passwords},
};

use crate::accounts::new_hash;

/// How administrators come to be without one.
#[derive(Debug)]
pub struct Administrator;

impl FirstAdmin for Administrator {
    fn count<'a>(&'a self, change: &'a mut Change) -> BoxFuture<'a, Result<i64>> {
        let count = sql!("SELECT count(*) FROM users WHERE role = 'admin' AND is_active");
        async move { change.only(count, &[]).await }.boxed()
    }

    fn create<'a>(
        &'a self,
        app: &'a App,
        change: &'a mut Change,
        wish: &'a NewAdmin,
        passwords: &'a dyn Passwords,
    ) -> BoxFuture<'a, Result<Access>> {
        async move {
            let email = wish.email.trim().to_lowercase();
            let taken = sql!("SELECT EXISTS (SELECT FROM users WHERE lower(email) = $1)");
            if change.only(taken, &[&email]).await? {
                let sentence =
                    format!("The e-mail address {email} belongs to an account: choose another with --email");
                return Err(conflict("already_exists", sentence));
            }
            let password = passwords.draw();
            let hash = new_hash(app).hash(password.clone()).await?;
            // People sign in with their address here: there are no other names.
            let insert = sql!(
                "INSERT INTO users (email, username, full_name, password, role, is_staff, is_superuser)
                 VALUES ($1, $1, coalesce($2, 'Administrator'), $3, 'admin', TRUE, TRUE)"
            );
            change.execute(insert, &[&email, &wish.username, &hash]).await?;
            Ok(Access::Password { username: email, password })
        }
        .boxed()
    }
}
