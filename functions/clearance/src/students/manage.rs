//! Making, changing and removing students.

use axum::extract::State;
use http::StatusCode;
use shared::{
    App, Result,
    auth::principal::{Principal, Signed},
    db::Change,
    drf::{Data, Fields, Need},
    error::forbidden,
    http::{Created, Json, Path},
    sql,
};
use uuid::Uuid;

use super::{ELIGIBILITY, Student, StudentRow, show::shown, student::ONE};
use crate::{
    access::{Admin, Person, Reach, Role},
    accounts::{NEW_PASSWORD_BYTES, Registration, check_password, deactivate, is_free, new_hash, welcome},
    enrollment::{FORMAT, RegistrationNumber, open_finance_record, reject_taken},
    refusals::{ADMINS_ONLY, unknown},
    times::today,
    workflow,
};

/// What the body of a student says.
struct Wish {
    number: Option<RegistrationNumber>,
    faculty: Option<String>,
    program: Option<String>,
    graduation_year: Option<i32>,
    /// School, department and course: said, and perhaps to be none.
    placed: [Option<Option<Uuid>>; 3],
    eligibility: Option<&'static str>,
}

const PLACES: [&str; 3] = ["school", "department", "course"];

impl Wish {
    fn read(app: &App, fields: &mut Fields, need: Need) -> Self {
        let text = fields.text("registration_number", need, 50);
        let number =
            text.as_deref().and_then(|text| RegistrationNumber::parse(text, today(app))).filter(|number| {
                // The legacy server takes capital letters only.
                Some(number.text.as_str()) == text.as_deref()
            });
        if text.is_some() && number.is_none() {
            fields.reject("registration_number", FORMAT);
        }
        let faculty = fields.text("faculty", need, 255);
        let program = fields.text("program", need, 255);
        let year = fields.integer("graduation_year", need, 1970..=2100);
        let placed = PLACES.map(|name| fields.has(name).then(|| fields.uuid(name, Need::Nullable)));
        let eligibility =
            fields.choice("eligibility_status", Need::Optional, &ELIGIBILITY.map(|(name, _)| (name, name)));
        let graduation_year = year.and_then(|year| i32::try_from(year).ok());
        Self { number, faculty, program, graduation_year, placed, eligibility }
    }

    async fn check(&self, change: &mut Change, fields: &mut Fields, except: Option<Uuid>) -> Result<()> {
        if let Some(number) = &self.number {
            reject_taken(change, fields, "registration_number", &number.text, except).await?;
        }
        let exist = sql!(
            "SELECT EXISTS (SELECT FROM academic_schools WHERE id = $1),
                    EXISTS (SELECT FROM academic_departments WHERE id = $2),
                    EXISTS (SELECT FROM academic_courses WHERE id = $3)"
        );
        let [school, department, course] = self.placed.map(Option::flatten);
        let exists: (bool, bool, bool) = change.only(exist, &[&school, &department, &course]).await?;
        let found = [(school, exists.0), (department, exists.1), (course, exists.2)];
        for (name, (id, exists)) in PLACES.into_iter().zip(found) {
            if let Some(id) = id.filter(|_| !exists) {
                fields.reject(name, format!("Invalid pk \"{id}\" - object does not exist."));
            }
        }
        Ok(())
    }
}

/// Whose record is to be made.
enum Owner {
    New(Registration),
    Known(Uuid),
}

impl Owner {
    async fn read(app: &App, fields: &mut Fields) -> Result<Self> {
        if fields.has("user_id") {
            return Ok(Self::Known(fields.uuid("user_id", Need::Required).unwrap_or_default()));
        }
        let email = fields.email("email", Need::Required, 254).unwrap_or_default();
        let full_name = fields.name("full_name", Need::Required, 255).unwrap_or_default();
        let admission_number = fields.text("admission_number", Need::Required, 50);
        let given = fields.text("password", Need::Required, NEW_PASSWORD_BYTES).unwrap_or_default();
        if !given.is_empty() {
            check_password(fields, "password", &given);
        }
        // The hash comes before the transaction: nobody holds a connection meanwhile.
        let password = if fields.is_valid() { new_hash(app).hash(given).await? } else { String::new() };
        let (role, department, is_active) = (Role::Student, None, true);
        Ok(Self::New(Registration {
            email,
            full_name,
            admission_number,
            role,
            department,
            is_active,
            password,
        }))
    }

    async fn check(&self, change: &mut Change, fields: &mut Fields) -> Result<()> {
        match self {
            Self::New(Registration { email, admission_number, .. }) => {
                is_free(change, fields, Some(email), admission_number.as_deref(), None).await.map(|_| ())
            }
            Self::Known(user) => {
                let find = sql!(
                    "SELECT EXISTS (SELECT FROM users WHERE id = $1 AND role = 'student'
                        AND NOT EXISTS (SELECT FROM students WHERE user_id = users.id))"
                );
                if fields.is_valid() && !change.only::<bool>(find, &[user]).await? {
                    fields.reject("user_id", "This user cannot get a student record.");
                }
                Ok(())
            }
        }
    }

    async fn store(&self, app: &App, change: &mut Change, by: &str) -> Result<Uuid> {
        match self {
            Self::Known(user) => Ok(*user),
            Self::New(registration) => {
                let user = registration.store(app, change).await?;
                welcome(app, change, registration, by).await?;
                Ok(user)
            }
        }
    }
}

