//! Two branches to look at, and the first operator of an installation.

use futures_util::{FutureExt, future::BoxFuture};
use shared::{
    App, Result,
    auth::password::NewHash,
    db::Change,
    sql,
    system::{Access, Demo, DemoAccount, FirstAdmin, NewAdmin, Passwords},
};
use uuid::Uuid;

/// Central and Harbour, with a librarian and a reader each.
#[derive(Debug)]
pub struct TwoBranches;

impl Demo for TwoBranches {
    fn is_empty<'a>(&'a self, change: &'a mut Change) -> BoxFuture<'a, Result<bool>> {
        async move { change.only(sql!("SELECT NOT EXISTS (SELECT FROM people)"), &[]).await }.boxed()
    }

    fn fill<'a>(
        &'a self,
        _: &'a App,
        change: &'a mut Change,
        passwords: &'a dyn Passwords,
    ) -> BoxFuture<'a, Result<Vec<DemoAccount>>> {
        async move {
            let mut accounts = Vec::new();
            let operator = add_person(change, "operator@library.example", true, passwords).await?;
            accounts.push(operator.0);
            for (slug, name) in [("central", "Central"), ("harbour", "Harbour")] {
                let add = sql!("INSERT INTO branches (slug, name) VALUES ($1, $2) RETURNING id");
                let branch: Uuid = change.only(add, &[&slug, &name]).await?;
                for role in ["librarian", "reader"] {
                    let email = format!("{role}@{slug}.example");
                    let (account, person) = add_person(change, &email, false, passwords).await?;
                    accounts.push(DemoAccount { role, ..account });
                    let join = sql!("INSERT INTO memberships (branch_id, person_id, role) VALUES ($1, $2, $3)");
                    change.execute(join, &[&branch, &person, &role]).await?;
                }
                let books = sql!(
                    "INSERT INTO books (branch_id, isbn, title, price)
                     SELECT $1, format('%s-%s', $2::text, number), format('%s, volume %s', $3::text, number), number
                     FROM generate_series(1, 25) AS number"
                );
                change.execute(books, &[&branch, &slug, &name]).await?;
            }
            Ok(accounts)
        }
        .boxed()
    }
}

async fn add_person(
    change: &mut Change,
    email: &str,
    is_operator: bool,
    passwords: &dyn Passwords,
) -> Result<(DemoAccount, Uuid)> {
    let password = passwords.draw();
    let hash = NewHash::Argon2id.hash(password.clone()).await?;
    let add =
        sql!("INSERT INTO people (email, name, password, is_operator) VALUES ($1, $1, $2, $3) RETURNING id");
    let id: Uuid = change.only(add, &[&email, &hash, &is_operator]).await?;
    Ok((DemoAccount { role: "operator", username: email.to_owned(), password }, id))
}

/// Whoever runs the installation.
#[derive(Debug)]
pub struct FirstOperator;

impl FirstAdmin for FirstOperator {
    fn count<'a>(&'a self, change: &'a mut Change) -> BoxFuture<'a, Result<i64>> {
        async move { change.only(sql!("SELECT count(*) FROM people WHERE is_operator"), &[]).await }.boxed()
    }

    fn create<'a>(
        &'a self,
        _: &'a App,
        change: &'a mut Change,
        wish: &'a NewAdmin,
        passwords: &'a dyn Passwords,
    ) -> BoxFuture<'a, Result<Access>> {
        async move {
            let (account, _) = add_person(change, &wish.email.to_lowercase(), true, passwords).await?;
            Ok(Access::Password { username: account.username, password: account.password })
        }
        .boxed()
    }
}
