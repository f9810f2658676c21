//! The contract: what the legacy server answered, line by line, and what Muster answers to the same requests.
//!
//! Every group starts from a fresh copy of the legacy database; inside a group each line sees the effects of those before.
//! `differences.toml` lists every intended difference; an entry that is no longer needed fails.

mod alike;
mod backup;
mod differences;
pub mod file_server;
mod line;
mod player;
mod sheet;
mod stream;

use line::Line;
use player::Player;

macro_rules! groups {
    ($($test:ident: $group:literal),+ $(,)?) => {
        /// Every recorded group, with its lines.
        const GROUPS: &[(&str, &str)] = &[
            $(($group, include_str!(concat!("../recordings/", $group, ".jsonl")))),+
        ];

        $(#[tokio::test]
        async fn $test() {
            replay($group).await;
        })+
    };
}

groups! {
    the_sign_in_answers_as_recorded: "auth",
    what_cadets_see_answers_as_recorded: "cadet",
    a_cadets_profile_answers_as_recorded: "cadet-profile",
    the_cadets_of_the_admin_answer_as_recorded: "admin-cadets",
    the_export_of_cadets_answers_as_recorded: "admin-cadets-export",
    the_grades_of_the_admin_answer_as_recorded: "admin-grades",
    the_ledger_of_the_admin_answers_as_recorded: "admin-ledger",
    pictures_answer_as_recorded: "images",
    the_staff_of_the_admin_answers_as_recorded: "staff",
    what_the_staff_see_answers_as_recorded: "staff-self",
    the_analytics_answer_as_recorded: "admin-analytics",
    activities_answer_as_recorded: "admin-activities",
    excuse_letters_answer_as_recorded: "excuse",
    attendance_answers_as_recorded: "attendance",
    scanning_answers_as_recorded: "attendance-scan",
    backups_answer_as_recorded: "admin-backup",
    messages_answer_as_recorded: "messages",
    the_server_itself_answers_as_recorded: "server",
    former_host_names_are_redirected_as_recorded: "redirect",
    event_streams_carry_what_was_recorded: "sse",
    access_is_refused_as_recorded: "authz",
    reminders_answer_as_recorded: "admin-notify",
    mails_of_the_admin_answer_as_recorded: "admin-email",
    the_other_pages_of_the_admin_answer_as_recorded: "admin-misc",
    imports_from_files_answer_as_recorded: "admin-import",
    imports_from_links_answer_as_recorded: "admin-import-url",
    imports_of_attendance_answer_as_recorded: "attendance-import",
    attendance_in_pictures_answers_as_recorded: "attendance-ocr",
    imports_of_rotcmis_grades_and_ledger_answer_as_recorded: "integration",
}

async fn replay(group: &str) {
    let mut player = Player::new(group).await;
    let failures = play(group, &mut player).await;
    assert!(failures.is_empty(), "{} lines of {group} differ:\n{}", failures.len(), failures.join("\n"));
    differences::finished(GROUPS.len(), player.additions_used);
}

/// Lines that functions answer otherwise than one server: metrics are those of a process, the gateway answers an address
/// of no group, and mail is configured.
const OF_ONE_SERVER: [&str; 6] = [
    "admin-analytics-009",
    "admin-analytics-010",
    "admin-analytics-011",
    "admin-analytics-013",
    "admin-misc-019",
    "server-012",
];

/// Functions have one connection, and only what they find for themselves.
#[tokio::test]
async fn functions_as_the_template_installs_them_answer_as_recorded() {
    let mut failures = Vec::new();
    // Behind a gateway an event stream ends at once, and only known host names lead to it.
    for (group, _) in GROUPS.iter().filter(|(group, _)| !["redirect", "sse"].contains(group)) {
        failures.extend(play(group, &mut Player::through_functions(group).await).await);
    }
    let of_one_server = |failure: &String| OF_ONE_SERVER.iter().any(|id| failure.starts_with(id));
    let (expected, failures): (Vec<_>, Vec<_>) = failures.into_iter().partition(of_one_server);
    assert!(failures.is_empty(), "{} lines differ:\n{}", failures.len(), failures.join("\n"));
    assert_eq!(expected.len(), OF_ONE_SERVER.len(), "only these differ: {expected:#?}");
}

/// The lines of a group that are not answered as recorded, with the first differences.
async fn play(group: &str, player: &mut Player) -> Vec<String> {
    let mut failures = Vec::new();
    for line in lines(group) {
        let problems = player.play(&line).await;
        if !problems.is_empty() {
            let first: String = problems.iter().take(5).map(|problem| format!("\n    {problem}")).collect();
            failures.push(format!("{} {} {}{first}", line.id, line.method, line.path));
        }
    }
    failures
}

fn lines(group: &str) -> Vec<Line> {
    let text = GROUPS.iter().find(|(name, _)| *name == group).map(|(_, text)| *text).unwrap_or_default();
    text.lines()
        .map(|line| serde_json::from_str(line).unwrap_or_else(|error| panic!("{error}: {line}")))
        .collect()
}

#[test]
fn every_intended_difference_names_a_recorded_line() {
    let lines: Vec<Line> = GROUPS.iter().flat_map(|(group, _)| lines(group)).collect();
    let unknown = differences::LIST.unknown(&lines);
    assert!(unknown.is_empty(), "remove these entries from tests/rotc/replay/differences.toml: {unknown:#?}");
}
