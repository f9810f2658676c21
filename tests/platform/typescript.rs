//! Clients in TypeScript: types are generated from each description, and a small program with them is checked.

use std::{fs, path::Path, process::Command};

use muster::systems::SYSTEMS;
use tests::node;

#[test]
fn program_with_generated_types_is_checked_for_every_system() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).parent().expect("the repository");
    let source = root.join("clients/typescript");
    let folder = node::installed("typescript", &source);
    let program = |name: &str| {
        let mut command = Command::new(folder.join("node_modules/.bin").join(name));
        command.current_dir(&folder);
        command
    };
    fs::copy(source.join("tsconfig.json"), folder.join("tsconfig.json")).expect("a copy");
    for (system, _) in SYSTEMS {
        let example = format!("{}.ts", system.name);
        fs::copy(source.join(&example), folder.join(&example)).unwrap_or_else(|_| {
            panic!("write clients/typescript/{example}: signing in, a list, a new record")
        });
        let mut generate = program("openapi-typescript");
        generate.arg(root.join("functions").join(system.name).join("openapi.json"));
        node::run(generate.arg("--output").arg(format!("generated/{}.d.ts", system.name)));
    }

    node::run(&mut program("tsc"));
}
