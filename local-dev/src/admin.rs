//! `muster admin create`: the first administrator of an installation.

use std::io::{self, Write};

use clap::Args;
use shared::{
    App, Error, Result,
    error::{conflict, invalid},
    system::{Access, NewAdmin, System},
};

use crate::{
    BoxError, database,
    parts::Parts,
    passwords::Strong,
    systems::{self, Registered},
};

/// Who becomes an administrator.
#[derive(Args, Clone, Debug)]
pub struct AdminOptions {
    /// The system, if there are several.
    #[arg(long)]
    system: Option<String>,
    /// The address their mail goes to.
    #[arg(long)]
    email: String,
    /// The name they sign in with.
    #[arg(long)]
    username: Option<String>,
    /// One more, although there is one.
    #[arg(long)]
    another: bool,
}

/// Adds the administrator and prints, once, how they sign in.
pub async fn create(systems: &'static [Registered], options: AdminOptions) -> Result<(), BoxError> {
    let (system, _) = systems::one(systems, options.system.as_deref()).await?;
    let mut parts = Parts::from_env()?;
    let created = async {
        let config = parts.config_for(system).await?;
        database::prepare(&config, system, false, parts.has_database()).await?;
        let wish = NewAdmin { email: options.email, username: options.username };
        Ok::<_, BoxError>(add(&App::new(system, config), system, &wish, options.another).await?)
    };
    let created = created.await;
    parts.stop().await?;
    let mut out = io::stdout();
    match created? {
        Access::Password { username, password } => {
            writeln!(out, "The administrator {username} of {} signs in with the password", system.title)?;
            writeln!(
                out,
                "  {password}\nIt is shown this once: keep it, and change it after the first sign-in."
            )?;
        }
        Access::Link(address) => {
            writeln!(out, "The administrator of {} signs in, once, at\n  {address}", system.title)?;
        }
    }
    Ok(())
}

/// Adds an administrator in one audited change; refuses when there is one and this is not to be another.
pub async fn add(app: &App, system: &System, wish: &NewAdmin, another: bool) -> Result<Access> {
    let Some(admin) = system.admin else {
        return Err(invalid("no_administrators", format!("{} has no administrators", system.title)));
    };
    if !is_address(&wish.email) {
        return Err(invalid("email", format!("{} is not an e-mail address", wish.email)));
    }
    let what = "muster admin create";
    let mut change = app.change_across_tenants(what).await?;
    // Two at the same moment would both find nobody.
    change.execute(shared::sql!("SELECT pg_advisory_xact_lock(hashtext('muster.admin'))"), &[]).await?;
    if !another && admin.count(&mut change).await? > 0 {
        return Err(exists());
    }
    let access = admin.create(app, &mut change, wish, &Strong).await?;
    change.commit().await?;
    Ok(access)
}

fn exists() -> Error {
    conflict("administrator_exists", "There is an administrator already: add --another to make one more")
}

fn is_address(text: &str) -> bool {
    let parts = text.split_once('@');
    parts.is_some_and(|(name, host)| !name.is_empty() && !host.is_empty() && !host.contains('@'))
        && !text.chars().any(char::is_whitespace)
}
