//! The first administrator of an installation: an account without a person behind it.

use futures_util::{FutureExt, future::BoxFuture};
use shared::{
    App, Result,
    auth::password::NewHash,
    db::Change,
    error::conflict,
    sql,
    system::{Access, FirstAdmin, NewAdmin, Passwords},
};

/// How administrators come to be without one.
#[derive(Debug)]
pub struct Administrator;

impl FirstAdmin for Administrator {
    fn count<'a>(&'a self, change: &'a mut Change) -> BoxFuture<'a, Result<i64>> {
        let count = sql!("SELECT count(*) FROM users WHERE role = 'admin' AND is_archived IS NOT TRUE");
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
            let username = wish.username.clone().unwrap_or_else(|| "admin".to_owned());
            let taken = sql!(
                "SELECT EXISTS (SELECT FROM users WHERE lower(username) IN (lower($1), lower($2))
                                                     OR lower(email) IN (lower($1), lower($2)))"
            );
            if change.only(taken, &[&username, &wish.email]).await? {
                let sentence = format!(
                    "The user name {username} or the e-mail address belongs to an account: choose others with --username \
                     and --email"
                );
                return Err(conflict("already_exists", sentence));
            }
            let password = passwords.draw();
            let hash = NewHash::Bcrypt(app.config.bcrypt_cost).hash(password.clone()).await?;
            let insert = sql!(
                "INSERT INTO users (username, password, role, is_approved, email) VALUES ($1, $2, 'admin', 1, $3)"
            );
            change.execute(insert, &[&username, &hash, &wish.email]).await?;
            Ok(Access::Password { username, password })
        }
        .boxed()
    }
}
