//! A battalion of any size, made by the database itself.

use rotc::SYSTEM;
use shared::{config::Config, db};

use crate::BoxError;

/// The admin of the bench.
pub const ADMIN: (&str, &str) = ("bench.admin", "bench-password");

/// Migrates the empty database and fills it with cadets, their users and grades and 15 training days.
pub async fn load(url: &str, cadets: i32) -> Result<(), BoxError> {
    let mut config = Config::read(&|_| None)?;
    config.database.url = Some(url.to_owned().into());
    db::migrate::run(&config.database, &SYSTEM).await?;
    fill(url, cadets).await
}

/// Fills a migrated database.
pub async fn fill(url: &str, cadets: i32) -> Result<(), BoxError> {
    let client = connect(url).await?;
    let hash = bcrypt::hash(ADMIN.1, 4)?;
    client
        .execute(
            "INSERT INTO users (username, password, role, is_approved) VALUES ($1, $2, 'admin', 1)",
            &[&ADMIN.0, &hash],
        )
        .await?;
    client.execute(CADETS, &[&cadets]).await?;
    client.batch_execute(REST).await?;
    // Alone: it cannot be part of a transaction, which several statements at once are.
    client.batch_execute("VACUUM ANALYZE").await?;
    Ok(())
}

/// A connection for statements of the bench.
pub async fn connect(url: &str) -> Result<tokio_postgres::Client, BoxError> {
    let mut config = Config::read(&|_| None)?;
    config.database.url = Some(url.to_owned().into());
    Ok(db::connect(&config.database).await?)
}

const CADETS: &str = "
    INSERT INTO cadets (rank, first_name, middle_name, last_name, suffix_name, email, contact_number, address, course,
                        year_level, school_year, battalion, company, platoon, cadet_course, semester, corp_position,
                        gender, status, student_id, is_profile_completed, created_at, religion, birthdate)
    SELECT 'Cdt', 'Given ' || n, 'M.', 'Family ' || n, '', 'cadet' || n || '@example.test', '09170000000',
           'Purok ' || n % 9 || ', Barangay ' || n % 40, 'BSIT', (n % 4 + 1)::text, '2025-2026', '1st Battalion',
           (ARRAY['Alpha', 'Bravo', 'Charlie'])[n % 3 + 1], (n % 3 + 1) || ' Platoon', 'MS' || n % 2 + 1,
           '1st Semester', '', (ARRAY['Male', 'Female'])[n % 2 + 1], 'Ongoing', 'B-' || n, true,
           TIMESTAMP '2025-06-01' + n * INTERVAL '1 minute', 'Roman Catholic', DATE '2004-01-01' + n % 900
    FROM generate_series(1, $1) AS n";

const REST: &str = "
    INSERT INTO users (username, password, role, is_approved, cadet_id, email)
    SELECT 'cadet' || id, '!', 'cadet', 1, id, email FROM cadets;
    INSERT INTO grades (cadet_id, attendance_present, merit_points, demerit_points, prelim_score, midterm_score, final_score)
    SELECT id, id % 16, id % 30, id % 7, 60 + id % 40, 60 + id % 39, 60 + id % 38 FROM cadets;
    INSERT INTO training_days (date, title)
    SELECT to_char(DATE '2025-06-07' + 7 * n, 'YYYY-MM-DD'), 'Training ' || n FROM generate_series(1, 15) AS n;
    INSERT INTO merit_demerit_logs (cadet_id, type, points, reason)
    SELECT id, 'merit', 5, 'Bench' FROM cadets;";
