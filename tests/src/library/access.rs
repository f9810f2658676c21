//! Who may call a handler.

use shared::{
    App, Result,
    auth::{
        principal::{Call, Permit, Principal, Source},
        token::Claims,
    },
    db::{Actor, Change, Scope, UserKey},
    error::forbidden,
    permits, row, sql,
};
use uuid::Uuid;

/// The cookie of clients that keep their token there.
pub const COOKIE: &str = "access_token";

/// The claim that names the branch a token is for.
pub const BRANCH: &str = "branch";

/// Somebody signed in.
#[derive(Clone, Debug)]
pub struct Person {
    pub id: Uuid,
    pub session: Uuid,
    pub name: String,
    /// Runs the installation.
    pub is_operator: bool,
    /// The branch that they act in, while they are a member of it.
    pub membership: Option<(Uuid, Role)>,
    call: Call,
}

/// What a member of a branch may do there.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Role {
    Librarian,
    Reader,
}

/// A member of the branch that their token names.
pub struct Member(pub Person);

/// A librarian of the branch that their token names.
pub struct Librarian(pub Person);

/// Whoever runs the installation.
pub struct Operator;

permits! { Member, Librarian, Operator }

impl Role {
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Librarian => "librarian",
            Self::Reader => "reader",
        }
    }
}

row! {
    struct Found {
        id: Uuid,
        name: String,
        is_operator: bool,
        role: Option<String>,
    }
}

impl Principal for Person {
    const SOURCES: &'static [Source] = &[Source::Header, Source::Cookie(COOKIE)];
    const TABLES: &'static [&'static str] = &["people", "memberships"];

    async fn load(app: &App, claims: &Claims) -> Result<Option<Self>> {
        let find = sql!(
            "SELECT people.id, people.name, is_operator, role
             FROM muster.sessions JOIN people ON people.id = sessions.user_id::uuid
             LEFT JOIN memberships ON memberships.person_id = people.id AND memberships.branch_id = $3
             WHERE sessions.id = $1 AND sessions.user_id = $4 AND sessions.revoked_at IS NULL
               AND sessions.idle_expires_at > $2 AND people.is_active"
        );
        let branch: Option<Uuid> = claims.extra.get(BRANCH).and_then(|id| id.as_str()?.parse().ok());
        let mut read = app.db.read_in(&Scope::Own(claims.sub.clone())).await?;
        let found: Option<Found> =
            read.one(find, &[&claims.sid, &app.clock.now(), &branch, &claims.sub]).await?;
        Ok(found.map(|found| {
            let role =
                found.role.map(|role| if role == "librarian" { Role::Librarian } else { Role::Reader });
            Self {
                id: found.id,
                session: claims.sid,
                name: found.name,
                is_operator: found.is_operator,
                membership: branch.zip(role),
                call: Call::default(),
            }
        }))
    }

    async fn admit(&self, _: &App) -> Result<()> {
        Ok(())
    }

    fn calling(self, call: Call) -> Self {
        Self { call, ..self }
    }

    fn actor(&self) -> Actor {
        let actor = match self.membership {
            Some((branch, _)) => Actor::in_tenant(self.id, branch),
            None => Actor::user(self.id),
        };
        Actor { request_id: self.call.request_id.clone(), address: self.call.address.clone(), ..actor }
    }
}

impl Permit for Member {
    type Principal = Person;

    fn permit(person: Person) -> Result<Self> {
        if person.membership.is_some() { Ok(Self(person)) } else { Err(forbidden("Choose a branch first.")) }
    }
}

impl Permit for Librarian {
    type Principal = Person;

    fn permit(person: Person) -> Result<Self> {
        match Member::permit(person)?.0 {
            person if person.membership.is_some_and(|(_, role)| role == Role::Librarian) => Ok(Self(person)),
            _ => Err(forbidden("You do not have permission to perform this action.")),
        }
    }
}

impl Librarian {
    /// Whoever has started a job, if they are a librarian of its branch still.
    pub async fn reload(change: &mut Change, user: &UserKey) -> Result<Person> {
        let find = sql!(
            "SELECT people.id, people.name, is_operator, branch_id
             FROM people JOIN memberships ON memberships.person_id = people.id
             WHERE people.id = $1 AND branch_id = muster.tenant()::uuid AND role = 'librarian' AND people.is_active"
        );
        let found: Option<(Uuid, String, bool, Uuid)> = change.one(find, &[&user.parse::<Uuid>()]).await?;
        let (id, name, is_operator, branch) =
            found.ok_or_else(|| forbidden("You are no librarian of this branch any more."))?;
        let membership = Some((branch, Role::Librarian));
        Ok(Person { id, session: Uuid::nil(), name, is_operator, membership, call: Call::default() })
    }
}

impl Permit for Operator {
    type Principal = Person;

    fn permit(person: Person) -> Result<Self> {
        let refused = || forbidden("You do not have permission to perform this action.");
        if person.is_operator { Ok(Self) } else { Err(refused()) }
    }
}