/// Add a student
///
/// With `user_id` the record is made for an account that is there, else the account is made as well.
#[utoipa::path(post, path = "/api/students", tag = "students", request_body = Object,
    responses((status = 201, body = Student)))]
pub async fn add_student(
    Admin(admin): Admin,
    State(app): State<App>,
    data: Data,
) -> Result<Created<Student>> {
    let mut fields = data.fields();
    let wish = Wish::read(&app, &mut fields, Need::Required);
    let owner = Owner::read(&app, &mut fields).await?;
    let mut change = app.db.change(&admin.actor()).await?;
    wish.check(&mut change, &mut fields, None).await?;
    owner.check(&mut change, &mut fields).await?;
    fields.finish()?;
    let user = owner.store(&app, &mut change, &admin.full_name).await?;
    let insert = sql!(
        "INSERT INTO students (user_id, registration_number, admission_year, school_id, department_id, course_id, faculty,
                               program, graduation_year, eligibility_status, created_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, coalesce($10, 'pending'), $11) RETURNING id"
    );
    let (number, year) = wish.number.map(|number| (number.text, number.year)).unwrap_or_default();
    let [school, department, course] = wish.placed.map(Option::flatten);
    let Wish { faculty, program, graduation_year, eligibility, .. } = wish;
    let now = app.clock.now();
    let params: [shared::db::Param<'_>; 11] = [
        &user,
        &number,
        &year,
        &school,
        &department,
        &course,
        &faculty,
        &program,
        &graduation_year,
        &eligibility,
        &now,
    ];
    let id: Uuid = change.only(insert, &params).await?;
    open_finance_record(&app, &mut change, id).await?;
    change.commit().await?;
    shown(&app, id, Reach::default()).await.map(Created)
}

/// Save a student
///
/// The year of admission stays the one of the first number.
#[utoipa::path(put, path = "/api/students/{id}", tag = "students", params(("id" = Uuid, Path)),
    request_body = Object, responses((status = 200, body = Student)))]
pub async fn save_student(
    Signed(person): Signed<Person>,
    State(app): State<App>,
    Path(id): Path<Uuid>,
    data: Data,
) -> Result<Json<Student>> {
    save(&app, &person, id, data.fields(), Need::Required).await
}

/// Change a student
#[utoipa::path(patch, path = "/api/students/{id}", tag = "students", params(("id" = Uuid, Path)),
    request_body = Object, responses((status = 200, body = Student)))]
pub async fn change_student(
    Signed(person): Signed<Person>,
    State(app): State<App>,
    Path(id): Path<Uuid>,
    data: Data,
) -> Result<Json<Student>> {
    save(&app, &person, id, data.fields(), Need::Optional).await
}

async fn save(app: &App, person: &Person, id: Uuid, mut fields: Fields, need: Need) -> Result<Json<Student>> {
    let wish = Wish::read(app, &mut fields, need);
    let reach = person.reach_of_students();
    let mut change = app.db.change(&person.actor()).await?;
    let found: Option<StudentRow> = change.one(ONE, &[&id, &reach.owner, &reach.office]).await?;
    found.ok_or_else(unknown)?;
    if !person.is_admin() {
        return Err(forbidden(ADMINS_ONLY));
    }
    wish.check(&mut change, &mut fields, Some(id)).await?;
    fields.finish()?;
    let update = sql!(
        "UPDATE students SET registration_number = coalesce($2, registration_number), faculty = coalesce($3, faculty),
                program = coalesce($4, program), graduation_year = coalesce($5, graduation_year),
                eligibility_status = coalesce($6, eligibility_status),
                school_id = CASE WHEN $7 THEN $8 ELSE school_id END,
                department_id = CASE WHEN $9 THEN $10 ELSE department_id END,
                course_id = CASE WHEN $11 THEN $12 ELSE course_id END
         WHERE id = $1"
    );
    let number = wish.number.as_ref().map(|number| number.text.as_str());
    let said = wish.placed.map(|place| place.is_some());
    let placed = wish.placed.map(Option::flatten);
    let Wish { faculty, program, graduation_year, eligibility, .. } = &wish;
    let params: [shared::db::Param<'_>; 12] = [
        &id,
        &number,
        faculty,
        program,
        graduation_year,
        eligibility,
        &said[0],
        &placed[0],
        &said[1],
        &placed[1],
        &said[2],
        &placed[2],
    ];
    change.execute(update, &params).await?;
    change.commit().await?;
    shown(app, id, Reach::default()).await.map(Json)
}

/// Remove a student
///
/// The record is hidden, the account deactivated, an open request cancelled. Payments and certificates stay, and the number stays
/// taken.
#[utoipa::path(delete, path = "/api/students/{id}", tag = "students", params(("id" = Uuid, Path)),
    responses((status = 204)))]
pub async fn remove_student(
    Admin(admin): Admin,
    State(app): State<App>,
    Path(id): Path<Uuid>,
) -> Result<StatusCode> {
    let mut change = app.db.change(&admin.actor()).await?;
    let lock = sql!("SELECT user_id FROM students WHERE id = $1 AND deleted_at IS NULL FOR UPDATE");
    let user: Uuid = change.one(lock, &[&id]).await?.ok_or_else(unknown)?;
    workflow::cancel_open(&app, &mut change, id, "Student record removed").await?;
    let hide = sql!("UPDATE students SET deleted_at = $2 WHERE id = $1");
    change.execute(hide, &[&id, &app.clock.now()]).await?;
    deactivate(&app, &mut change, user).await?;
    change.commit().await?;
    Ok(StatusCode::NO_CONTENT)
}
