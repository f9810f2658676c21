//! Memory that the files people send may take.

use super::Variables;
use crate::budget::Budget;

/// What a process may use for the files of others. Systems in one process share it.
#[derive(Clone, Debug)]
pub struct MemoryConfig {
    /// `BODY_MEMORY_MB` (48): bodies of requests that are being read or worked on.
    pub bodies: Budget,
    /// `PICTURE_MEMORY_MB` (160): pictures that are open.
    pub pictures: Budget,
}

impl Variables<'_> {
    pub(super) fn memory(&mut self) -> MemoryConfig {
        MemoryConfig {
            bodies: Budget::of_megabytes(self.number("BODY_MEMORY_MB", 48)),
            pictures: Budget::of_megabytes(self.number("PICTURE_MEMORY_MB", 160)),
        }
    }
}
