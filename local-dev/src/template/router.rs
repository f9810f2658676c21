//! Which function answers which address under `cargo lambda watch`: a table in the `Cargo.toml` of each system, so that
//! two systems may have the same address.

use shared::system::System;
use toml_edit::{DocumentMut, Item, Table, TomlError, value};

/// `manifest` with the table `[package.metadata.lambda.watch.router]` as the groups of the system say. Everything else in
/// it, comments too, stays as it is.
pub fn watch_router(manifest: &str, system: &System) -> Result<String, TomlError> {
    let mut manifest: DocumentMut = manifest.parse()?;
    let mut parent = manifest.as_table_mut();
    for name in ["package", "metadata", "lambda", "watch"] {
        let Some(table) = parent.entry(name).or_insert_with(implicit).as_table_mut() else {
            // A value where the table belongs is somebody's own setting.
            return Ok(manifest.to_string());
        };
        parent = table;
    }
    let mut router = parent.get("router").and_then(Item::as_table).cloned().unwrap_or_default();
    router.clear();
    if router.decor().prefix().is_none() {
        router.decor_mut().set_prefix(
            "\n# Which function answers what under `cargo lambda watch`; written by `muster template`.\n",
        );
    }
    for (path, binary) in addresses(system) {
        router.insert(&path, value(binary));
    }
    parent.insert("router", Item::Table(router));
    Ok(manifest.to_string())
}

/// A table that only holds other tables and has no header of its own.
fn implicit() -> Item {
    let mut table = Table::new();
    table.set_implicit(true);
    Item::Table(table)
}

fn addresses(system: &System) -> Vec<(String, String)> {
    let mut addresses = Vec::new();
    for group in system.groups {
        let binary = format!("{}-{}", system.name, group.name);
        for prefix in group.prefixes {
            addresses.push(((*prefix).to_owned(), binary.clone()));
            addresses.push((format!("{prefix}/{{*rest}}"), binary.clone()));
        }
    }
    addresses
}
