//! A request to pay on a phone, and what M-PESA can make of it: one table, so that nothing is decided elsewhere.

/// How far a request is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Status {
    /// Stored, and not yet answered.
    Created,
    /// Sent without an answer: nobody knows whether the phone rings.
    Sent,
    /// The phone rings.
    Pending,
    /// Paid and booked.
    Succeeded,
    /// Paid with another amount; the receipt is in review.
    Mismatch,
    /// Refused, or paid in vain.
    Failed,
    /// Declined on the phone.
    Cancelled,
    /// Nobody answered.
    TimedOut,
    /// Paid, and taken back: with its receipt, which the finance office reverses (`finance::booking`).
    Reversed,
}

/// What happens to a request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Event<'a> {
    /// M-PESA took it: `ResponseCode` 0.
    Accepted,
    /// M-PESA did not take it.
    Refused,
    /// M-PESA did not answer in time.
    NoAnswer,
    /// It was paid, and M-PESA confirms it; whether with the amount that was asked for.
    Confirmed {
        /// The amount is the one asked for.
        equal: bool,
    },
    /// It was not paid: `ResultCode`.
    NotPaid(&'a str),
    /// Nothing was heard of it for as long as it may take.
    Expired,
}

/// Every status with its name.
pub const STATUSES: [(&str, Status); 9] = [
    ("created", Status::Created),
    ("sent", Status::Sent),
    ("pending", Status::Pending),
    ("succeeded", Status::Succeeded),
    ("mismatch", Status::Mismatch),
    ("failed", Status::Failed),
    ("cancelled", Status::Cancelled),
    ("timed_out", Status::TimedOut),
    ("reversed", Status::Reversed),
];

impl Status {
    /// By its name. The database knows no other names.
    pub fn named(name: &str) -> Self {
        STATUSES.iter().find(|(known, _)| *known == name).map_or(Self::Failed, |(_, status)| *status)
    }

    /// Its name.
    pub fn as_str(self) -> &'static str {
        STATUSES.iter().find(|(_, status)| *status == self).map_or("failed", |(name, _)| *name)
    }

    /// What an event makes of it; none if nothing.
    pub fn after(self, event: Event<'_>) -> Option<Self> {
        use Status::{Cancelled, Created, Failed, Mismatch, Pending, Sent, Succeeded, TimedOut};
        match (self, event) {
            (Created, Event::Accepted) => Some(Pending),
            (Created, Event::Refused) => Some(Failed),
            (Created, Event::NoAnswer) => Some(Sent),
            (Created | Sent | Pending | Failed | Cancelled | TimedOut, Event::Confirmed { equal }) => {
                Some(if equal { Succeeded } else { Mismatch })
            }
            // A callback may overtake the answer to the request.
            (Created | Sent | Pending, Event::NotPaid(code)) => Some(match code {
                "1032" => Cancelled,
                "1037" | "1019" => TimedOut,
                _ => Failed,
            }),
            (Created | Sent | Pending, Event::Expired) => Some(TimedOut),
            _ => None,
        }
    }
}

/// Why a payment did not go through, for the student.
pub fn reason(code: &str) -> &'static str {
    match code {
        "1032" => "it was cancelled on the phone",
        "1037" | "1019" => "the phone did not answer in time",
        "1" => "the balance is too low",
        "2001" => "the PIN was wrong",
        _ => "M-PESA refused it",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const ALL: [Status; 9] = [
        Status::Created,
        Status::Sent,
        Status::Pending,
        Status::Succeeded,
        Status::Mismatch,
        Status::Failed,
        Status::Cancelled,
        Status::TimedOut,
        Status::Reversed,
    ];

    fn from_every(event: Event<'_>) -> Vec<(&'static str, &'static str)> {
        let moved = |status: &Status| Some((status.as_str(), status.after(event)?.as_str()));
        ALL.iter().filter_map(moved).collect()
    }

    #[test]
    fn answers_to_the_request_move_only_what_was_just_created() {
        assert_eq!(from_every(Event::Accepted), [("created", "pending")]);
        assert_eq!(from_every(Event::Refused), [("created", "failed")]);
        assert_eq!(from_every(Event::NoAnswer), [("created", "sent")]);
    }

    #[test]
    fn confirmed_success_counts_however_late_and_once() {
        let open = ["created", "sent", "pending", "failed", "cancelled", "timed_out"];
        assert_eq!(from_every(Event::Confirmed { equal: true }), open.map(|status| (status, "succeeded")));
        assert_eq!(from_every(Event::Confirmed { equal: false }), open.map(|status| (status, "mismatch")));
    }

    #[test]
    fn results_end_what_is_open_and_nothing_that_has_ended() {
        for (code, end) in
            [("1032", "cancelled"), ("1037", "timed_out"), ("1019", "timed_out"), ("1", "failed")]
        {
            let ended = ["created", "sent", "pending"].map(|status| (status, end));
            assert_eq!(from_every(Event::NotPaid(code)), ended, "{code}");
        }
        let ended = ["created", "sent", "pending"].map(|status| (status, "timed_out"));
        assert_eq!(from_every(Event::Expired), ended);
    }

    #[test]
    fn names_are_read_back() {
        for status in ALL {
            assert_eq!(Status::named(status.as_str()), status);
        }
    }

    #[test]
    fn reasons_are_told_in_words() {
        assert_eq!(reason("1032"), "it was cancelled on the phone");
        assert_eq!(reason("9999"), "M-PESA refused it");
    }
}
