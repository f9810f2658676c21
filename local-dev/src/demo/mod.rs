//! A small invented battalion, so that a fresh installation has something to look at. Always the same people; the training
//! days are the last eight Saturdays; the three passwords are new at each installation.

mod people;

use rand::RngExt;
use tokio_postgres::{Client, Transaction};

use people::{CADETS, COURSES, REASONS, STAFF, TRAINING_DAYS, WORDS};

type BoxError = Box<dyn std::error::Error + Send + Sync>;

/// Work factor of the demo passwords, as the legacy server used it.
const BCRYPT_COST: u32 = 10;
/// No bcrypt hash: nobody can sign in with a password.
const NO_PASSWORD: &str = "!";

/// User name and password of one account of each role. Shown once; only the hashes are stored.
#[derive(Clone, Debug)]
pub struct DemoAccounts {
    /// May do everything.
    pub admin: (String, String),
    /// The commandant.
    pub staff: (String, String),
    /// The first cadet.
    pub cadet: (String, String),
}

/// Fills an empty database in one transaction; none when it has users or cadets, or was seeded before.
pub async fn seed(client: &mut Client) -> Result<Option<DemoAccounts>, BoxError> {
    let transaction = client.transaction().await?;
    let has_meta: bool =
        transaction.query_one("SELECT to_regclass('muster.meta') IS NOT NULL", &[]).await?.get(0);
    if !is_wanted(&transaction, has_meta).await? {
        return Ok(None);
    }
    transaction.batch_execute("SELECT set_config('muster.system', 'demo seed', true)").await?;
    let accounts = DemoAccounts {
        admin: ("admin".to_owned(), readable_password()),
        staff: (STAFF[0][0].to_owned(), readable_password()),
        cadet: (username(&CADETS[0]), readable_password()),
    };
    insert_staff(&transaction, &accounts).await?;
    insert_cadets(&transaction, &accounts).await?;
    insert_training(&transaction).await?;
    insert_ledger(&transaction).await?;
    insert_grades(&transaction).await?;
    insert_news(&transaction).await?;
    if has_meta {
        let remember = "INSERT INTO muster.meta (key, value) VALUES ('demo_seeded', now()::text)";
        transaction.execute(remember, &[]).await?;
    }
    transaction.commit().await?;
    Ok(Some(accounts))
}

/// Two programs may start at once: the second waits for the lock and finds the work done.
async fn is_wanted(transaction: &Transaction<'_>, has_meta: bool) -> Result<bool, BoxError> {
    transaction.batch_execute("SELECT pg_advisory_xact_lock(hashtext('muster.demo'))").await?;
    let empty = "SELECT NOT EXISTS (SELECT FROM public.users) AND NOT EXISTS (SELECT FROM public.cadets)";
    let is_empty: bool = transaction.query_one(empty, &[]).await?.get(0);
    if !is_empty || !has_meta {
        return Ok(is_empty);
    }
    let seeded = transaction.query_opt("SELECT FROM muster.meta WHERE key = 'demo_seeded'", &[]).await?;
    Ok(seeded.is_none())
}

/// Three words and four digits.
fn readable_password() -> String {
    let mut random = rand::rng();
    let mut word = || WORDS[random.random_range(0..WORDS.len())];
    let (first, second, third) = (word(), word(), word());
    format!("{first}-{second}-{third}-{}", random.random_range(1_000..10_000))
}

async fn hashed(password: &str) -> Result<String, BoxError> {
    let password = password.to_owned();
    Ok(tokio::task::spawn_blocking(move || bcrypt::hash(password, BCRYPT_COST)).await??)
}

/// `mayumi.salonga`
fn username(cadet: &[&str; 4]) -> String {
    let plain = |name: &str| name.to_lowercase().replace('ñ', "n").replace([' ', '-'], "");
    format!("{}.{}", plain(cadet[0]), plain(cadet[2]))
}

const INSERT_USER: &str =
    "INSERT INTO public.users (username, password, role, cadet_id, staff_id, is_approved, email, gender)
    VALUES ($1, $2, $3, $4, $5, 1, $1 || '@example.test', $6)";

