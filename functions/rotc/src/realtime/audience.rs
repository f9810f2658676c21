//! Who may know an event.

use serde_json::Value;
use shared::realtime::Topic;

use super::frames::Stored;
use crate::access::{Role, User};

const ADMIN: Topic = Topic::Role(Role::Admin.as_str());
const STAFF: Topic = Topic::Role(Role::Staff.as_str());
const CADETS: Topic = Topic::Role(Role::Cadet.as_str());

/// Whom an event concerns.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Audience {
    /// Everybody who is signed in.
    Everybody,
    /// The cadets it names, and those who teach them.
    CadetsAndStaff,
    /// Staff and admins.
    Staff,
    /// The user it names.
    User,
    /// Admins.
    Admins,
}

/// The table. What is not in it is for admins: a new kind of event tells nobody more than it should.
const TABLE: &[(&str, Audience)] = &[
    ("grade_updated", Audience::CadetsAndStaff),
    ("attendance_updated", Audience::CadetsAndStaff),
    ("merit_added", Audience::CadetsAndStaff),
    ("merit_deleted", Audience::CadetsAndStaff),
    ("demerit_added", Audience::CadetsAndStaff),
    ("demerit_deleted", Audience::CadetsAndStaff),
    ("ledger_updated", Audience::CadetsAndStaff),
    ("cadet_created", Audience::CadetsAndStaff),
    ("cadet_updated", Audience::CadetsAndStaff),
    ("cadet_unlocked", Audience::CadetsAndStaff),
    ("cadet_profile_updated", Audience::CadetsAndStaff),
    ("cadet_deleted", Audience::Staff),
    ("staff_attendance_updated", Audience::Staff),
    ("staff_chat", Audience::Staff),
    ("admin_broadcast", Audience::Everybody),
    ("cadet_notification", Audience::Everybody),
    ("ask_admin_reply", Audience::User),
    ("ask_admin", Audience::Admins),
    ("portal_access", Audience::Admins),
    ("monitor_alert", Audience::Admins),
    ("location_update", Audience::Admins),
    ("system_setting_updated", Audience::Admins),
];

/// The groups of people a signed-in user belongs to.
pub fn topics_of(user: &User) -> Vec<Topic> {
    topics(user.id, user.role, user.cadet_id)
}

/// The same, from what is known of a user.
pub fn topics(user_id: i32, role: Role, cadet_id: Option<i32>) -> Vec<Topic> {
    let own = cadet_id.filter(|_| role == Role::Cadet).map(cadet);
    [Topic::Role(role.as_str()), Topic::User(user_id)].into_iter().chain(own).collect()
}

/// Whom an event is for.
pub fn audience(event: &Stored) -> Vec<Topic> {
    let found = TABLE.iter().find(|(kind, _)| *kind == event.kind);
    match found.map_or(Audience::Admins, |(_, audience)| *audience) {
        Audience::Everybody => everybody(),
        Audience::CadetsAndStaff => [ADMIN, STAFF].into_iter().chain(cadets(event).map(cadet)).collect(),
        Audience::Staff => vec![ADMIN, STAFF],
        Audience::User => number(&event.payload["userId"]).map(Topic::User).into_iter().collect(),
        Audience::Admins => vec![ADMIN],
    }
}

/// Whom a notice is for: its user, or whoever's list shows notices of this kind.
pub fn of_notice(user_id: Option<i32>, kind: &str) -> Vec<Topic> {
    match user_id {
        Some(user_id) => vec![Topic::User(user_id)],
        None if crate::notifications::inbox::PUBLIC_TYPES.contains(&kind) => everybody(),
        None => vec![ADMIN],
    }
}

fn everybody() -> Vec<Topic> {
    vec![ADMIN, STAFF, CADETS]
}

fn cadet(id: i32) -> Topic {
    Topic::Record("cadet", id)
}

/// The cadets an event is about.
fn cadets(event: &Stored) -> impl Iterator<Item = i32> {
    let named = event.payload["cadetIds"].as_array().into_iter().flatten().filter_map(number);
    event.cadet().into_iter().chain(named)
}

pub(super) fn number(value: &Value) -> Option<i32> {
    value.as_i64().and_then(|number| i32::try_from(number).ok())
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn knows(kind: &str, payload: Value, topics: &[Topic]) -> bool {
        let event = Stored { seq: 1, kind: kind.to_owned(), cadet_id: None, payload, at: None };
        audience(&event).iter().any(|topic| topics.contains(topic))
    }

    #[test]
    fn a_cadet_knows_what_is_their_own_and_what_is_everybodys() {
        let own = topics(9, Role::Cadet, Some(4));
        assert!(knows("grade_updated", json!({ "cadetId": 4 }), &own));
        assert!(!knows("grade_updated", json!({ "cadetId": 5 }), &own));
        assert!(knows("cadet_unlocked", json!({ "cadetIds": [3, 4] }), &own));
        assert!(!knows("cadet_deleted", json!({ "cadetIds": [4] }), &own));
        assert!(knows("admin_broadcast", json!({}), &own));
        assert!(knows("ask_admin_reply", json!({ "userId": 9 }), &own));
        assert!(!knows("ask_admin_reply", json!({ "userId": 4 }), &own));
        assert!(!knows("staff_chat", json!({}), &own));
    }

    #[test]
    fn only_admins_know_what_nobody_has_thought_of() {
        assert!(knows("something_new", json!({ "cadetId": 4 }), &topics(1, Role::Admin, None)));
        for user in [topics(2, Role::Staff, None), topics(9, Role::Cadet, Some(4))] {
            assert!(!knows("something_new", json!({ "cadetId": 4 }), &user));
            assert!(!knows("portal_access", json!({ "cadetId": 4, "userId": 9 }), &user));
        }
    }

    #[test]
    fn notices_reach_those_whose_lists_show_them() {
        assert_eq!(of_notice(Some(3), "grade"), [Topic::User(3)]);
        assert_eq!(of_notice(None, "announcement").len(), 3);
        assert_eq!(of_notice(None, "portal_access"), [ADMIN]);
    }
}
