//! People and things to put into the database of a test.

use std::sync::atomic::{AtomicU32, Ordering};

use crate::TestApp;

/// Something that can be put into a test's database with [`TestApp::add`].
pub trait Add {
    /// What the test gets back.
    type Made;

    /// Inserts the rows.
    fn add_to(self, app: &TestApp) -> impl Future<Output = Self::Made>;
}

impl TestApp {
    /// Puts somebody or something into the database.
    pub async fn add<T: Add>(&self, new: T) -> T::Made {
        new.add_to(self).await
    }
}

/// A cadet to be added; see [`a_cadet`].
#[derive(Clone, Debug)]
pub struct NewCadet {
    number: u32,
    rank: String,
    company: String,
    status: String,
    password: Option<String>,
    archived: bool,
    graded: bool,
}

/// A cadet with an account and a row of grades.
#[derive(Clone, Debug)]
pub struct Cadet {
    /// `cadets.id`.
    pub id: i32,
    /// `users.id`.
    pub user_id: i32,
    /// The student id, which is the user name as well.
    pub student_id: String,
    /// The address mails go to.
    pub email: String,
    /// The family name; no two are alike.
    pub last_name: String,
}

/// A cadet of the first rank in the first platoon of Alpha, with an approved account and zero grades.
pub fn a_cadet() -> NewCadet {
    NewCadet {
        number: number(),
        rank: "Cdt".to_owned(),
        company: "Alpha".to_owned(),
        status: "Ongoing".to_owned(),
        password: None,
        archived: false,
        graded: true,
    }
}

impl NewCadet {
    /// Has this rank.
    #[must_use]
    pub fn ranked(mut self, rank: &str) -> Self {
        self.rank = rank.to_owned();
        self
    }

    /// Belongs to this company.
    #[must_use]
    pub fn in_company(mut self, company: &str) -> Self {
        self.company = company.to_owned();
        self
    }

    /// Has this status (`Ongoing`, `Completed`).
    #[must_use]
    pub fn with_status(mut self, status: &str) -> Self {
        self.status = status.to_owned();
        self
    }

    /// Can sign in with this password; without one nobody knows it.
    #[must_use]
    pub fn with_password(mut self, password: &str) -> Self {
        self.password = Some(password.to_owned());
        self
    }

    /// Is archived, person and account.
    #[must_use]
    pub fn archived(mut self) -> Self {
        self.archived = true;
        self
    }

    /// Has no row of grades.
    #[must_use]
    pub fn without_grades(mut self) -> Self {
        self.graded = false;
        self
    }
}

impl Add for NewCadet {
    type Made = Cadet;

    async fn add_to(self, app: &TestApp) -> Cadet {
        let student_id = format!("2026-{:04}", self.number);
        let (email, last_name) =
            (format!("cadet{}@example.test", self.number), format!("Test{}", self.number));
        let id: i32 = app
            .value(
                "INSERT INTO cadets (rank, first_name, last_name, email, company, platoon, status, student_id,
                                     is_profile_completed, is_archived)
                 VALUES ($1, 'Juan', $2, $3, $4, '1st Platoon', $5, $6, true, $7) RETURNING id",
                &[&self.rank, &last_name, &email, &self.company, &self.status, &student_id, &self.archived],
            )
            .await;
        if self.graded {
            app.execute("INSERT INTO grades (cadet_id) VALUES ($1)", &[&id]).await;
        }
        let user = NewUser {
            username: &student_id,
            email: &email,
            password: self.password.as_deref(),
            role: "cadet",
            cadet_id: Some(id),
            staff_id: None,
            archived: self.archived,
        };
        Cadet { id, user_id: user.insert(app).await, student_id, email, last_name }
    }
}

/// A member of the training staff to be added; see [`a_staff_member`].
#[derive(Clone, Debug)]
pub struct NewStaff {
    number: u32,
    password: Option<String>,
    profile_completed: bool,
}

/// A member of the training staff with an account.
#[derive(Clone, Debug)]
pub struct StaffMember {
    /// `training_staff.id`.
    pub id: i32,
    /// `users.id`.
    pub user_id: i32,
    /// The user name.
    pub username: String,
    /// The address mails go to.
    pub email: String,
}

/// An instructor with an approved account.
pub fn a_staff_member() -> NewStaff {
    NewStaff { number: number(), password: None, profile_completed: true }
}

impl NewStaff {
    /// Has not handed in their profile yet.
    #[must_use]
    pub fn with_open_profile(mut self) -> Self {
        self.profile_completed = false;
        self
    }

