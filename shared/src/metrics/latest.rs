//! The last few of something.

use std::{
    collections::VecDeque,
    sync::{Mutex, MutexGuard, PoisonError},
};

/// How many are remembered.
const REMEMBERED: usize = 100;

/// The last hundred.
#[derive(Debug)]
pub(super) struct Latest<T>(Mutex<VecDeque<T>>);

impl<T> Default for Latest<T> {
    fn default() -> Self {
        Self(Mutex::default())
    }
}

impl<T: Clone> Latest<T> {
    /// Adds one; the oldest goes when there are too many.
    pub fn push(&self, one: T) {
        let mut all = self.all();
        if all.len() == REMEMBERED {
            all.pop_front();
        }
        all.push_back(one);
    }

    /// All, newest first.
    pub fn newest_first(&self) -> Vec<T> {
        self.all().iter().rev().cloned().collect()
    }

    /// Forgets all.
    pub fn clear(&self) {
        self.all().clear();
    }

    fn all(&self) -> MutexGuard<'_, VecDeque<T>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_last_are_remembered() {
        let latest = Latest::default();
        (0..150).for_each(|one| latest.push(one));
        let all = latest.newest_first();
        assert_eq!((all.len(), all[0], all[REMEMBERED - 1]), (REMEMBERED, 149, 50));
        latest.clear();
        assert!(latest.newest_first().is_empty());
    }
}
