//! Who may call a handler: its first argument says so.
//!
//! A token is checked by its signature, then the session and the person behind it are read in one query:
//! a revoked session, an archived or an unapproved user is nobody from that moment on (in another process, and for a change
//! that this program has not made, from a second later on).

use std::marker::PhantomData;

use axum::extract::FromRequestParts;
use http::request::Parts;
use shared::{
    App, Error, Result,
    auth::principal::{Maybe, Permit, Source, optional},
    db::Actor,
    error::forbidden,
    http::Path,
    permits,
};
use uuid::Uuid;

mod live;
pub mod maintenance;
mod person;
mod refusal;

pub use live::Listener;
use person::BROWSER;
pub use person::bearer;
pub use refusal::{
    AccessDenied, CadetAccessRequired, NoSender, NotACadet, NotACadetAccount, NotAStaffAccount, Refusal,
};

/// The cookie that carries the token for requests a browser makes without a header. It is only read by
/// [`Viewer`], so only by GET routes that say so.
pub const COOKIE: &str = "rotc_session";

/// The three roles of `users.role`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Role {
    /// Runs the unit.
    Admin,
    /// Trains cadets.
    Staff,
    /// Is trained.
    Cadet,
}

impl Role {
    /// The text the database and the clients use.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Admin => "admin",
            Self::Staff => "training_staff",
            Self::Cadet => "cadet",
        }
    }

    /// The role a text stands for.
    pub fn parse(text: &str) -> Option<Self> {
        [Self::Admin, Self::Staff, Self::Cadet].into_iter().find(|role| role.as_str() == text)
    }
}

/// Somebody who is signed in.
#[derive(Clone, Debug)]
pub struct User {
    /// `users.id`.
    pub id: i32,
    /// `users.username`.
    pub username: String,
    /// What they may do.
    pub role: Role,
    /// `users.cadet_id`.
    pub cadet_id: Option<i32>,
    /// `users.staff_id`.
    pub staff_id: Option<i32>,
    /// The session they came with.
    pub session: Uuid,
    /// The request they made.
    pub request_id: Option<String>,
}

impl User {
    /// In whose name changes are made.
    pub fn actor(&self) -> Actor {
        Actor { request_id: self.request_id.clone(), ..Actor::user(self.id) }
    }

    /// Whose things they see: everybody's (none) as an administrator, else their own.
    pub fn only_own(&self) -> Option<i32> {
        (self.role != Role::Admin).then_some(self.id)
    }
}

/// Admins only.
#[derive(Clone, Debug)]
pub struct Admin(pub User);

/// Admins and training staff.
#[derive(Clone, Debug)]
pub struct Staff(pub User);

/// Anybody signed in.
#[derive(Clone, Debug)]
pub struct Member(pub User);

/// Anybody signed in, with the one cadet they may act for and whose records they may see: none means every cadet, for staff.
#[derive(Clone, Debug)]
pub struct Acting {
    /// The user.
    pub user: User,
    /// The cadet they are.
    pub only: Option<i32>,
}

impl Acting {
    /// Refuses a cadet who acts for another.
    pub fn may_act_for(&self, cadet_id: i32) -> Result<()> {
        if self.only.is_none_or(|own| own == cadet_id) { Ok(()) } else { Err(not_yours()) }
    }
}

/// A member of the staff, with their row in `training_staff` if the account is linked to one.
#[derive(Clone, Debug)]
pub struct OwnStaff(pub Option<i32>);

/// The cadet that the path names, for whoever may see that cadet's records: staff, and the cadet.
#[derive(Clone, Copy, Debug)]
pub struct Visible(pub i32);

/// Anybody, signed in or not, unless the system is in maintenance. For what only cadets and staff do before they
/// are signed in.
#[derive(Clone, Copy, Debug)]
pub struct Open;

/// Anybody, with who they are if they are signed in by header. A token that does not hold counts as none.
#[derive(Clone, Debug)]
pub struct Guest(pub Option<User>);

/// Anybody, with who they are if they are signed in by header or cookie. For GET routes that browsers load
/// without a header (images, files, event streams).
#[derive(Clone, Debug)]
pub struct Viewer(pub Option<User>);

/// Admins only, signed in by header or cookie. For GET routes that a browser may open by itself.
#[derive(Clone, Debug)]
pub struct AdminViewer(pub User);

/// A user who is a cadet, with the cadet's id. `R` is what others are told.
#[derive(Clone, Debug)]
pub struct Own<R: Refusal = NotACadetAccount> {
    /// The user.
    pub user: User,
    /// Their row in `cadets`.
    pub cadet_id: i32,
    refusal: PhantomData<R>,
}

/// A user who is on the training staff, with their row there. `R` is what others are told.
#[derive(Clone, Debug)]
pub struct OnStaff<R: Refusal = AccessDenied> {
    /// The user: training staff, or an admin who is on the staff too.
    pub user: User,
    /// Their row in `training_staff`.
    pub staff_id: i32,
    refusal: PhantomData<R>,
}