    /// Can sign in with this password; without one nobody knows it.
    #[must_use]
    pub fn with_password(mut self, password: &str) -> Self {
        self.password = Some(password.to_owned());
        self
    }
}

impl Add for NewStaff {
    type Made = StaffMember;

    async fn add_to(self, app: &TestApp) -> StaffMember {
        let (username, email) =
            (format!("staff{}", self.number), format!("staff{}@example.test", self.number));
        let id: i32 = app
            .value(
                "INSERT INTO training_staff (rank, first_name, last_name, email, is_profile_completed)
                 VALUES ('Sgt', 'Maria', $1, $2, $3) RETURNING id",
                &[&format!("Staff{}", self.number), &email, &self.profile_completed],
            )
            .await;
        let user = NewUser {
            username: &username,
            email: &email,
            password: self.password.as_deref(),
            role: "training_staff",
            cadet_id: None,
            staff_id: Some(id),
            archived: false,
        };
        StaffMember { id, user_id: user.insert(app).await, username, email }
    }
}

/// An administrator to be added; see [`an_admin`].
#[derive(Clone, Debug)]
pub struct NewAdmin {
    number: u32,
    password: Option<String>,
}

/// An account without a person behind it.
#[derive(Clone, Debug)]
pub struct UserAccount {
    /// `users.id`.
    pub user_id: i32,
    /// The user name.
    pub username: String,
}

/// An administrator.
pub fn an_admin() -> NewAdmin {
    NewAdmin { number: number(), password: None }
}

impl NewAdmin {
    /// Can sign in with this password; without one nobody knows it.
    #[must_use]
    pub fn with_password(mut self, password: &str) -> Self {
        self.password = Some(password.to_owned());
        self
    }
}

impl Add for NewAdmin {
    type Made = UserAccount;

    async fn add_to(self, app: &TestApp) -> UserAccount {
        let username = format!("admin{}", self.number);
        let user = NewUser {
            username: &username,
            email: &format!("{username}@example.test"),
            password: self.password.as_deref(),
            role: "admin",
            cadet_id: None,
            staff_id: None,
            archived: false,
        };
        UserAccount { user_id: user.insert(app).await, username }
    }
}

/// A training day to be added; see [`a_training_day`].
#[derive(Clone, Debug)]
pub struct NewTrainingDay {
    date: String,
    title: String,
}

/// A training day.
#[derive(Clone, Debug)]
pub struct TrainingDay {
    /// `training_days.id`.
    pub id: i32,
    /// `YYYY-MM-DD`.
    pub date: String,
}

/// The training day of Sunday, 1 February 2026.
pub fn a_training_day() -> NewTrainingDay {
    NewTrainingDay { date: "2026-02-01".to_owned(), title: "Drill".to_owned() }
}

impl NewTrainingDay {
    /// Is on another day (`YYYY-MM-DD`).
    #[must_use]
    pub fn on(mut self, date: &str) -> Self {
        self.date = date.to_owned();
        self
    }
}

impl Add for NewTrainingDay {
    type Made = TrainingDay;

    async fn add_to(self, app: &TestApp) -> TrainingDay {
        let insert = "INSERT INTO training_days (date, title) VALUES ($1, $2) RETURNING id";
        TrainingDay { id: app.value(insert, &[&self.date, &self.title]).await, date: self.date }
    }
}

struct NewUser<'a> {
    username: &'a str,
    email: &'a str,
    password: Option<&'a str>,
    role: &'a str,
    cadet_id: Option<i32>,
    staff_id: Option<i32>,
    archived: bool,
}

impl NewUser<'_> {
    async fn insert(self, app: &TestApp) -> i32 {
        let hash = self.password.map(|password| bcrypt::hash(password, 4).expect("a password can be hashed"));
        let hash = hash.unwrap_or_else(|| "nobody knows it".to_owned());
        app.value(
            "INSERT INTO users (username, email, password, role, cadet_id, staff_id, is_approved, is_archived)
             VALUES ($1, $2, $3, $4, $5, $6, 1, $7) RETURNING id",
            &[
                &self.username,
                &self.email,
                &hash,
                &self.role,
                &self.cadet_id,
                &self.staff_id,
                &self.archived,
            ],
        )
        .await
    }
}

/// A number nobody else in this process has.
fn number() -> u32 {
    // Above the numbers of the people in `rotc/upgrade/before.sql`.
    static NEXT: AtomicU32 = AtomicU32::new(100);
    NEXT.fetch_add(1, Ordering::Relaxed)
}
