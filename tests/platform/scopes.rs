//! Which code sees the rows of every tenant.

use std::{collections::BTreeMap, fs};

use tests::{
    library::SYSTEM,
    sources::{place, repository, sources},
};

/// The places that open the scope of the platform: each sees the rows of every tenant.
#[test]
fn platform_scope_is_opened_only_where_this_list_says() {
    let allowed = [
        ("local-dev/src/admin.rs", 1),
        ("local-dev/src/demo.rs", 1),
        // Whoever administers is told that something failed, which is no tenant's.
        ("shared/src/alarm.rs", 1),
        ("shared/src/app.rs", 2),
        // A file goes only when no tenant's record refers to it.
        ("shared/src/files/delete_file.rs", 1),
        ("shared/src/files/sweep_files.rs", 2),
        // What is old goes for everybody.
        ("shared/src/jobs/clean_up.rs", 2),
        ("shared/src/system.rs", 1),
        ("tests/src/library/branches.rs", 1),
        // Each listener is looked for in their own branch.
        ("tests/src/library/events.rs", 1),
    ];
    let mut found = BTreeMap::new();
    let folders = ["functions", "shared", "local-dev", "tests/src"];
    for file in folders.iter().flat_map(|folder| sources(&repository(folder))) {
        let text = fs::read_to_string(&file).expect("text");
        let code = text.split("#[cfg(test)]\nmod tests").next().unwrap_or_default();
        let opened = code.matches("Scope::Platform(").count() + code.matches("_across_tenants(").count();
        let name = place(&file);
        if opened > 0 && !name.ends_with("db/scope.rs") {
            found.insert(name, opened);
        }
    }
    let allowed = allowed.map(|(name, count)| (name.to_owned(), count)).into_iter().collect();
    assert_eq!(found, allowed, "say why in the list, or use the scope of a tenant");
    assert_eq!(SYSTEM.migrations.role, Some("muster_library"));
}
