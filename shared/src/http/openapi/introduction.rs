//! What a system says of its API as a whole: what it is for, where it answers, how to get a token, and its tags.

use utoipa::openapi::{
    Info, InfoBuilder, OpenApi, Server,
    server::ServerBuilder,
    tag::{Tag, TagBuilder},
};

use super::operations_of;
use crate::{
    http::HttpPolicy,
    system::{Group, SignIn, System},
};

/// The document of a system before its operations.
pub(super) fn info(system: &System) -> Info {
    InfoBuilder::new()
        .title(system.title)
        .version(env!("CARGO_PKG_VERSION"))
        .description(Some(format!("{}.", system.about)))
        .build()
}

/// One tag for each group, which its operations name, in the order of the groups.
pub(super) fn tags(groups: &[&Group]) -> Vec<Tag> {
    let tag = |group: &&Group| TagBuilder::new().name(group.name).description(Some(group.about)).build();
    groups.iter().map(tag).collect()
}

/// The server that the description comes from, with the prefixes that it answers under too.
pub(super) fn servers(policy: &HttpPolicy) -> Vec<Server> {
    let others = policy.surfaces.iter().flat_map(|surface| {
        let others = surface.prefixes.iter().filter(move |prefix| **prefix != surface.canonical);
        others.map(move |prefix| format!(" Paths under `{}` answer under `{prefix}` too.", surface.canonical))
    });
    let description = others.fold("This server.".to_owned(), |text, other| text + &other);
    vec![ServerBuilder::new().url("/").description(Some(description)).build()]
}

/// Says in the description how to get a token.
pub(super) fn sign_in(document: &mut OpenApi, sign_in: &SignIn) {
    let Some((method, path)) = found(document, sign_in.operation) else { return };
    let SignIn { name, password, token, demo, .. } = sign_in;
    let demo = demo.map(|account| {
        format!(
            " Outside production an empty database is filled with demo accounts, such as `{account}`: `cargo run` prints \
             their passwords, and `DEMO_PASSWORD` sets all of them."
        )
    });
    let text = format!(
        "\n\nTo get a token, send `{method} {path}` with `{name}` and `{password}` of an account; the response has it as \
         `{token}`. Send it with each request as `Authorization: Bearer TOKEN`, or press *Authorize* on the page \
         `/api/docs/` and paste it there.{}",
        demo.unwrap_or_default()
    );
    document.info.description.get_or_insert_default().push_str(&text);
}

/// Method and path of an operation.
fn found(document: &mut OpenApi, id: &str) -> Option<(&'static str, String)> {
    document.paths.paths.iter_mut().find_map(|(path, item)| {
        let mut operations = operations_of(item);
        let (method, _) = operations.find(|(_, operation)| operation.operation_id.as_deref() == Some(id))?;
        Some((method, path.clone()))
    })
}