async fn insert_staff(transaction: &Transaction<'_>, accounts: &DemoAccounts) -> Result<(), BoxError> {
    let none: Option<i32> = None;
    let (admin, password) = &accounts.admin;
    let gender: Option<&str> = None;
    transaction
        .execute(INSERT_USER, &[admin, &hashed(password).await?, &"admin", &none, &none, &gender])
        .await?;
    for [name, rank, first, last, role, gender] in STAFF {
        let insert = "INSERT INTO public.training_staff (rank, first_name, last_name, email, role, gender, is_profile_completed)
            VALUES ($1, $2, $3, $4 || '@example.test', $5, $6, true) RETURNING id";
        let staff: i32 =
            transaction.query_one(insert, &[&rank, &first, &last, &name, &role, &gender]).await?.get(0);
        let password =
            if name == accounts.staff.0 { hashed(&accounts.staff.1).await? } else { NO_PASSWORD.to_owned() };
        transaction
            .execute(INSERT_USER, &[&name, &password, &"training_staff", &none, &Some(staff), &Some(gender)])
            .await?;
    }
    Ok(())
}

async fn insert_cadets(transaction: &Transaction<'_>, accounts: &DemoAccounts) -> Result<(), BoxError> {
    let insert = "INSERT INTO public.cadets (rank, first_name, middle_name, last_name, email, course, year_level, school_year,
            battalion, company, platoon, cadet_course, semester, gender, student_id, is_profile_completed, address)
        VALUES ($1, $2, $3, $4, $5 || '@example.test', $6, $7,
            to_char(current_date - interval '7 months', 'YYYY') || '-' || to_char(current_date + interval '5 months', 'YYYY'),
            '1st Battalion', $8, $9, $10, '1st Semester', $11, $12, true, 'Brgy. Maliwanag, Sampleton') RETURNING id";
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
        let row = transaction
            .query_one(
                insert,
                &[
                    &rank, first, middle, last, &name, &study, &year, &company, &platoon, &course, gender,
                    &student,
                ],
            )
            .await?;
        let is_known = name == accounts.cadet.0;
        let password = if is_known { hashed(&accounts.cadet.1).await? } else { NO_PASSWORD.to_owned() };
        let (cadet, none): (Option<i32>, Option<i32>) = (row.get(0), None);
        transaction
            .execute(INSERT_USER, &[&name, &password, &"cadet", &cadet, &none, &Some(*gender)])
            .await?;
    }
    Ok(())
}

/// The last eight Saturdays; most cadets were there.
async fn insert_training(transaction: &Transaction<'_>) -> Result<(), BoxError> {
    for (week, title) in TRAINING_DAYS.iter().enumerate() {
        let weeks_ago = i32::try_from(TRAINING_DAYS.len() - 1 - week)?;
        let insert = "INSERT INTO public.training_days (date, title, description)
            VALUES (to_char(date_trunc('week', current_date)::date - 2 - 7 * $1::int, 'YYYY-MM-DD'), $2, 'Parade ground, 07:00')";
        transaction.execute(insert, &[&weeks_ago, title]).await?;
    }
    // A fixed pattern instead of chance: about one in nine late, one in eleven absent, one in seventeen excused.
    let cadets = "INSERT INTO public.attendance_records (training_day_id, cadet_id, status, time_in, time_out)
        SELECT day, cadet, status,
            CASE status WHEN 'present' THEN '06:5' || mark % 10 WHEN 'late' THEN '07:1' || mark % 10 END,
            CASE WHEN status IN ('present', 'late') THEN '11:30' END
        FROM (SELECT d.id AS day, c.id AS cadet, d.id * 7 + c.id * 5 AS mark,
                CASE WHEN (d.id * 7 + c.id * 5) % 11 = 0 THEN 'absent' WHEN (d.id * 7 + c.id * 5) % 9 = 0 THEN 'late'
                    WHEN (d.id * 7 + c.id * 5) % 17 = 0 THEN 'excused' ELSE 'present' END AS status
            FROM public.training_days d CROSS JOIN public.cadets c) marked";
    transaction.batch_execute(cadets).await?;
    let staff = "INSERT INTO public.staff_attendance_records (training_day_id, staff_id, status, time_in)
        SELECT d.id, s.id, CASE WHEN (d.id + s.id) % 8 = 0 THEN 'excused' ELSE 'present' END, '06:30'
        FROM public.training_days d CROSS JOIN public.training_staff s";
    Ok(transaction.batch_execute(staff).await?)
}

