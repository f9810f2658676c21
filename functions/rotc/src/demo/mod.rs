//! A small invented battalion, so that a fresh installation has something to look at. Always the same people; the training
//! days are the last eight Saturdays.

mod people;

use futures_util::{FutureExt, future::BoxFuture};
use shared::{
    App, Result,
    auth::password::NewHash,
    db::{Change, Sql},
    sql,
    system::{Demo, DemoAccount, Passwords},
};

use people::{CADETS, COURSES, REASONS, STAFF, TRAINING_DAYS};

/// No bcrypt hash: nobody can sign in with a password.
const NO_PASSWORD: &str = "!";

/// The battalion.
#[derive(Debug)]
pub struct Battalion;

impl Demo for Battalion {
    fn is_empty<'a>(&'a self, change: &'a mut Change) -> BoxFuture<'a, Result<bool>> {
        let empty =
            sql!("SELECT NOT EXISTS (SELECT FROM public.users) AND NOT EXISTS (SELECT FROM public.cadets)");
        async move { change.only(empty, &[]).await }.boxed()
    }

    fn fill<'a>(
        &'a self,
        app: &'a App,
        change: &'a mut Change,
        passwords: &'a dyn Passwords,
    ) -> BoxFuture<'a, Result<Vec<DemoAccount>>> {
        async move {
            let account = |role, username: &str| DemoAccount {
                role,
                username: username.to_owned(),
                password: passwords.draw(),
            };
            let accounts = [
                account("admin", "admin"),
                account("staff", STAFF[0][0]),
                account("cadet", &username(&CADETS[0])),
            ];
            let cost = app.config.bcrypt_cost;
            insert_staff(change, &accounts, cost).await?;
            insert_cadets(change, &accounts, cost).await?;
            insert_training(change).await?;
            insert_ledger(change).await?;
            insert_grades(change).await?;
            insert_news(change).await?;
            Ok(accounts.into())
        }
        .boxed()
    }
}

/// The hash of the password of a demo account; all others have none.
async fn stored(accounts: &[DemoAccount], username: &str, cost: u32) -> Result<String> {
    match accounts.iter().find(|account| account.username == username) {
        Some(account) => NewHash::Bcrypt(cost).hash(account.password.clone()).await,
        None => Ok(NO_PASSWORD.to_owned()),
    }
}

/// `mayumi.salonga`
fn username(cadet: &[&str; 4]) -> String {
    let plain = |name: &str| name.to_lowercase().replace('ñ', "n").replace([' ', '-'], "");
    format!("{}.{}", plain(cadet[0]), plain(cadet[2]))
}

const INSERT_USER: Sql = sql!(
    "INSERT INTO public.users (username, password, role, cadet_id, staff_id, is_approved, email, gender)
    VALUES ($1, $2, $3, $4, $5, 1, $1 || '@example.test', $6)"
);

async fn insert_staff(change: &mut Change, accounts: &[DemoAccount], cost: u32) -> Result<()> {
    let none: Option<i32> = None;
    let admin = "admin";
    let gender: Option<&str> = None;
    let password = stored(accounts, admin, cost).await?;
    change.execute(INSERT_USER, &[&admin, &password, &"admin", &none, &none, &gender]).await?;
    for [name, rank, first, last, role, gender] in STAFF {
        let insert = sql!(
            "INSERT INTO public.training_staff (rank, first_name, last_name, email, role, gender, is_profile_completed)
             VALUES ($1, $2, $3, $4 || '@example.test', $5, $6, true) RETURNING id"
        );
        let staff: i32 = change.only(insert, &[&rank, &first, &last, &name, &role, &gender]).await?;
        let password = stored(accounts, name, cost).await?;
        change
            .execute(INSERT_USER, &[&name, &password, &"training_staff", &none, &Some(staff), &Some(gender)])
            .await?;
    }
    Ok(())
}

async fn insert_cadets(change: &mut Change, accounts: &[DemoAccount], cost: u32) -> Result<()> {
    let insert = sql!(
        "INSERT INTO public.cadets (rank, first_name, middle_name, last_name, email, course, year_level, school_year,
            battalion, company, platoon, cadet_course, semester, gender, student_id, is_profile_completed, address)
        VALUES ($1, $2, $3, $4, $5 || '@example.test', $6, $7,
            to_char(current_date - interval '7 months', 'YYYY') || '-' || to_char(current_date + interval '5 months', 'YYYY'),
            '1st Battalion', $8, $9, $10, '1st Semester', $11, $12, true, 'Brgy. Maliwanag, Sampleton') RETURNING id"
    );
    for (number, cadet) in CADETS.iter().enumerate() {
        let [first, middle, last, gender] = cadet;
        let name = username(cadet);
        let is_second_year = number % 4 == 3;
        let (rank, year, course) =
            if is_second_year { ("Cdt Sgt", "2", "MS2") } else { ("Cdt Pvt", "1", "MS1") };
        let company = if number % 36 < 18 { "Alpha" } else { "Bravo" };
        let platoon = if number % 18 < 9 { "1st Platoon" } else { "2nd Platoon" };
        let study = COURSES[number % COURSES.len()];
        let student = format!("DEMO-{:04}", number + 1);
        let cadet: Option<i32> = change
            .only(
                insert,
                &[
                    &rank, first, middle, last, &name, &study, &year, &company, &platoon, &course, gender,
                    &student,
                ],
            )
            .await?;
        let password = stored(accounts, &name, cost).await?;
        let none: Option<i32> = None;
        change.execute(INSERT_USER, &[&name, &password, &"cadet", &cadet, &none, &Some(*gender)]).await?;
    }
    Ok(())
}

