//! Who is behind a token.

use shared::{
    App, Result,
    auth::{
        principal::{self, Call, Principal, Source},
        token::Claims,
    },
    db::{Actor, UserKey},
    row, sql,
};

use super::maintenance;
use super::{COOKIE, Role, User};

/// For what browsers load by themselves: pictures and files.
pub(super) const BROWSER: &[Source] = &[Source::Header, Source::Cookie(COOKIE)];

/// For event streams, which cannot send a header.
pub(super) const STREAM: &[Source] = &[Source::Header, Source::Query("token"), Source::Cookie(COOKIE)];

row! {
    struct Person {
        id: i32,
        username: String,
        role: String,
        cadet_id: Option<i32>,
        staff_id: Option<i32>,
    }
}

impl Principal for User {
    const SOURCES: &'static [Source] = &[Source::Header];

    const TABLES: &'static [&'static str] = &["users", "cadets", "training_staff"];

    async fn load(app: &App, claims: &Claims) -> Result<Option<Self>> {
        let find = sql!(
            "SELECT users.id, users.username, users.role, users.cadet_id, users.staff_id
             FROM muster.sessions JOIN users ON users.id = sessions.user_id::int
             LEFT JOIN cadets ON cadets.id = users.cadet_id
             LEFT JOIN training_staff ON training_staff.id = users.staff_id
             WHERE sessions.id = $1 AND sessions.revoked_at IS NULL
               AND sessions.idle_expires_at > $2 AND sessions.absolute_expires_at > $2
               AND users.is_approved = 1 AND users.is_archived IS NOT TRUE
               AND cadets.is_archived IS NOT TRUE AND training_staff.is_archived IS NOT TRUE"
        );
        let found: Option<Person> = app.db.read().await?.one(find, &[&claims.sid, &app.clock.now()]).await?;
        Ok(found.filter(|person| UserKey::from(person.id) == claims.sub).and_then(|person| {
            Some(Self {
                role: Role::parse(&person.role)?,
                id: person.id,
                username: person.username,
                cadet_id: person.cadet_id,
                staff_id: person.staff_id,
                session: claims.sid,
                request_id: None,
            })
        }))
    }

    /// In maintenance only administrators get further.
    async fn admit(&self, app: &App) -> Result<()> {
        if self.role == Role::Admin { Ok(()) } else { maintenance::check(app).await }
    }

    fn calling(self, call: Call) -> Self {
        Self { request_id: call.request_id, ..self }
    }

    fn actor(&self) -> Actor {
        Self::actor(self)
    }
}

/// The user behind a token that came on another way than a request of ours.
pub async fn bearer(app: &App, token: &str) -> Result<Option<User>> {
    principal::bearer(app, token, Call::default()).await
}
