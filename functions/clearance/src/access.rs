//! Who may call a handler.

use shared::{
    App, Error, Result,
    auth::{
        principal::{Call, Permit, Principal, Source},
        token::{BadToken, Claims},
    },
    db::{Actor, Change, UserKey},
    error::{forbidden, unauthorized},
    permits, row, sql,
};
use uuid::Uuid;

use crate::refusals::{ADMINS_ONLY, DECIDERS_ONLY, NOT_PERMITTED, refused, unknown};

/// What somebody is at the university.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Role {
    /// Administers the system.
    Admin,
    /// Wants to be cleared.
    Student,
    /// Acts for an office, named by the account.
    DepartmentStaff,
    /// Acts for the library.
    LibraryStaff,
    /// Acts for the finance office, and keeps the money.
    FinanceStaff,
    /// Acts for the hostels.
    HostelStaff,
    /// Acts for academic affairs.
    AcademicStaff,
    /// Lends gowns.
    GownIssuanceStaff,
    /// Acts for student services.
    ClearanceOfficer,
}

/// Every role with its name and its title.
pub const ROLES: [(&str, Role, &str); 9] = [
    ("admin", Role::Admin, "Administrator"),
    ("department_staff", Role::DepartmentStaff, "Department Staff"),
    ("student", Role::Student, "Student"),
    ("library_staff", Role::LibraryStaff, "Library Staff"),
    ("finance_staff", Role::FinanceStaff, "Finance Staff"),
    ("hostel_staff", Role::HostelStaff, "Hostel Staff"),
    ("academic_staff", Role::AcademicStaff, "Academic Staff"),
    ("gown_issuance_staff", Role::GownIssuanceStaff, "Gown Issuance Staff"),
    ("clearance_officer", Role::ClearanceOfficer, "Clearance Officer"),
];

impl Role {
    /// By its name. The database knows no other names.
    pub fn named(name: &str) -> Self {
        ROLES.iter().find(|(known, ..)| *known == name).map_or(Self::Student, |(_, role, _)| *role)
    }

    /// Its name.
    pub fn as_str(self) -> &'static str {
        ROLES.iter().find(|(_, role, _)| *role == self).map_or("student", |(name, ..)| name)
    }
}

/// Somebody signed in.
#[derive(Clone, Debug)]
pub struct Person {
    /// The account.
    pub id: Uuid,
    /// The session of the token.
    pub session: Uuid,
    /// The address they sign in with.
    pub email: String,
    /// The name.
    pub full_name: String,
    /// The role.
    pub role: Role,
    /// The office that a member of staff acts for, if there is one.
    pub office: Option<Uuid>,
    /// Its code.
    pub office_code: Option<String>,
    /// Their student record, if there is one.
    pub student: Option<Uuid>,
    call: Call,
}

/// Which students, and which requests, somebody may see.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Reach {
    /// Only what belongs to this account.
    pub owner: Option<Uuid>,
    /// Only what has an approval of this office; the nil id of an office that does not exist for staff without one.
    pub office: Option<Uuid>,
}

/// An administrator; others get 403.
pub struct Admin(pub Person);

/// An administrator, where the accounts of others are looked after; others get 403 in the default words.
pub struct AccountAdmin(pub Person);

/// An administrator or the finance staff.
pub struct FinanceDesk(pub Person);

/// An administrator or the staff that lends gowns.
pub struct GownDesk(pub Person);

/// Whoever decides on approvals: administrators and staff.
pub struct Decider(pub Person);

/// Whoever looks at the numbers of the university: administrators and staff.
pub struct Staff(pub Person);

permits! { Admin, AccountAdmin, FinanceDesk, GownDesk, Decider, Staff }

row! {
    struct Found {
        id: Uuid,
        email: String,
        full_name: String,
        role: String,
        is_active: bool,
        office: Option<Uuid>,
        office_code: Option<String>,
        student: Option<Uuid>,
        is_live: bool,
    }
}

impl Principal for Person {
    const SOURCES: &'static [Source] = &[Source::Bearer];
    const TABLES: &'static [&'static str] = &["users", "departments", "students"];

    async fn load(app: &App, claims: &Claims) -> Result<Option<Self>> {
        let find = sql!(
            "SELECT users.id, users.email, users.full_name, users.role, users.is_active, offices.id AS office,
                    offices.code AS office_code, students.id AS student,
                    EXISTS (SELECT FROM muster.sessions WHERE sessions.id = $2 AND sessions.user_id = $1
                              AND sessions.revoked_at IS NULL AND sessions.idle_expires_at > $3) AS is_live
             FROM users
             LEFT JOIN departments AS offices ON offices.id = effective_department(users.role, users.department_id)
             LEFT JOIN students ON students.user_id = users.id AND students.deleted_at IS NULL
             WHERE users.id = $1::text::uuid"
        );
        let now = app.clock.now();
        let found: Option<Found> = app.db.read().await?.one(find, &[&claims.sub, &claims.sid, &now]).await?;
        let found = found.ok_or_else(|| unauthorized("user_not_found", "User not found"))?;
        if !found.is_active {
            return Err(unauthorized("user_inactive", "User is inactive"));
        }
        Ok(found.is_live.then(|| Self::of(found, claims.sid)))
    }

    async fn admit(&self, _: &App) -> Result<()> {
        Ok(())
    }

    fn calling(self, call: Call) -> Self {
        Self { call, ..self }
    }

    fn refusal(reason: BadToken) -> Error {
        let message = match reason {
            BadToken::Missing => {
                return unauthorized("not_authenticated", "Authentication credentials were not provided.");
            }
            BadToken::BadHeader => {
                let text = "Authorization header must contain two space-delimited values";
                return unauthorized("bad_authorization_header", text);
            }
            BadToken::Invalid => "Token is invalid",
            BadToken::Expired => "Token is expired",
            BadToken::WrongType => "Token has wrong type",
        };
        let messages = serde_json::json!([
            { "token_class": "AccessToken", "token_type": "access", "message": message }
        ]);
        unauthorized("token_not_valid", "Given token not valid for any token type").with("messages", messages)
    }

    fn actor(&self) -> Actor {
        Actor {
            request_id: self.call.request_id.clone(),
            address: self.call.address.clone(),
            ..Actor::user(UserKey::from(self.id))
        }
    }
}

