//! Something to look at in an empty installation that is not in production.

use std::path::{Path, PathBuf};

use secrecy::ExposeSecret;
use shared::{
    App, Result,
    config::{Config, MailConfig},
    sql,
    system::{DemoAccount, Passwords, System},
};

use crate::{
    BoxError,
    passwords::{Fixed, Readable},
};

/// Fills an empty database once, and tells the accounts to try. Their passwords are drawn, or all `DEMO_PASSWORD`; a file in
/// the data directory remembers them for later starts.
pub async fn fill(config: &Config, system: &'static System, data: &Path) -> Result<Vec<String>, BoxError> {
    if config.production {
        return Ok(Vec::new());
    }
    let file = accounts_file(system, data)?;
    let mut config = config.clone();
    keep_mail(&mut config);
    if let Some(accounts) = seed(&App::new(system, config), system).await? {
        std::fs::create_dir_all(data)?;
        let line = |account: DemoAccount| {
            format!("{:<14} {} / {}\n", format!("Demo {}", account.role), account.username, account.password)
        };
        std::fs::write(&file, accounts.into_iter().map(line).collect::<String>())?;
    }
    let known = std::fs::read_to_string(&file).unwrap_or_default();
    Ok(known.lines().map(str::to_owned).collect())
}

/// Mail to invented people must not leave: it stays in the outbox.
pub fn keep_mail(config: &mut Config) {
    config.mail = MailConfig { smtp: None, ses: None, elsewhere: false, from: config.mail.from.clone() };
}

/// Whether the database holds demo data.
pub async fn is_there(config: &Config) -> Result<bool, BoxError> {
    let client = shared::db::connect(&config.database).await?;
    let seeded = sql!("SELECT EXISTS (SELECT FROM muster.meta WHERE key = 'demo_seeded')");
    Ok(client.query_one(seeded.text(), &[]).await?.get(0))
}

/// Enters the demo data in one transaction; none when somebody has entered anything, or it was there before.
pub async fn seed(app: &App, system: &System) -> Result<Option<Vec<DemoAccount>>> {
    let Some(demo) = system.demo else { return Ok(None) };
    let what = "demo seed";
    let mut change = app.change_across_tenants(what).await?;
    // Two programs may start at once: the second waits for the lock and finds the work done.
    change.execute(sql!("SELECT pg_advisory_xact_lock(hashtext('muster.demo'))"), &[]).await?;
    let seeded: bool =
        change.only(sql!("SELECT EXISTS (SELECT FROM muster.meta WHERE key = 'demo_seeded')"), &[]).await?;
    if seeded || !demo.is_empty(&mut change).await? {
        return Ok(None);
    }
    let passwords: &dyn Passwords = match &app.config.demo_password {
        Some(password) => &Fixed(password.expose_secret().to_owned()),
        None => &Readable,
    };
    let accounts = demo.fill(app, &mut change, passwords).await?;
    let remember = sql!("INSERT INTO muster.meta (key, value) VALUES ('demo_seeded', now()::text)");
    change.execute(remember, &[]).await?;
    change.commit().await?;
    Ok(Some(accounts))
}

/// The file had no name of a system in it while there was one system only.
fn accounts_file(system: &System, data: &Path) -> std::io::Result<PathBuf> {
    let file = data.join(format!("demo-accounts-{}.txt", system.name));
    let before = data.join("demo-accounts.txt");
    if system.storage.prefix.is_empty() && before.exists() && !file.exists() {
        std::fs::rename(before, &file)?;
    }
    Ok(file)
}
