//! Whom an event is for, and who listens.

use std::borrow::Cow;

use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::db::{TenantKey, UserKey};

/// A group of people that an event can be for.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Topic {
    /// Everybody with this role.
    Role(Cow<'static, str>),
    /// One user.
    User(UserKey),
    /// Whoever a record is about: its kind and id.
    Record(Cow<'static, str>, String),
    /// Whoever is in a room: a class that is live, a conversation.
    Room(String),
}

impl Topic {
    /// See [`Topic::Role`].
    pub const fn role(name: &'static str) -> Self {
        Self::Role(Cow::Borrowed(name))
    }

    /// See [`Topic::User`].
    pub fn user(key: impl Into<UserKey>) -> Self {
        Self::User(key.into())
    }

    /// See [`Topic::Record`].
    pub fn record(kind: &'static str, id: impl ToString) -> Self {
        Self::Record(Cow::Borrowed(kind), id.to_string())
    }

    /// See [`Topic::Room`].
    pub fn room(name: impl Into<String>) -> Self {
        Self::Room(name.into())
    }
}

/// Whom a part of an event is for. Its fields are private so that [`Audience::includes`] is the only way to ask.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Audience {
    tenant: Option<TenantKey>,
    topics: Vec<Topic>,
}

impl Audience {
    /// Listeners of one tenant; nobody else, whatever the topics are.
    pub fn of_tenant(tenant: impl Into<TenantKey>, topics: Vec<Topic>) -> Self {
        Self { tenant: Some(tenant.into()), topics }
    }

    /// Listeners of every tenant and of none: in systems without tenants, and for announcements of the platform.
    pub fn everywhere(topics: Vec<Topic>) -> Self {
        Self { tenant: None, topics }
    }

    /// Whether a listener may know it.
    pub fn includes(&self, listener: &Listener) -> bool {
        let in_reach = self.tenant.is_none() || self.tenant == listener.tenant;
        in_reach && self.topics.iter().any(|topic| listener.topics.contains(topic))
    }
}

/// Somebody signed in who listens. As JSON it is kept with the sockets of the gateway.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Listener {
    /// The session they came with: they are dropped when it ends.
    pub session: Uuid,
    /// Who they are.
    pub user: UserKey,
    /// Their role, as the first message of a socket names it.
    pub role: Cow<'static, str>,
    /// The tenant in which they listen; none in systems without tenants.
    pub tenant: Option<TenantKey>,
    /// The groups they belong to; a part of an event comes once, however many of these it is for.
    pub topics: Vec<Topic>,
}

impl Listener {
    /// A user with the topics of their role and of themselves.
    pub fn new(session: Uuid, user: impl Into<UserKey>, role: impl Into<Cow<'static, str>>) -> Self {
        let (user, role) = (user.into(), role.into());
        let topics = vec![Topic::Role(role.clone()), Topic::User(user.clone())];
        Self { session, user, role, tenant: None, topics }
    }

    /// The same, listening in a tenant.
    #[must_use]
    pub fn in_tenant(self, tenant: impl Into<TenantKey>) -> Self {
        Self { tenant: Some(tenant.into()), ..self }
    }

    /// The same with further topics.
    #[must_use]
    pub fn with(mut self, topics: impl IntoIterator<Item = Topic>) -> Self {
        self.topics.extend(topics);
        self
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const A: Uuid = Uuid::from_u128(0xa);
    const B: Uuid = Uuid::from_u128(0xb);

    fn listener() -> Listener {
        let more = [Topic::record("lesson", 7), Topic::room("lobby")];
        Listener::new(Uuid::nil(), Uuid::from_u128(1), "teacher").with(more)
    }

    #[test]
    fn part_of_a_tenant_reaches_no_listener_of_another_or_of_none_whatever_the_topics() {
        let topics = listener().topics;
        for shared in 1..=topics.len() {
            let audience = Audience::of_tenant(A, topics[..shared].to_vec());
            assert!(audience.includes(&listener().in_tenant(A)));
            assert!(!audience.includes(&listener().in_tenant(B)));
            assert!(!audience.includes(&listener()));
        }
        let own = Audience::of_tenant(A, Vec::new());
        assert!(!own.includes(&listener().in_tenant(A)), "a tenant is no topic");
    }

    #[test]
    fn part_without_a_tenant_reaches_every_listener_of_its_topics() {
        let announcement = Audience::everywhere(vec![Topic::role("teacher")]);
        for listener in [listener(), listener().in_tenant(A), listener().in_tenant(B)] {
            assert!(announcement.includes(&listener));
        }
        assert!(!Audience::everywhere(vec![Topic::role("student")]).includes(&listener()));
        assert!(!Audience::everywhere(Vec::new()).includes(&listener()));
    }

    #[test]
    fn topics_of_different_kinds_or_records_differ() {
        let mine = listener();
        for foreign in [
            Topic::user(Uuid::from_u128(2)),
            Topic::record("lesson", 8),
            Topic::record("quiz", 7),
            Topic::room("lesson"),
            Topic::role("lobby"),
        ] {
            assert!(!Audience::everywhere(vec![foreign]).includes(&mine));
        }
    }

    #[test]
    fn listener_survives_being_stored() {
        let listener = listener().in_tenant(A);
        let json = serde_json::to_value(&listener).unwrap();
        assert_eq!(json["topics"][0], serde_json::json!({ "role": "teacher" }));
        assert_eq!(json["topics"][2], serde_json::json!({ "record": ["lesson", "7"] }));
        let read: Listener = serde_json::from_value(json).unwrap();
        assert_eq!(read, listener);
        assert!(Audience::of_tenant(A, listener.topics).includes(&read));
    }
}
