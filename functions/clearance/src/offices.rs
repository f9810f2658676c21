//! What is known of offices everywhere.

/// What an office can be.
pub const TYPES: [(&str, &str); 10] = [
    ("finance", "finance"),
    ("faculty", "faculty"),
    ("library", "library"),
    ("mess", "mess"),
    ("hostel", "hostel"),
    ("workshop", "workshop"),
    ("sports", "sports"),
    ("other", "other"),
    ("academic", "academic"),
    ("administrative", "administrative"),
];
