//! Which systems a command is about.

use shared::{
    config::Config,
    db::{self, migrate},
    system::System,
};

use crate::BoxError;

/// The systems this program knows, with the port each has by default. The one place in this crate that names any.
pub static SYSTEMS: &[Registered] = &[(&rotc::SYSTEM, 5000), (&clearance::SYSTEM, 5001)];

/// A system, and the port it has by default.
pub type Registered = (&'static System, u16);

/// How variables are looked up.
pub type Lookup<'a> = &'a (dyn Fn(&str) -> Option<String> + Sync);

/// A variable of the process; empty ones count as absent.
#[expect(
    clippy::disallowed_methods,
    reason = "whether a variable is set with or without a prefix decides what is started"
)]
pub fn variable(name: &str) -> Option<String> {
    std::env::var(name).ok().filter(|value| !value.trim().is_empty())
}

/// The one of these systems that a command is about; see [`choose`].
pub async fn one(systems: &[Registered], asked: Option<&str>) -> Result<Registered, BoxError> {
    let asked: Vec<String> = asked.into_iter().map(str::to_owned).collect();
    let chosen = choose(systems, &asked, &variable).await?;
    match chosen[..] {
        [one] => Ok(one),
        _ => Err(format!("say which system with --system: {}", names(&chosen)).into()),
    }
}

/// The systems that are asked for: by `--system`, else by `MUSTER_SYSTEMS` (a comma list), else all.
///
/// A `PORT` or a `DATABASE_URL` without the prefix of a system is for one system only. If several are asked for, it is the
/// one that has claimed the database, or whose legacy tables are there.
pub async fn choose(
    systems: &[Registered],
    asked: &[String],
    variable: Lookup<'_>,
) -> Result<Vec<Registered>, BoxError> {
    let listed: Vec<String> = match asked {
        [] => variable("MUSTER_SYSTEMS")
            .unwrap_or_default()
            .split(',')
            .map(|name| name.trim().to_owned())
            .collect(),
        _ => asked.to_vec(),
    };
    let listed: Vec<String> = listed.into_iter().filter(|name| !name.is_empty()).collect();
    let chosen = if listed.is_empty() { systems.to_vec() } else { named(systems, &listed)? };
    // Counts only where a system has none of its own.
    let common = |name: &&str| {
        variable(name).is_some()
            && chosen.iter().any(|(system, _)| variable(&system.variable(name)).is_none())
    };
    let common: Vec<&str> = ["PORT", "DATABASE_URL"].into_iter().filter(|name| common(name)).collect();
    if chosen.len() < 2 || common.is_empty() {
        return Ok(chosen);
    }
    if let Some(url) = variable("DATABASE_URL")
        && let Some(owner) = owner(&chosen, url).await?
    {
        return Ok(vec![owner]);
    }
    let (variable, example) = (common.join(" and "), chosen[0].0.variable(common[0]));
    Err(format!(
        "{variable} can only be meant for one of the systems {}: choose it with --system or MUSTER_SYSTEMS, or set \
         variables such as {example} for each",
        names(&chosen)
    )
    .into())
}

/// Whose database it is.
async fn owner(systems: &[Registered], url: String) -> Result<Option<Registered>, BoxError> {
    let config = Config::read(&|name| (name == "DATABASE_URL").then(|| url.clone()))?;
    let client = db::connect(&config.database).await?;
    let owner = migrate::owner(&client).await?;
    if let Some(name) = owner.name() {
        let found = systems.iter().find(|(system, _)| system.migrations.name == name).copied();
        return found.map(Some).ok_or_else(|| {
            format!(
                "the database of DATABASE_URL belongs to the system {name}, which is not among {}",
                names(systems)
            )
            .into()
        });
    }
    for system in systems {
        if let Some(legacy) = system.0.legacy
            && migrate::is_legacy(&client, legacy).await?
        {
            return Ok(Some(*system));
        }
    }
    Ok(None)
}

fn named(systems: &[Registered], wanted: &[String]) -> Result<Vec<Registered>, BoxError> {
    let find = |name: &String| {
        let found = systems.iter().find(|(system, _)| system.name == name).copied();
        found.ok_or_else(|| format!("there is no system named {name}, only {}", names(systems)))
    };
    Ok(wanted.iter().map(find).collect::<Result<_, _>>()?)
}

fn names(systems: &[Registered]) -> String {
    systems.iter().map(|(system, _)| system.name).collect::<Vec<_>>().join(", ")
}

#[cfg(test)]
mod tests;
