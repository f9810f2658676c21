//! What documents cost: one certificate, and the profiles of everybody as the job writes them.

use std::{
    io::{self, Write},
    time::{Duration, Instant},
};

use documents::pdf::{Certificate, Letterhead, Profiled, profiled_certificate};
use rotc::reports::{batch_profiles, letterhead::letterhead};
use shared::{App, clock::Clock, config::Config, http::written};

use crate::BoxError;

/// Certificates that are printed, one after the other.
const CERTIFICATES: usize = 200;

/// Attendance on every training day.
const ATTENDANCE: &str = "
    INSERT INTO attendance_records (training_day_id, cadet_id, status, remarks)
    SELECT days.id, cadets.id, (ARRAY['present', 'present', 'late', 'excused', 'absent'])[(cadets.id + days.id) % 5 + 1],
           CASE WHEN (cadets.id + days.id) % 5 = 3 THEN 'Letter of the class adviser' END
    FROM training_days AS days, cadets";

/// Prints certificates, then the profiles of every cadet of the database.
pub async fn measure(url: &str) -> Result<(), BoxError> {
    let mut out = io::stdout();
    writeln!(out, "| what | measured |\n|---|---:|")?;
    let times = certificates()?;
    let middle = |part: fn(&Profiled) -> Duration| {
        let mut times: Vec<f64> = times.iter().map(|one| part(one).as_secs_f64() * 1000.0).collect();
        times.sort_unstable_by(f64::total_cmp);
        times[times.len() / 2]
    };
    let whole = middle(|one| one.layout + one.fonts + one.save);
    writeln!(out, "| one-page certificate, median of {CERTIFICATES} | {whole:.2} ms |")?;
    writeln!(out, "| .. layout and QR code | {:.2} ms |", middle(|one| one.layout))?;
    writeln!(out, "| .. subsets of the fonts | {:.2} ms |", middle(|one| one.fonts))?;
    writeln!(out, "| .. printpdf's save alone | {:.2} ms |", middle(|one| one.save))?;
    writeln!(out, "| its size | {} bytes |", times.last().map_or(0, |one| one.bytes))?;
    let (cadets, took, bytes) = profiles(url).await?;
    writeln!(out, "| {cadets} cadet profiles as a ZIP, with the queries | {:.2} s |", took.as_secs_f64())?;
    writeln!(out, "| .. each | {:.2} ms |", took.as_secs_f64() * 1000.0 / cadets.max(1) as f64)?;
    writeln!(out, "| its size | {:.1} MB |", bytes as f64 / 1e6)?;
    Ok(())
}

fn certificates() -> Result<Vec<Profiled>, BoxError> {
    let certificate = Certificate {
        head: Letterhead { logo: None, school: "Bench University".to_owned(), unit: "ROTC Unit".to_owned() },
        title: "Certificate of Achievement".to_owned(),
        before: "is given to".to_owned(),
        name: "Cdt Ñoño Peñaranda".to_owned(),
        text: "for First Place, Marksmanship Competition, held on 14 January 2026.".to_owned(),
        given: "Given on 2 February 2026.".to_owned(),
        signers: vec!["Corps Commander".to_owned(), "Commandant".to_owned()],
        address: "https://rotc.example.test/verify/7K3M9Q2XB4TNR6WZ8HJD".to_owned(),
        code: "7K3M-9Q2X-B4TN-R6WZ-8HJD".to_owned(),
    };
    // The first one parses the fonts.
    let now = Clock::default().now();
    profiled_certificate(&certificate, now)?;
    let one = || Ok(profiled_certificate(&certificate, now)?);
    (0..CERTIFICATES).map(|_| one()).collect()
}

async fn profiles(url: &str) -> Result<(usize, Duration, usize), BoxError> {
    let mut config = Config::read(&|_| None)?;
    config.database.url = Some(url.to_owned().into());
    let database = shared::db::connect(&config.database).await?;
    database.batch_execute(ATTENDANCE).await?;
    database.batch_execute("VACUUM ANALYZE").await?;
    let rows = database.query("SELECT id FROM cadets ORDER BY id", &[]).await?;
    let ids: Vec<i32> = rows.iter().map(|row| row.get(0)).collect();
    let cadets = ids.len();
    let app = App::new(&rotc::SYSTEM, config);
    let head = letterhead(&app).await?;
    let started = Instant::now();
    let mut archive =
        written(
            move |pieces| async move { batch_profiles::write(&app, &ids, &head, &pieces, |_, _| ()).await },
        );
    let mut bytes = 0;
    while let Some(piece) = archive.next().await? {
        bytes += piece.len();
    }
    Ok((cadets, started.elapsed(), bytes))
}
