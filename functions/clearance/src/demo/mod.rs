//! A university to look at, with somebody in every state: built by the same rules as everything else, with a clock that is moved.

mod people;
mod stage;
mod students;

use futures_util::{FutureExt, future::BoxFuture};
use shared::{
    App, Result,
    db::Change,
    sql,
    system::{Demo, DemoAccount, Passwords},
};

use stage::Stage;

/// The university.
#[derive(Debug)]
pub struct University;

impl Demo for University {
    fn is_empty<'a>(&'a self, change: &'a mut Change) -> BoxFuture<'a, Result<bool>> {
        async move { change.only(sql!("SELECT NOT EXISTS (SELECT FROM users)"), &[]).await }.boxed()
    }

    fn fill<'a>(
        &'a self,
        app: &'a App,
        change: &'a mut Change,
        passwords: &'a dyn Passwords,
    ) -> BoxFuture<'a, Result<Vec<DemoAccount>>> {
        async move {
            academics(change).await?;
            let (people, accounts) = people::add(app, change, passwords).await?;
            let mut stage = Stage::new(app, change, people);
            students::play(&mut stage).await?;
            Ok(accounts)
        }
        .boxed()
    }
}

/// Schools, their departments and courses, and the gowns there are.
async fn academics(change: &mut Change) -> Result<()> {
    let schools = sql!(
        "INSERT INTO academic_schools (code, name, is_active) VALUES
             ('SCE', 'School of Computing and Engineering', TRUE), ('SBS', 'School of Business Studies', TRUE),
             ('SHSS', 'School of Humanities and Social Sciences', TRUE), ('OLD', 'Closed School', FALSE)"
    );
    let departments = sql!(
        "INSERT INTO academic_departments (school_id, code, name)
         SELECT schools.id, list.code, list.name FROM (VALUES
             ('SCE', 'CS', 'Computer Science'), ('SCE', 'IT', 'Information Technology'), ('SBS', 'ACC', 'Accounting'),
             ('SHSS', 'PSY', 'Psychology')
         ) AS list (school, code, name) JOIN academic_schools AS schools ON schools.code = list.school"
    );
    let courses = sql!(
        "INSERT INTO academic_courses (department_id, code, name, duration_years)
         SELECT departments.id, list.code, list.name, list.years FROM (VALUES
             ('CS', 'BSC-CS', 'BSc Computer Science', 4), ('IT', 'BSC-IT', 'BSc Information Technology', 4),
             ('ACC', 'BCOM-ACC', 'BCom Accounting', 4), ('PSY', 'BA-PSY', 'BA Psychology', 3)
         ) AS list (department, code, name, years) JOIN academic_departments AS departments ON departments.code = list.department"
    );
    let stock = sql!(
        "INSERT INTO gown_stock (size, total) VALUES ('XS', 10), ('S', 30), ('M', 50), ('L', 40), ('XL', 20), ('XXL', 1)"
    );
    for statement in [schools, departments, courses, stock] {
        change.execute(statement, &[]).await?;
    }
    Ok(())
}
