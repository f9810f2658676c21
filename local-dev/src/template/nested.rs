//! The template of one system: its API, its functions, and what they may use.

use shared::{
    queue::Queue,
    system::{Group, Need, System},
};

use super::function;

const HEAD: &str = include_str!("pieces/head.yaml");

/// Only of systems that read scans: nothing may be declared that nothing uses.
const OCR_PARAMETER: &str = "  OcrLayer:\n    Type: String\n    Description: Layer version with tesseract and pdftoppm; empty reads no text\n    Default: \"\"\n";
const OCR_CONDITION: &str = "  HasOcrLayer: !Not [!Equals [!Ref OcrLayer, \"\"]]\n";

const API: &str = include_str!("pieces/api.yaml");
const INTEGRATION: &str = include_str!("pieces/integration.yaml");
const PATH: &str = include_str!("pieces/path.yaml");
const DOMAIN: &str = include_str!("pieces/domain.yaml");
const SOCKETS_FOOT: &str = include_str!("pieces/sockets_foot.yaml");
const FOOT: &str = include_str!("pieces/foot.yaml");

/// The group that also answers what no other group does, so that strangers to the API get its errors, not the gateway's.
const LAST_RESORT: &str = "ops";

/// The text of `functions/<system>/template.yaml`.
pub fn nested(system: &System) -> String {
    let functions = function::with(system, Need::Database);
    let reads_scans = function::with(system, Need::Ocr) > 0;
    let of_scans = |text: &'static str| if reads_scans { text } else { "" };
    let mut text = HEAD
        .replace("@ocr_parameter@", of_scans(OCR_PARAMETER))
        .replace("@ocr_condition@", of_scans(OCR_CONDITION))
        .replace("@system@", system.name)
        .replace("@title@", system.title)
        .replace("@own_parameters@", &own(system, parameter))
        .replace("@own_variables@", &own(system, variable))
        .replace("@cloudinary_folder@", system.storage.cloudinary_folder)
        .replace("@functions@", &functions.to_string())
        .replace("@connections@", &(2 * functions).to_string());
    text += &api(system);
    text += DOMAIN;
    text.extend(system.groups.iter().map(|group| function::of_group(system, group)));
    text.extend(system.sockets.map(|sockets| function::of_sockets(system, sockets)));
    text.extend(system.workers.iter().map(|worker| function::of_worker(system, worker)));
    text.extend(Queue::ALL.map(|queue| function::of_queue(system, queue)));
    text += FOOT;
    if system.sockets.is_some() {
        text += SOCKETS_FOOT;
    }
    text
}

/// A piece for each variable that only this system reads.
fn own(system: &System, piece: fn(&str) -> String) -> String {
    let variables = system.settings.iter().flat_map(|settings| settings.part.variables);
    variables.map(|variable| piece(variable.name)).collect()
}

/// Empty is as good as absent.
fn parameter(name: &str) -> String {
    let is_secret = ["KEY", "SECRET"].iter().any(|word| name.contains(word));
    let hidden = if is_secret { "    NoEcho: true\n" } else { "" };
    format!("  {}:\n    Type: String\n{hidden}    Default: \"\"\n", parameter_name(name))
}

fn variable(name: &str) -> String {
    format!("        {name}: !Ref {}\n", parameter_name(name))
}

/// `FEE_GATE` as `FeeGate`.
fn parameter_name(variable: &str) -> String {
    let word = |word: &str| {
        let (first, rest) = word.split_at(usize::from(!word.is_empty()));
        format!("{first}{}", rest.to_lowercase())
    };
    variable.split('_').map(word).collect()
}

fn api(system: &System) -> String {
    let binaries = system.groups.iter().map(|group| function::group_binary(system, group));
    let integrations: String = binaries.map(|binary| INTEGRATION.replace("@binary@", &binary)).collect();
    let mut paths: String = system
        .groups
        .iter()
        .flat_map(|group| {
            let binary = function::group_binary(system, group);
            addresses(system, group).into_iter().map(move |address| path(&address, &binary))
        })
        .collect();
    if let Some(group) = system.groups.iter().find(|group| group.name == LAST_RESORT) {
        let path = path("$default", &function::group_binary(system, group));
        paths += &path.replace("responses: {}", "isDefaultRoute: true\n              responses: {}");
    }
    API.replace("@system@", system.name).replace("@integrations@", &integrations).replace("@paths@\n", &paths)
}

/// Routes that a gateway may have.
pub(super) const MOST_ROUTES: usize = 300;

/// Every route of a group. The gateway does not know which spellings mean the same.
///
/// A prefix is an address itself, and begins those below it. Both are routes even where it is only one of the two, because an
/// address that ends with a slash counts as below it; not in a system that would have too many routes.
pub(super) fn addresses(system: &System, group: &Group) -> Vec<String> {
    let all = |group: &Group| -> Vec<String> {
        let both =
            group.prefixes.iter().flat_map(|prefix| [(*prefix).to_owned(), format!("{prefix}/{{proxy+}}")]);
        both.flat_map(|path| system.http.spellings(&path)).collect()
    };
    if system.groups.iter().map(|group| all(group).len()).sum::<usize>() < MOST_ROUTES {
        return all(group);
    }
    needed(group).iter().flat_map(|path| system.http.spellings(path)).collect()
}

/// Each prefix that is an address itself, and all that is below each that is more. Of pages that are no operations of the
/// description it is not known, so both are there.
fn needed(group: &Group) -> Vec<String> {
    let description = (group.routes)().into_openapi();
    let operations: Vec<&String> = description.paths.paths.keys().collect();
    let of = |prefix: &&str| {
        let itself = operations.iter().any(|path| path == prefix);
        let below = operations
            .iter()
            .any(|path| path.strip_prefix(*prefix).is_some_and(|rest| rest.starts_with('/')));
        let unknown = !itself && !below;
        let paths = [
            (itself || unknown).then(|| (*prefix).to_owned()),
            (below || unknown).then(|| format!("{prefix}/{{proxy+}}")),
        ];
        paths.into_iter().flatten()
    };
    group.prefixes.iter().flat_map(of).collect()
}

fn path(path: &str, binary: &str) -> String {
    PATH.replace("@path@", path).replace("@binary@", binary)
}
