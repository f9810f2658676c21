//! How many connections there are, of whom, and which makes room for the next.

use std::{
    collections::HashMap,
    net::IpAddr,
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicU64, Ordering},
    },
};

use super::{Limits, State};

/// Connections beyond the limits at most; each is for a health check.
const SPARE: usize = 32;

/// The connections of a listening socket.
#[derive(Clone)]
pub struct Places(Arc<Shared>);

struct Shared {
    limits: Limits,
    next: AtomicU64,
    taken: Mutex<Taken>,
}

#[derive(Default)]
struct Taken {
    by_number: HashMap<u64, Seat>,
    of_address: HashMap<IpAddr, usize>,
    spare: usize,
}

struct Seat {
    address: IpAddr,
    is_spare: bool,
    state: Arc<State>,
}

/// A place that is free again when this value goes.
pub struct Place {
    places: Places,
    number: u64,
    is_spare: bool,
    state: Arc<State>,
}

impl Places {
    pub fn new(limits: Limits) -> Self {
        Self(Arc::new(Shared { limits, next: AtomicU64::new(0), taken: Mutex::default() }))
    }

    /// A place for a connection of this address. Where the limits are reached, the connection that has been without a request
    /// for the longest time ends; where all are at work, it is a spare one; none where these are taken too.
    pub fn take(&self, address: IpAddr) -> Option<Place> {
        let mut taken = self.0.taken.lock().unwrap_or_else(PoisonError::into_inner);
        let limits = self.0.limits;
        let mut is_spare = false;
        if taken.of_address.get(&address).copied().unwrap_or_default() >= limits.per_address {
            is_spare = !taken.end_one(|seat| seat.address == address && !seat.is_spare);
        } else if taken.by_number.len() - taken.spare >= limits.total {
            is_spare = !taken.end_one(|seat| !seat.is_spare);
        }
        if is_spare && taken.spare >= SPARE && !taken.end_one(|seat| seat.is_spare) {
            return None;
        }
        let number = self.0.next.fetch_add(1, Ordering::Relaxed);
        let state = Arc::new(State::new());
        taken.add(number, Seat { address, is_spare, state: state.clone() });
        Some(Place { places: self.clone(), number, is_spare, state })
    }
}

impl Taken {
    fn add(&mut self, number: u64, seat: Seat) {
        if seat.is_spare {
            self.spare += 1;
        } else {
            *self.of_address.entry(seat.address).or_default() += 1;
        }
        self.by_number.insert(number, seat);
    }

    fn remove(&mut self, number: u64) -> Option<Seat> {
        let seat = self.by_number.remove(&number)?;
        if seat.is_spare {
            self.spare -= 1;
        } else if let Some(count) = self.of_address.get_mut(&seat.address) {
            *count -= 1;
            if *count == 0 {
                self.of_address.remove(&seat.address);
            }
        }
        Some(seat)
    }

    /// Ends the one of these connections that has been without a request for the longest time.
    fn end_one(&mut self, among: impl Fn(&Seat) -> bool) -> bool {
        let unused = self.by_number.iter().filter(|(_, seat)| among(seat));
        let unused = unused.filter_map(|(number, seat)| Some((seat.state.unused_since()?, *number)));
        let Some(seat) = unused.min().and_then(|(_, number)| self.remove(number)) else { return false };
        seat.state.tell_to_go();
        true
    }
}

impl Place {
    pub fn state(&self) -> &Arc<State> {
        &self.state
    }

    /// Whether only a health check is answered here.
    pub fn is_spare(&self) -> bool {
        self.is_spare
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        self.places.0.taken.lock().unwrap_or_else(PoisonError::into_inner).remove(self.number);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const ONE: IpAddr = IpAddr::V4(std::net::Ipv4Addr::new(198, 51, 100, 1));
    const OTHER: IpAddr = IpAddr::V4(std::net::Ipv4Addr::new(198, 51, 100, 2));

    fn places() -> Places {
        Places::new(Limits { total: 3, per_address: 2, ..Limits::default() })
    }

    #[tokio::test]
    async fn waiting_connections_make_room_and_those_at_work_stay() {
        let places = places();
        let (first, second) = (places.take(ONE).unwrap(), places.take(ONE).unwrap());
        second.state().begin(true);
        let third = places.take(ONE).unwrap();
        first.state().told_to_go().await;
        assert!(!third.is_spare());
        third.state().begin(false);
        assert!(places.take(ONE).unwrap().is_spare(), "both of this address are at work");
        assert!(!places.take(OTHER).unwrap().is_spare());
    }

    #[tokio::test]
    async fn places_are_free_again_when_connections_end() {
        let places = places();
        let busy = |address| {
            let place = places.take(address).unwrap();
            place.state().begin(true);
            place
        };
        let taken = [busy(ONE), busy(ONE), busy(OTHER)];
        let spare: Vec<Place> = (0..SPARE).map(|_| busy(OTHER)).collect();
        assert!(spare.iter().all(Place::is_spare));
        assert!(places.take(OTHER).is_none());
        drop(taken);
        assert!(!places.take(OTHER).unwrap().is_spare());
    }
}
