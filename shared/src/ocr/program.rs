//! Running tesseract and pdftoppm: with limits, and without the secrets of our own environment.

use std::{
    path::Path,
    process::{Output, Stdio},
};

use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    process::{Child, Command},
};

use super::{missing_package, switched_off};
use crate::{Error, Result, config::OcrConfig, error::invalid};

/// Of what a program says about its troubles, so much is read.
const MOST_COMPLAINTS: u64 = 4_096;

/// A program that will be killed when nobody waits for it any more.
///
/// The shell sets the limit of memory (a laptop's system may know none, hence the `||`) and becomes the program.
pub fn start(config: &OcrConfig, program: &Path, arguments: &[&str]) -> Result<Child> {
    let limit = (config.page_memory_mb * 1024).to_string();
    let child = Command::new("sh")
        .args(["-c", "ulimit -v \"$1\" 2>/dev/null || :; shift; exec \"$@\"", "sh", &limit])
        .arg(program)
        .args(arguments)
        .env_clear()
        .envs(config.environment.iter().map(|(name, value)| (name, value)))
        // One thread: its threads wait for each other so long that two pages at once take less time with one each.
        .env("OMP_THREAD_LIMIT", "1")
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .kill_on_drop(true)
        .spawn()?;
    Ok(child)
}

/// Runs tesseract over a picture and gives what it says.
pub async fn tesseract(config: &OcrConfig, picture: &[u8], arguments: &[&str]) -> Result<Vec<u8>> {
    let output = run(config, picture, &[&["stdin", "stdout"], arguments].concat()).await?;
    if output.status.success() {
        Ok(output.stdout)
    } else {
        Err(refused(&output, "tesseract", "tesseract-ocr"))
    }
}

/// The same where it may give up, saying nothing.
pub async fn attempt(config: &OcrConfig, picture: &[u8], arguments: &[&str]) -> Result<Vec<u8>> {
    Ok(run(config, picture, &[&["stdin", "stdout"], arguments].concat()).await?.stdout)
}

/// The languages tesseract has.
pub async fn languages(config: &OcrConfig) -> Result<Vec<String>> {
    let output = run(config, &[], &["--list-langs"]).await?;
    if !output.status.success() {
        return Err(refused(&output, "tesseract", "tesseract-ocr"));
    }
    let listed = String::from_utf8_lossy(&output.stdout).into_owned();
    Ok(listed.lines().map(|line| line.trim().to_owned()).collect())
}

async fn run(config: &OcrConfig, input: &[u8], arguments: &[&str]) -> Result<Output> {
    let program = config.tesseract.as_deref().ok_or_else(switched_off)?;
    let mut child = start(config, program, arguments)?;
    let (stdin, stderr) = (child.stdin.take(), child.stderr.take());
    let feed = async {
        if let Some(mut stdin) = stdin {
            // A program that ends early says why by itself.
            let _ended = stdin.write_all(input).await;
        }
    };
    let complaints = complaints(stderr);
    let (output, (), stderr) = tokio::join!(child.wait_with_output(), feed, complaints);
    Ok(Output { stderr, ..output? })
}

/// The beginning of what a program complains about; the rest is read and forgotten, so that it never waits for us.
pub async fn complaints(stderr: Option<tokio::process::ChildStderr>) -> Vec<u8> {
    let mut text = Vec::new();
    if let Some(mut stderr) = stderr {
        let mut head = (&mut stderr).take(MOST_COMPLAINTS);
        if head.read_to_end(&mut text).await.is_ok() {
            let _rest = tokio::io::copy(&mut stderr, &mut tokio::io::sink()).await;
        }
    }
    text
}

/// What the end of a program means: the shell says 126 or 127 for one that is not there.
pub fn refused(output: &Output, name: &'static str, package: &'static str) -> Error {
    if matches!(output.status.code(), Some(126 | 127)) {
        return missing_package(&format!("the program {name}"), package);
    }
    // The words of tesseract are about the picture's format and size, never its text.
    tracing::warn!(program = name, status = %output.status, said = %String::from_utf8_lossy(&output.stderr).trim(),
        "a document could not be read");
    invalid("unreadable_document", "The document cannot be read")
}
