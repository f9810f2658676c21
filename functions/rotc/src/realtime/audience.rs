//! Who may know an event.

use serde_json::Value;
use shared::realtime::{Listener, Topic};

use super::frames::Stored;
use crate::access::{Role, User};

const ADMIN: Topic = Topic::role(Role::Admin.as_str());
const STAFF: Topic = Topic::role(Role::Staff.as_str());
const CADETS: Topic = Topic::role(Role::Cadet.as_str());

/// A signed-in user with the groups of people they belong to.
pub fn listener(user: &User) -> Listener {
    let own = user.cadet_id.filter(|_| user.role == Role::Cadet).map(cadet);
    Listener::new(user.session, user.id, user.role.as_str()).with(own)
}

/// Whom an event is for. A kind that is not in the list is for admins: it tells nobody more than it should.
pub fn audience(event: &Stored) -> Vec<Topic> {
    match event.kind.as_str() {
        "grade_updated"
        | "attendance_updated"
        | "merit_added"
        | "merit_deleted"
        | "demerit_added"
        | "demerit_deleted"
        | "ledger_updated"
        | "cadet_created"
        | "cadet_updated"
        | "cadet_unlocked"
        | "cadet_profile_updated" => [ADMIN, STAFF].into_iter().chain(cadets(event).map(cadet)).collect(),
        "cadet_deleted" | "staff_attendance_updated" | "staff_chat" => vec![ADMIN, STAFF],
        "admin_broadcast" | "cadet_notification" => everybody(),
        "ask_admin_reply" => number(&event.payload["userId"]).map(Topic::user).into_iter().collect(),
        _ => vec![ADMIN],
    }
}

/// Whom a notice is for: its user, or whoever's list shows notices of this kind.
pub fn of_notice(user_id: Option<i32>, kind: &str) -> Vec<Topic> {
    match user_id {
        Some(user_id) => vec![Topic::user(user_id)],
        None if crate::notifications::inbox::PUBLIC_TYPES.contains(&kind) => everybody(),
        None => vec![ADMIN],
    }
}

fn everybody() -> Vec<Topic> {
    vec![ADMIN, STAFF, CADETS]
}

fn cadet(id: i32) -> Topic {
    Topic::record("cadet", id)
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

    fn topics(id: i32, role: Role, cadet_id: Option<i32>) -> Vec<Topic> {
        let user = User {
            id,
            role,
            cadet_id,
            username: String::new(),
            staff_id: None,
            session: uuid::Uuid::nil(),
            request_id: None,
        };
        listener(&user).topics
    }

    fn knows(kind: &str, payload: Value, topics: &[Topic]) -> bool {
        let event = Stored { kind: kind.to_owned(), payload, ..Stored::default() };
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
        assert_eq!(of_notice(Some(3), "grade"), [Topic::user(3)]);
        assert_eq!(of_notice(None, "announcement").len(), 3);
        assert_eq!(of_notice(None, "portal_access"), [ADMIN]);
    }
}