/// Sixty entries, on training days, issued by the staff in turn.
async fn insert_ledger(transaction: &Transaction<'_>) -> Result<(), BoxError> {
    let insert = "INSERT INTO public.merit_demerit_logs
            (cadet_id, type, points, reason, date_recorded, issued_by_user_id, issued_by_name)
        SELECT c.id, $3, $4, $5, d.date::timestamp + interval '9 hours', u.id, s.rank || ' ' || s.first_name || ' ' || s.last_name
        FROM public.cadets c, public.training_days d, public.users u JOIN public.training_staff s ON s.id = u.staff_id
        WHERE c.student_id = $1 AND u.username = $2 AND d.title = $6";
    for entry in 0..60 {
        let student = format!("DEMO-{:04}", entry * 7 % CADETS.len() + 1);
        let issuer = STAFF[entry % STAFF.len()][0];
        let (reason, kind, points) = REASONS[entry % REASONS.len()];
        let day = TRAINING_DAYS[entry * TRAINING_DAYS.len() / 60];
        transaction.execute(insert, &[&student, &issuer, &kind, &points, &reason, &day]).await?;
    }
    Ok(())
}

/// Totals are sums of what was inserted before, so that every screen agrees.
async fn insert_grades(transaction: &Transaction<'_>) -> Result<(), BoxError> {
    let insert = "INSERT INTO public.grades (cadet_id, attendance_present, merit_points, demerit_points, lifetime_merit_points,
            prelim_score, midterm_score, final_score)
        SELECT c.id,
            (SELECT count(*) FROM public.attendance_records a
                WHERE a.cadet_id = c.id AND a.status IN ('present', 'late', 'excused')),
            coalesce(sum(l.points) FILTER (WHERE l.type = 'merit'), 0),
            coalesce(sum(l.points) FILTER (WHERE l.type = 'demerit'), 0),
            coalesce(sum(l.points) FILTER (WHERE l.type = 'merit'), 0),
            72 + c.id * 13 % 27, 70 + c.id * 7 % 29 + 0.5 * (c.id % 2), 0
        FROM public.cadets c LEFT JOIN public.merit_demerit_logs l ON l.cadet_id = c.id
        GROUP BY c.id";
    Ok(transaction.batch_execute(insert).await?)
}

async fn insert_news(transaction: &Transaction<'_>) -> Result<(), BoxError> {
    let news = "INSERT INTO public.activities (title, description, date, type) VALUES
        ('Tree planting', 'Both companies plant seedlings along the river.', to_char(current_date + 12, 'YYYY-MM-DD'), 'activity'),
        ('Blood donation drive', 'With the municipal health office. Donors earn merits.', to_char(current_date - 9, 'YYYY-MM-DD'), 'activity'),
        ('Uniform inspection', 'Complete uniform at the next training day.', to_char(current_date, 'YYYY-MM-DD'), 'announcement');
        INSERT INTO public.notifications (user_id, message, type) VALUES
        (NULL, 'New Announcement: Uniform inspection', 'announcement'), (NULL, 'New Activity: Tree planting', 'activity');
        INSERT INTO public.notifications (user_id, message, type)
        SELECT u.id, 'Your attendance was recorded as ' || a.status || '.', 'attendance'
        FROM public.users u JOIN public.attendance_records a ON a.cadet_id = u.cadet_id
        WHERE a.training_day_id = (SELECT max(id) FROM public.training_days) AND a.status <> 'present'";
    Ok(transaction.batch_execute(news).await?)
}
