//! A large list of cadets out of a workbook: how long the import takes and how much memory, beside reading the workbook alone.
//! Each is a process of its own, so that its memory is its alone.

use std::{
    io::{self, Cursor, Write},
    path::Path,
    process::Stdio,
    time::{Duration, Instant},
};

use calamine::{Reader, Xlsx};
use documents::{Cell, Column, Sheet};
use rotc::{
    access::{Role, User},
    imports::{Kind, Plan},
};
use serde::{Deserialize, Serialize};
use shared::{
    App,
    config::Config,
    http::UploadedFile,
    imports::{Import, Input, merge::Strategy},
    sql,
};
use tokio::process::Command;

use super::memory_kb;
use crate::BoxError;

/// What was measured in one process.
#[derive(Debug, Serialize, Deserialize)]
struct Figures {
    /// Until the rows were read.
    read: Duration,
    /// Until everything was committed.
    total: Duration,
    /// The most memory the process had.
    peak_kb: Option<u64>,
    /// Rows read, or cadets enrolled.
    rows: usize,
}

/// Imports `cadets` new cadets into the database, and prints a table.
pub async fn measure(url: &str, cadets: usize) -> Result<(), BoxError> {
    let path = std::env::temp_dir().join(format!("muster-bench-{}.xlsx", std::process::id()));
    std::fs::write(&path, workbook(cadets)?)?;
    let bytes = std::fs::metadata(&path)?.len();
    let outcome = async {
        let alone = child(url, &path, true).await?;
        let import = child(url, &path, false).await?;
        if import.rows != cadets {
            return Err(format!("only {} of {cadets} cadets were enrolled", import.rows).into());
        }
        print(cadets, bytes, &alone, &import)
    }
    .await;
    std::fs::remove_file(&path)?;
    outcome
}

fn print(cadets: usize, bytes: u64, alone: &Figures, import: &Figures) -> Result<(), BoxError> {
    let mut out = io::stdout();
    let row = |what: &str, time: Duration, peak: Option<u64>| {
        let memory = peak.map_or_else(String::new, |kb| format!("{:.0}", kb as f64 / 1024.0));
        format!("| {what} | {:.0} | {memory} |", time.as_secs_f64() * 1000.0)
    };
    writeln!(out, "{cadets} cadets, {} KB of xlsx\n", bytes / 1024)?;
    writeln!(out, "| what | ms | memory MB |\n|---|---:|---:|")?;
    writeln!(out, "{}", row("calamine reading alone", alone.total, alone.peak_kb))?;
    writeln!(out, "{}", row("the import, until the rows are read", import.read, None))?;
    writeln!(out, "{}", row("the import, until it is committed", import.total, import.peak_kb))?;
    Ok(())
}

async fn child(url: &str, path: &Path, alone: bool) -> Result<Figures, BoxError> {
    let mut command = Command::new(std::env::current_exe()?);
    command.arg("bench-import").arg(path).env("DATABASE_URL", url).env("MUSTER_ENV", "production");
    if alone {
        command.arg("--alone");
    }
    let output = command.stderr(Stdio::inherit()).output().await?;
    if !output.status.success() {
        return Err("the import failed".into());
    }
    Ok(serde_json::from_slice(&output.stdout)?)
}

/// One process of the measurement: prints its figures as JSON.
pub async fn run_child(path: &Path, alone: bool) -> Result<(), BoxError> {
    let body = std::fs::read(path)?;
    let figures = if alone { read_alone(body)? } else { import(body).await? };
    writeln!(io::stdout(), "{}", serde_json::to_string(&figures)?)?;
    Ok(())
}

fn read_alone(body: Vec<u8>) -> Result<Figures, BoxError> {
    let started = Instant::now();
    let mut workbook: Xlsx<_> = Xlsx::new(Cursor::new(body))?;
    let range = workbook.worksheet_range_at(0).ok_or("the workbook has no sheet")??;
    let took = started.elapsed();
    let rows = range.rows().count();
    Ok(Figures { read: took, total: took, peak_kb: memory_kb(std::process::id(), "VmHWM"), rows })
}

async fn import(body: Vec<u8>) -> Result<Figures, BoxError> {
    let app = App::new(&rotc::SYSTEM, Config::for_system(&rotc::SYSTEM)?);
    let user = admin(&app).await?;
    let started = Instant::now();
    let plan = Plan::new(Kind::Cadets, Strategy::Update, None)?;
    let file = UploadedFile { name: "cadets.xlsx".to_owned(), body: body.into() };
    let input = Input::read(&app, &plan, &[file]).await?;
    let read = started.elapsed();
    let mut change = app.db.change(&user.actor()).await?;
    let report = input.apply(&mut change, &app, &user).await?;
    plan.done(&mut change, &user, &report, None).await?;
    change.commit().await?;
    let (total, rows) = (started.elapsed(), report.created_ids.len());
    Ok(Figures { read, total, peak_kb: memory_kb(std::process::id(), "VmHWM"), rows })
}

async fn admin(app: &App) -> Result<User, BoxError> {
    let find = sql!("SELECT id FROM users WHERE role = 'admin' ORDER BY id LIMIT 1");
    let id: Option<i32> = app.db.read().await?.one(find, &[]).await?;
    Ok(User {
        id: id.ok_or("the bench has no admin")?,
        username: super::data::ADMIN.0.to_owned(),
        role: Role::Admin,
        cadet_id: None,
        staff_id: None,
        session: app.ids.uuid(),
        request_id: None,
    })
}

/// A list as a registrar's office exports it.
fn workbook(cadets: usize) -> Result<Vec<u8>, BoxError> {
    let column = |title| Column { title, width: 16 };
    let titles = [
        "Student ID",
        "Last Name",
        "First Name",
        "Middle Name",
        "Email",
        "Rank",
        "Contact Number",
        "Address",
        "Course",
        "Year Level",
        "School Year",
        "Battalion",
        "Company",
        "Platoon",
        "Cadet Course",
        "Semester",
        "Gender",
        "Birthdate",
    ];
    let mut sheet = Sheet::new("Cadets", &titles.map(column))?;
    for n in 0..cadets {
        let text = |text: String| Cell::Text(text);
        sheet.row([
            text(format!("2030-{n:06}")),
            text(format!("Dela Cruz{n}")),
            text(format!("Juan {n}")),
            text("P.".to_owned()),
            text(format!("cadet{n}@import.example.test")),
            text("Cdt".to_owned()),
            text(format!("0917{n:07}")),
            text(format!("Purok {}, Brgy. Poblacion, Naawan, Misamis Oriental", n % 9)),
            text("BSIT".to_owned()),
            text("1st Year".to_owned()),
            text("2029-2030".to_owned()),
            text("1st Battalion".to_owned()),
            text(["Alpha", "Bravo", "Charlie"][n % 3].to_owned()),
            text("1st Platoon".to_owned()),
            text("MS1".to_owned()),
            text("1st Semester".to_owned()),
            text("Male".to_owned()),
            text("2010-02-01".to_owned()),
        ])?;
    }
    Ok(sheet.finish()?)
}
