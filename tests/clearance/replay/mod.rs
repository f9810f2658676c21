//! The contract: what the legacy server answered, line by line, and what Muster answers to the same requests.
//!
//! Every group starts from the rows of the dump; inside a group each line sees the effects of those before. A line must be
//! answered as recorded (more members are welcome), or with the status of its `deviation`, or as `differences.toml` says.

mod differences;
mod effects;
mod line;
mod player;

use line::Line;
use player::Player;

use crate::recorded;

/// Groups whose routes are still to come: they must fail until then.
const NOT_YET: &[&str] = &[];

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
    analytics_answer_as_recorded: "analytics",
    academics_answer_as_recorded: "academics",
    departments_answer_as_recorded: "departments",
    auth_answers_as_recorded: "auth",
    users_answer_as_recorded: "users",
    students_answer_as_recorded: "students",
    clearances_answer_as_recorded: "clearances",
    approvals_answer_as_recorded: "approvals",
    finance_answers_as_recorded: "finance",
    notifications_answer_as_recorded: "notifications",
    gowns_answer_as_recorded: "gowns",
    audit_logs_answer_as_recorded: "audit_logs",
    misc_answers_as_recorded: "misc",
    throttle_answers_as_recorded: "throttle",
}

/// `MUSTER_REPLAY=all` shows what is still missing of the groups that are not expected to work yet.
async fn replay(group: &str) {
    let app = if group == "throttle" { recorded::limited().await } else { recorded::recorded().await };
    if group == "throttle" {
        // As many requests as one address may make in an hour without signing in.
        for _ in 0..100 {
            app.quiet().get("/api/auth/health/").await.is(200);
        }
    }
    let mut player = Player::new(app);
    let mut failures = Vec::new();
    for line in lines(group) {
        let problems = player.play(&line).await;
        if !problems.is_empty() {
            let first: String = problems.iter().take(5).map(|problem| format!("\n    {problem}")).collect();
            failures.push(format!("{} {} {} {}{first}", line.id, line.who, line.method, line.path));
        }
    }
    if NOT_YET.contains(&group) && std::env::var_os("MUSTER_REPLAY").is_none() {
        assert!(!failures.is_empty(), "take {group} off NOT_YET: it answers as recorded");
        return;
    }
    let all = lines(group).len();
    assert!(
        failures.is_empty(),
        "{} of {all} lines of {group} differ:\n{}",
        failures.len(),
        failures.join("\n")
    );
}

fn lines(group: &str) -> Vec<Line> {
    let text = GROUPS.iter().find(|(name, _)| *name == group).map(|(_, text)| *text).unwrap_or_default();
    text.lines()
        .map(|line| serde_json::from_str(line).unwrap_or_else(|error| panic!("{error}: {line}")))
        .collect()
}

#[test]
fn every_intended_difference_names_one_recorded_line() {
    let lines: Vec<Line> = GROUPS.iter().flat_map(|(group, _)| lines(group)).collect();
    let wrong = differences::LIST.wrong(&lines);
    assert!(wrong.is_empty(), "mend these entries of tests/clearance/replay/differences.toml: {wrong:#?}");
}