impl Person {
    fn of(found: Found, session: Uuid) -> Self {
        Self {
            id: found.id,
            session,
            email: found.email,
            full_name: found.full_name,
            role: Role::named(&found.role),
            office: found.office,
            office_code: found.office_code,
            student: found.student,
            call: Call::default(),
        }
    }

    /// Whoever has started a job, as they are now; 403 for an account that is not active any more.
    pub async fn reload(change: &mut Change, user: &UserKey) -> Result<Self> {
        let find = sql!(
            "SELECT users.id, users.email, users.full_name, users.role, users.is_active, offices.id AS office,
                    offices.code AS office_code, students.id AS student, FALSE AS is_live
             FROM users
             LEFT JOIN departments AS offices ON offices.id = effective_department(users.role, users.department_id)
             LEFT JOIN students ON students.user_id = users.id AND students.deleted_at IS NULL
             WHERE users.id = $1 AND users.is_active"
        );
        let found: Option<Found> = change.one(find, &[&user.parse::<Uuid>()]).await?;
        found.map(|found| Self::of(found, Uuid::nil())).ok_or_else(|| forbidden(NOT_PERMITTED))
    }

    /// Whether they administer the system.
    pub fn is_admin(&self) -> bool {
        self.role == Role::Admin
    }

    /// Whether they are a student.
    pub fn is_student(&self) -> bool {
        self.role == Role::Student
    }

    /// Whether they act for an office, or lend gowns.
    pub fn is_staff(&self) -> bool {
        !self.is_admin() && !self.is_student()
    }

    /// Whether they keep the money.
    pub fn is_finance_desk(&self) -> bool {
        matches!(self.role, Role::Admin | Role::FinanceStaff)
    }

    /// Whether they lend gowns.
    pub fn is_gown_desk(&self) -> bool {
        matches!(self.role, Role::Admin | Role::GownIssuanceStaff)
    }

    /// Whether they may read all payments: the desk, and whoever acts for the finance office.
    pub fn reads_payments(&self) -> bool {
        self.is_finance_desk() || self.is_staff() && self.office_code.as_deref() == Some("FINANCE")
    }

    /// Students read their own, staff what has an approval of their office, administrators everything.
    pub fn reach(&self) -> Reach {
        match self.role {
            Role::Admin => Reach { owner: None, office: None },
            Role::Student => Reach { owner: Some(self.id), office: None },
            _ => Reach { owner: None, office: Some(self.office.unwrap_or_default()) },
        }
    }

    /// The same of students, all of whom the desks for money and gowns read.
    pub fn reach_of_students(&self) -> Reach {
        match self.role {
            Role::FinanceStaff | Role::GownIssuanceStaff => Reach { owner: None, office: None },
            _ => self.reach(),
        }
    }

    /// The same of requests, all of which the desk for gowns reads.
    pub fn reach_of_requests(&self) -> Reach {
        match self.role {
            Role::GownIssuanceStaff => Reach { owner: None, office: None },
            _ => self.reach(),
        }
    }

    /// Their student record; 403 for everybody who is no student, 404 for a student without one.
    pub fn own_student(&self, refusal: &str) -> Result<Uuid> {
        if !self.is_student() {
            return Err(refused(refusal));
        }
        self.student.ok_or_else(|| unknown().with("error", "Student record not found"))
    }

    fn allowed(self, allowed: bool, refusal: &str) -> Result<Self> {
        if allowed { Ok(self) } else { Err(forbidden(refusal)) }
    }
}

impl Permit for Admin {
    type Principal = Person;

    fn permit(person: Person) -> Result<Self> {
        let allowed = person.is_admin();
        person.allowed(allowed, ADMINS_ONLY).map(Self)
    }
}

impl Permit for AccountAdmin {
    type Principal = Person;

    fn permit(person: Person) -> Result<Self> {
        let allowed = person.is_admin();
        person.allowed(allowed, NOT_PERMITTED).map(Self)
    }
}

impl Permit for FinanceDesk {
    type Principal = Person;

    fn permit(person: Person) -> Result<Self> {
        let allowed = person.is_finance_desk();
        person.allowed(allowed, ADMINS_ONLY).map(Self)
    }
}

impl Permit for GownDesk {
    type Principal = Person;

    fn permit(person: Person) -> Result<Self> {
        let allowed = person.is_gown_desk();
        person.allowed(allowed, ADMINS_ONLY).map(Self)
    }
}

impl Permit for Decider {
    type Principal = Person;

    fn permit(person: Person) -> Result<Self> {
        let allowed = !person.is_student();
        person.allowed(allowed, DECIDERS_ONLY).map(Self)
    }
}

impl Permit for Staff {
    type Principal = Person;

    fn permit(person: Person) -> Result<Self> {
        if person.is_student() { Err(refused("Permission denied")) } else { Ok(Self(person)) }
    }
}