/// The last eight Saturdays; most cadets were there.
async fn insert_training(change: &mut Change) -> Result<()> {
    for (week, title) in TRAINING_DAYS.iter().enumerate() {
        let weeks_ago = i32::try_from(TRAINING_DAYS.len() - 1 - week)?;
        let insert = sql!(
        "INSERT INTO public.training_days (date, title, description)
            VALUES (to_char(date_trunc('week', current_date)::date - 2 - 7 * $1::int, 'YYYY-MM-DD'), $2, 'Parade ground, 07:00')"
    );
        change.execute(insert, &[&weeks_ago, title]).await?;
    }
    // A fixed pattern instead of chance: about one in nine late, one in eleven absent, one in seventeen excused.
    let cadets = sql!(
        "INSERT INTO public.attendance_records (training_day_id, cadet_id, status, time_in, time_out)
        SELECT day, cadet, status,
            CASE status WHEN 'present' THEN '06:5' || mark % 10 WHEN 'late' THEN '07:1' || mark % 10 END,
            CASE WHEN status IN ('present', 'late') THEN '11:30' END
        FROM (SELECT d.id AS day, c.id AS cadet, d.id * 7 + c.id * 5 AS mark,
                CASE WHEN (d.id * 7 + c.id * 5) % 11 = 0 THEN 'absent' WHEN (d.id * 7 + c.id * 5) % 9 = 0 THEN 'late'
                    WHEN (d.id * 7 + c.id * 5) % 17 = 0 THEN 'excused' ELSE 'present' END AS status
            FROM public.training_days d CROSS JOIN public.cadets c) marked"
    );
    change.execute(cadets, &[]).await?;
    let staff = sql!(
        "INSERT INTO public.staff_attendance_records (training_day_id, staff_id, status, time_in)
        SELECT d.id, s.id, CASE WHEN (d.id + s.id) % 8 = 0 THEN 'excused' ELSE 'present' END, '06:30'
        FROM public.training_days d CROSS JOIN public.training_staff s"
    );
    change.execute(staff, &[]).await?;
    Ok(())
}

/// Sixty entries, on training days, issued by the staff in turn.
async fn insert_ledger(change: &mut Change) -> Result<()> {
    let insert = sql!(
        "INSERT INTO public.merit_demerit_logs
            (cadet_id, type, points, reason, date_recorded, issued_by_user_id, issued_by_name)
        SELECT c.id, $3, $4, $5, d.date::timestamp + interval '9 hours', u.id, s.rank || ' ' || s.first_name || ' ' || s.last_name
        FROM public.cadets c, public.training_days d, public.users u JOIN public.training_staff s ON s.id = u.staff_id
        WHERE c.student_id = $1 AND u.username = $2 AND d.title = $6"
    );
    for entry in 0..60 {
        let student = format!("DEMO-{:04}", entry * 7 % CADETS.len() + 1);
        let issuer = STAFF[entry % STAFF.len()][0];
        let (reason, kind, points) = REASONS[entry % REASONS.len()];
        let day = TRAINING_DAYS[entry * TRAINING_DAYS.len() / 60];
        change.execute(insert, &[&student, &issuer, &kind, &points, &reason, &day]).await?;
    }
    Ok(())
}

/// Totals are sums of what was inserted before, so that every screen agrees.
async fn insert_grades(change: &mut Change) -> Result<()> {
    let insert = sql!(
        "INSERT INTO public.grades (cadet_id, attendance_present, merit_points, demerit_points, lifetime_merit_points,
            prelim_score, midterm_score, final_score)
        SELECT c.id,
            (SELECT count(*) FROM public.attendance_records a
                WHERE a.cadet_id = c.id AND a.status IN ('present', 'late', 'excused')),
            coalesce(sum(l.points) FILTER (WHERE l.type = 'merit'), 0),
            coalesce(sum(l.points) FILTER (WHERE l.type = 'demerit'), 0),
            coalesce(sum(l.points) FILTER (WHERE l.type = 'merit'), 0),
            72 + c.id * 13 % 27, 70 + c.id * 7 % 29 + 0.5 * (c.id % 2), 0
        FROM public.cadets c LEFT JOIN public.merit_demerit_logs l ON l.cadet_id = c.id
        GROUP BY c.id"
    );
    change.execute(insert, &[]).await?;
    Ok(())
}

async fn insert_news(change: &mut Change) -> Result<()> {
    let activities = sql!(
        "INSERT INTO public.activities (title, description, date, type) VALUES
         ('Tree planting', 'Both companies plant seedlings along the river.', to_char(current_date + 12, 'YYYY-MM-DD'), 'activity'),
         ('Blood donation drive', 'With the municipal health office. Donors earn merits.', to_char(current_date - 9, 'YYYY-MM-DD'), 'activity'),
         ('Uniform inspection', 'Complete uniform at the next training day.', to_char(current_date, 'YYYY-MM-DD'), 'announcement')"
    );
    change.execute(activities, &[]).await?;
    let for_all = sql!(
        "INSERT INTO public.notifications (user_id, message, type) VALUES
         (NULL, 'New Announcement: Uniform inspection', 'announcement'), (NULL, 'New Activity: Tree planting', 'activity')"
    );
    change.execute(for_all, &[]).await?;
    let attendance = sql!(
        "INSERT INTO public.notifications (user_id, message, type)
         SELECT u.id, 'Your attendance was recorded as ' || a.status || '.', 'attendance'
         FROM public.users u JOIN public.attendance_records a ON a.cadet_id = u.cadet_id
         WHERE a.training_day_id = (SELECT max(id) FROM public.training_days) AND a.status <> 'present'"
    );
    change.execute(attendance, &[]).await?;
    Ok(())
}
