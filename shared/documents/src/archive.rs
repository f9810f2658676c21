//! ZIP archives that are written while they are made.

use std::{
    collections::HashSet,
    fmt,
    io::{self, Write},
    sync::{Arc, Mutex, PoisonError},
};

use chrono::{DateTime, Datelike, Timelike, Utc};
use zip::{CompressionMethod, ZipWriter, write::SimpleFileOptions, write::StreamWriter};

/// The media type of an archive.
pub const ZIP: &str = "application/zip";

/// An archive of files that are compressed already. Only what has not been taken is in memory.
pub struct Archive {
    writer: ZipWriter<StreamWriter<Buffer>>,
    buffer: Buffer,
    names: HashSet<String>,
    options: SimpleFileOptions,
}

/// What could not be written.
#[derive(Debug)]
pub struct ArchiveError(String);

impl fmt::Display for ArchiveError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "the archive cannot be written: {}", self.0)
    }
}

impl std::error::Error for ArchiveError {}

#[derive(Clone, Default)]
struct Buffer(Arc<Mutex<Vec<u8>>>);

impl Write for Buffer {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl Archive {
    /// An empty archive whose files are from `made`.
    pub fn new(made: DateTime<Utc>) -> Self {
        let buffer = Buffer::default();
        let part = |number: u32| u8::try_from(number).unwrap_or_default();
        let date = zip::DateTime::from_date_and_time(
            u16::try_from(made.year()).unwrap_or_default(),
            part(made.month()),
            part(made.day()),
            part(made.hour()),
            part(made.minute()),
            part(made.second()),
        );
        let options = SimpleFileOptions::default()
            .compression_method(CompressionMethod::Stored)
            .last_modified_time(date.unwrap_or_default());
        Self { writer: ZipWriter::new_stream(buffer.clone()), buffer, names: HashSet::new(), options }
    }

    /// Adds a file. A name that was there gets a number before its extension.
    pub fn add(&mut self, name: &str, file: &[u8]) -> Result<(), ArchiveError> {
        let (stem, extension) = name.rsplit_once('.').unwrap_or((name, ""));
        let mut unique = name.to_owned();
        let mut number = 2;
        while !self.names.insert(unique.to_lowercase()) {
            unique = format!("{stem}_{number}.{extension}");
            number += 1;
        }
        let failed = |cause: &dyn fmt::Display| ArchiveError(cause.to_string());
        self.writer.start_file(unique, self.options).map_err(|cause| failed(&cause))?;
        self.writer.write_all(file).map_err(|cause| failed(&cause))
    }

    /// What has been written since the last time.
    pub fn take(&mut self) -> Vec<u8> {
        std::mem::take(&mut *self.buffer.0.lock().unwrap_or_else(PoisonError::into_inner))
    }

    /// The rest of the archive.
    pub fn finish(self) -> Result<Vec<u8>, ArchiveError> {
        let Self { writer, buffer, .. } = self;
        writer.finish().map_err(|cause| ArchiveError(cause.to_string()))?;
        Ok(std::mem::take(&mut *buffer.0.lock().unwrap_or_else(PoisonError::into_inner)))
    }
}

#[cfg(test)]
mod tests {
    use std::io::{Cursor, Read};

    use super::*;

    #[test]
    fn files_come_out_as_they_went_in_and_none_takes_the_place_of_another() {
        let mut archive = Archive::new("2026-02-02T08:30:00Z".parse().expect("a time"));
        let mut all = Vec::new();
        for (name, file) in [("a.pdf", "one"), ("A.pdf", "two"), ("a.pdf", "three"), ("b", "four")] {
            archive.add(name, file.as_bytes()).expect("a file");
            all.extend(archive.take());
        }
        all.extend(archive.finish().expect("an archive"));

        let mut read = zip::ZipArchive::new(Cursor::new(all)).expect("an archive");

        let mut found = Vec::new();
        for at in 0..read.len() {
            let mut file = read.by_index(at).expect("a file");
            let mut text = String::new();
            file.read_to_string(&mut text).expect("a text");
            found.push((file.name().expect("a name").into_owned(), text));
        }
        let expected = [("a.pdf", "one"), ("A_2.pdf", "two"), ("a_3.pdf", "three"), ("b", "four")];
        assert_eq!(found, expected.map(|(name, text)| (name.to_owned(), text.to_owned())));
    }
}
