//! The pages of a PDF, drawn one after the other by pdftoppm: it waits while a page is read.

use std::{
    process::{ExitStatus, Output},
    time::Duration,
};

use bytes::Bytes;
use documents::scan::{GrayImage, MOST_PIXELS};
use tokio::{
    io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufReader},
    process::{Child, ChildStdout},
    task::JoinHandle,
};

use super::{
    program::{complaints, refused, start},
    too_slow,
};
use crate::{Result, config::OcrConfig, error::internal};

/// Pixels of a page's longer side: 300 to the inch of a sheet of A4, whatever size the document claims.
const SIDE: &str = "3508";

/// Bytes of a line in the head of a picture.
const LONGEST_LINE: u64 = 80;

/// A PDF while it is drawn.
pub struct Pages {
    process: Child,
    pictures: BufReader<ChildStdout>,
    complaints: JoinHandle<Vec<u8>>,
    page_time: Duration,
}

impl Pages {
    /// Starts drawing.
    pub fn open(config: &OcrConfig, document: Bytes) -> Result<Self> {
        // One more than are read, so that it shows whether there are more.
        let last = (config.most_pages + 1).to_string();
        let arguments = ["-gray", "-scale-to", SIDE, "-l", &last, "-"];
        let mut process = start(config, &config.pdftoppm, &arguments)?;
        let (stdin, stdout) = (process.stdin.take(), process.stdout.take());
        let (mut stdin, stdout) =
            stdin.zip(stdout).ok_or_else(|| internal("a process without input or output"))?;
        tokio::spawn(async move {
            // A program that ends early says why by itself.
            let _ended = stdin.write_all(&document).await;
        });
        let complaints = tokio::spawn(complaints(process.stderr.take()));
        let pictures = BufReader::new(stdout);
        Ok(Self { process, pictures, complaints, page_time: config.page_time })
    }

    /// The next page; none after the last. 400 for what is no PDF, or one with a password.
    pub async fn next(&mut self) -> Result<Option<GrayImage>> {
        let time = self.page_time;
        tokio::time::timeout(time, self.draw()).await.map_err(|_| too_slow(time))?
    }

    async fn draw(&mut self) -> Result<Option<GrayImage>> {
        let magic = self.line().await?;
        if magic.is_empty() {
            let status = self.process.wait().await?;
            return self.end(status).await;
        }
        let size = self.line().await?;
        let depth = self.line().await?;
        let sides = size
            .split_once(' ')
            .and_then(|(width, height)| Some((width.parse().ok()?, height.parse().ok()?)));
        let (Some((width, height)), "P5", "255") = (sides, magic.as_str(), depth.as_str()) else {
            return Err(internal("pdftoppm wrote no grey picture"));
        };
        let pixels = u64::from(width) * u64::from(height);
        if pixels > MOST_PIXELS {
            return Err(internal("pdftoppm wrote a larger picture than it was told to"));
        }
        let mut picture = vec![0; usize::try_from(pixels)?];
        self.pictures.read_exact(&mut picture).await?;
        Ok(GrayImage::from_raw(width, height, picture))
    }

    async fn line(&mut self) -> Result<String> {
        let mut line = String::new();
        (&mut self.pictures).take(LONGEST_LINE).read_line(&mut line).await?;
        Ok(line.trim_end().to_owned())
    }

    async fn end(&mut self, status: ExitStatus) -> Result<Option<GrayImage>> {
        if status.success() {
            return Ok(None);
        }
        let stderr = (&mut self.complaints).await?;
        Err(refused(&Output { status, stdout: Vec::new(), stderr }, "pdftoppm", "poppler-utils"))
    }
}