/// The member of the staff that the path names, for admins and for themselves.
#[derive(Clone, Copy, Debug)]
pub struct StaffSelf(pub i32);

/// Admins and training staff, where the client shows the refusal itself.
#[derive(Clone, Debug)]
pub struct StaffRoom(pub User);

permits! { Member, Admin, AdminViewer, Staff, StaffRoom, Acting, OwnStaff }
permits! { [R: Refusal] Own<R>, OnStaff<R> }

impl Permit for Member {
    type Principal = User;

    fn permit(user: User) -> Result<Self> {
        Ok(Self(user))
    }
}

impl Permit for Admin {
    type Principal = User;

    fn permit(user: User) -> Result<Self> {
        if user.role == Role::Admin { Ok(Self(user)) } else { Err(forbidden("Forbidden")) }
    }
}

impl Permit for AdminViewer {
    type Principal = User;
    const SOURCES: &'static [Source] = BROWSER;

    fn permit(user: User) -> Result<Self> {
        Admin::permit(user).map(|Admin(user)| Self(user))
    }
}

impl Permit for Staff {
    type Principal = User;

    fn permit(user: User) -> Result<Self> {
        if user.role == Role::Cadet { Err(forbidden("Forbidden")) } else { Ok(Self(user)) }
    }
}

impl Permit for StaffRoom {
    type Principal = User;

    fn permit(user: User) -> Result<Self> {
        if user.role == Role::Cadet { Err(forbidden(AccessDenied::MESSAGE)) } else { Ok(Self(user)) }
    }
}

impl Permit for Acting {
    type Principal = User;

    fn permit(user: User) -> Result<Self> {
        if user.role != Role::Cadet {
            return Ok(Self { user, only: None });
        }
        let own = cadet_of(&user).ok_or_else(|| forbidden(NotACadetAccount::MESSAGE))?;
        Ok(Self { user, only: Some(own) })
    }
}

impl Permit for OwnStaff {
    type Principal = User;

    fn permit(user: User) -> Result<Self> {
        match (user.role, user.staff_id) {
            (Role::Staff, staff_id) | (Role::Admin, staff_id @ Some(_)) => Ok(Self(staff_id)),
            _ => Err(forbidden("Not a staff member")),
        }
    }
}

impl<R: Refusal> Permit for Own<R> {
    type Principal = User;

    fn permit(user: User) -> Result<Self> {
        let cadet_id = cadet_of(&user).ok_or_else(|| forbidden(R::MESSAGE))?;
        Ok(Self { user, cadet_id, refusal: PhantomData })
    }
}

impl<R: Refusal> Permit for OnStaff<R> {
    type Principal = User;

    fn permit(user: User) -> Result<Self> {
        let staff_id = staff_of(&user).ok_or_else(|| forbidden(R::message(user.role)))?;
        Ok(Self { user, staff_id, refusal: PhantomData })
    }
}

impl FromRequestParts<App> for Visible {
    type Rejection = Error;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self> {
        let acting = Acting::from_request_parts(parts, app).await?;
        let Path(cadet_id) = Path::<i32>::from_request_parts(parts, app).await?;
        acting.may_act_for(cadet_id)?;
        Ok(Self(cadet_id))
    }
}

impl FromRequestParts<App> for StaffSelf {
    type Rejection = Error;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self> {
        let Member(user) = Member::from_request_parts(parts, app).await?;
        let named = Path::<i32>::from_request_parts(parts, app).await;
        if user.role == Role::Admin {
            return named.map(|Path(id)| Self(id));
        }
        let own = named.ok().map(|Path(id)| id).filter(|id| staff_of(&user) == Some(*id));
        own.map(Self).ok_or_else(|| forbidden(AccessDenied::MESSAGE))
    }
}

impl FromRequestParts<App> for Open {
    type Rejection = Error;

    async fn from_request_parts(_: &mut Parts, app: &App) -> Result<Self> {
        maintenance::check(app).await?;
        Ok(Self)
    }
}

impl FromRequestParts<App> for Guest {
    type Rejection = Error;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self> {
        Maybe::from_request_parts(parts, app).await.map(|Maybe(user)| Self(user))
    }
}

impl FromRequestParts<App> for Viewer {
    type Rejection = Error;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self> {
        optional(app, parts, BROWSER).await.map(Self)
    }
}

fn not_yours() -> Error {
    forbidden("You do not have permission to perform this action.")
}

/// The cadet a user is.
fn cadet_of(user: &User) -> Option<i32> {
    user.cadet_id.filter(|_| user.role == Role::Cadet)
}

/// The member of the staff a user is.
fn staff_of(user: &User) -> Option<i32> {
    user.staff_id.filter(|_| user.role != Role::Cadet)
}
