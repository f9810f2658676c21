//! Which cadet a line of an attendance list means (rules.md 9.3): by what names one cadet for certain, else by a name that
//! may be misspelt a little.
//!
//! Legacy: a similar name won over a student id, and of two equally similar cadets the first. Here what is certain comes
//! first, and a name that fits two cadets equally well fits nobody.

use documents::read::composed;
use shared::{
    Result,
    db::Change,
    imports::{
        lookup::{Hit, Lookup},
        values::{PersonName, identity, name_parts, nearly},
    },
    row, sql,
};
use strsim::levenshtein;

/// Letters that may be wrong in a name.
const MOST_WRONG: usize = 5;

row! {
    struct Candidate {
        id: i32,
        student_id: String,
        first_name: String,
        middle_name: Option<String>,
        last_name: String,
        username: Option<String>,
        email: Option<String>,
    }
}

/// How a line names somebody; what it does not say is empty.
#[derive(Clone, Debug, Default)]
pub struct Named {
    /// The name, in any order.
    pub name: String,
    /// The name of the account.
    pub username: String,
    /// Whether that is only a guess at a word of the line.
    pub is_guess: bool,
    /// The student id.
    pub student_id: String,
    /// The mail address.
    pub email: String,
}

/// Everybody who may be on a list: approved and not archived.
#[derive(Default)]
pub struct Roster {
    by_student_id: Lookup<i32>,
    /// Ids without the zeros at their beginning.
    by_nearly: Lookup<i32>,
    by_username: Lookup<i32>,
    by_email: Lookup<i32>,
    by_name: Lookup<i32>,
    names: Vec<Spelling>,
}

/// The ways to write a name.
struct Spelling {
    id: i32,
    /// As reports name them.
    label: String,
    /// The first letter of the middle name.
    initial: Option<char>,
    forms: [String; 4],
    letters: Letters,
}

/// What a list means.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Match {
    /// This cadet.
    One(i32),
    /// This cadet, if the name is misspelt or a word of the line is rightly taken for the user name.
    Similar(i32),
    /// Several fit equally well.
    Several,
    /// Nobody, but a student id differs from this only in its zeros.
    Nearly,
    /// Nobody.
    Nobody,
}

impl From<Hit<i32>> for Match {
    fn from(hit: Hit<i32>) -> Self {
        match hit {
            Hit::One(cadet_id) => Self::One(cadet_id),
            Hit::Several => Self::Several,
        }
    }
}

impl Match {
    /// The cadet, for certain or not.
    pub fn cadet(self) -> Option<i32> {
        match self {
            Self::One(cadet_id) | Self::Similar(cadet_id) => Some(cadet_id),
            Self::Several | Self::Nearly | Self::Nobody => None,
        }
    }

    /// Why there is none.
    pub fn why_nobody(self) -> &'static str {
        match self {
            Self::Several => "fits several cadets",
            Self::Nearly => {
                "no such cadet, but a student id that differs only in its zeros; please correct it"
            }
            Self::One(_) | Self::Similar(_) | Self::Nobody => "no such cadet",
        }
    }
}

impl Roster {
    /// Reads everybody.
    pub async fn load(change: &mut Change) -> Result<Self> {
        let list = sql!(
            "SELECT cadets.id, cadets.student_id, first_name, middle_name, last_name, users.username,
                    coalesce(nullif(users.email, ''), cadets.email) AS email
             FROM cadets JOIN users ON users.cadet_id = cadets.id
             WHERE cadets.is_archived IS NOT TRUE AND users.is_approved = 1 AND users.is_archived IS NOT TRUE
             ORDER BY cadets.id, users.id"
        );
        Ok(Self::of(change.all(list, &[]).await?))
    }

    fn of(candidates: Vec<Candidate>) -> Self {
        let mut roster = Self::default();
        for cadet in candidates {
            let id = cadet.id;
            roster.by_student_id.add(identity(&cadet.student_id), id);
            roster.by_nearly.add(nearly(&cadet.student_id), id);
            roster.by_username.add(plain(&cadet.username.unwrap_or_default()), id);
            roster.by_email.add(plain(&cadet.email.unwrap_or_default()), id);
            // Several accounts may share a cadet.
            if roster.names.last().is_some_and(|last| last.id == id) {
                continue;
            }
            let label = format!("{} {} ({})", cadet.first_name, cadet.last_name, cadet.student_id);
            let (first, last) = (plain(&cadet.first_name), plain(&cadet.last_name));
            let forms = [
                format!("{first} {last}"),
                format!("{last} {first}"),
                format!("{last}, {first}"),
                format!("{first}, {last}"),
            ];
            for form in &forms {
                roster.by_name.add(plain(form), id);
            }
            let letters = Letters::of(&forms[0]);
            let initial = cadet.middle_name.as_deref().and_then(initial);
            roster.names.push(Spelling { id, label, initial, forms, letters });
        }
        roster
    }

    /// How reports name a cadet: `Ana Cruz (2024-0001)`.
    pub fn label(&self, cadet_id: i32) -> &str {
        let at = self.names.binary_search_by_key(&cadet_id, |spelling| spelling.id);
        at.map_or("", |at| self.names[at].label.as_str())
    }

    /// Whom a line means. A name means nobody next to a student id that nobody has.
    pub fn find(&self, named: &Named) -> Match {
        let ids = [
            (&self.by_student_id, identity(&named.student_id)),
            (&self.by_username, if named.is_guess { String::new() } else { plain(&named.username) }),
            (&self.by_email, plain(&named.email)),
        ];
        if let Some(found) = ids.iter().find_map(|(lookup, key)| lookup.get(key)) {
            return found.into();
        }
        if !named.student_id.is_empty() {
            return self.by_nearly.get(&nearly(&named.student_id)).map_or(Match::Nobody, |_| Match::Nearly);
        }
        if let Some(found) = self.by_parts(&named.name) {
            return found;
        }
        match self.by_similar_name(&plain(&named.name)) {
            Match::Nobody if named.is_guess => match self.by_username.get(&plain(&named.username)) {
                Some(Hit::One(id)) => Match::Similar(id),
                Some(Hit::Several) | None => Match::Nobody,
            },
            found => found,
        }
    }

    /// By first and last name of a name with a middle initial or a suffix. Another initial than that of the register is a doubt.
    fn by_parts(&self, name: &str) -> Option<Match> {
        let PersonName { first, middle, last: Some(last), .. } = name_parts(name) else { return None };
        match self.by_name.get(&plain(&format!("{first} {last}")))? {
            Hit::Several => Some(Match::Several),
            Hit::One(id) => {
                let at = self.names.binary_search_by_key(&id, |spelling| spelling.id).ok()?;
                let (known, said) = (self.names[at].initial, middle.as_deref().and_then(initial));
                let differ = known.is_some() && said.is_some() && known != said;
                Some(if differ { Match::Similar(id) } else { Match::One(id) })
            }
        }
    }

    fn by_similar_name(&self, name: &str) -> Match {
        if name.is_empty() {
            return Match::Nobody;
        }
        if let Some(found) = self.by_name.get(name) {
            return found.into();
        }
        let length = name.chars().count();
        let letters = Letters::of(name);
        let mut best = (MOST_WRONG + 1, Match::Nobody);
        for spelling in &self.names {
            // Cheap to count, and never more than the distance.
            if letters.missing(&spelling.letters) > best.0.min(MOST_WRONG) {
                continue;
            }
            let distance =
                spelling.forms.iter().map(|form| levenshtein(name, form)).min().unwrap_or(usize::MAX);
            // Less than 40 % of the name.
            if distance > MOST_WRONG || distance * 5 >= length * 2 {
                continue;
            }
            if distance < best.0 {
                best = (distance, Match::Similar(spelling.id));
            } else if distance == best.0 {
                best.1 = Match::Several;
            }
        }
        best.1
    }
}

fn initial(name: &str) -> Option<char> {
    name.chars().find(|letter| letter.is_alphabetic()).and_then(|letter| letter.to_lowercase().next())
}

fn plain(text: &str) -> String {
    let text = composed(text);
    let words: Vec<&str> = text.split_whitespace().collect();
    words.join(" ").to_lowercase()
}

/// How often each letter stands in a name, without regard to the order.
struct Letters([u8; 32]);

impl Letters {
    fn of(text: &str) -> Self {
        let mut counts = [0_u8; 32];
        for letter in text.chars().filter(|letter| letter.is_alphanumeric()) {
            let at = (letter as usize) % counts.len();
            counts[at] = counts[at].saturating_add(1);
        }
        Self(counts)
    }

    /// Letters that one of both has more of, at most as many as an edit of one into the other takes.
    fn missing(&self, other: &Self) -> usize {
        let (mut more, mut less) = (0_usize, 0_usize);
        for (a, b) in self.0.iter().zip(other.0) {
            more += usize::from(a.saturating_sub(b));
            less += usize::from(b.saturating_sub(*a));
        }
        more.max(less)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn roster(names: &[(&str, &str)]) -> Roster {
        let candidate = |(at, (first, last)): (usize, &(&str, &str))| Candidate {
            id: i32::try_from(at).unwrap() + 1,
            student_id: format!("2024-{at:04}"),
            first_name: (*first).to_owned(),
            middle_name: Some("Santos".to_owned()),
            last_name: (*last).to_owned(),
            username: Some(first.to_lowercase()),
            email: None,
        };
        Roster::of(names.iter().enumerate().map(candidate).collect())
    }

    fn named(name: &str) -> Named {
        Named { name: name.to_owned(), ..Named::default() }
    }

    #[test]
    fn names_are_found_in_any_order_and_with_a_few_wrong_letters() {
        let roster = roster(&[("Apolinario Tala", "Katigbak"), ("Jose", "Bautista"), ("Ñoño", "Peñaranda")]);
        for (name, id) in [
            ("Apolinario Tala Katigbakx", 1),
            ("Bautista, Josee", 2),
            ("JOSE  BAUTISTA", 2),
            ("Peñaranda, Ñoño", 3),
            ("Penaranda, Nono", 3),
        ] {
            assert_eq!(roster.find(&named(name)).cadet(), Some(id), "{name}");
        }
        assert_eq!(roster.find(&named("Bautista, Jose")), Match::One(2));
        assert_eq!(roster.find(&named("BAUTISTA, JOSE S. JR.")), Match::One(2));
        assert_eq!(roster.find(&named("Jose T. Bautista")), Match::Similar(2), "another middle name");
        assert_eq!(roster.find(&named("Pen\u{303}aranda, N\u{303}on\u{303}o")), Match::One(3));
        assert_eq!(roster.find(&named("Bautista, Josee")), Match::Similar(2));
        assert_eq!(roster.label(2), "Jose Bautista (2024-0001)");
        for name in ["Zzyzx Unknown Person", "Jo", "", "Someone"] {
            assert_eq!(roster.find(&named(name)), Match::Nobody, "{name}");
        }
    }

    #[test]
    fn a_name_that_fits_two_fits_nobody_until_an_id_tells() {
        let roster = roster(&[("Juan", "Cruz"), ("Juan", "Cruz"), ("Juana", "Cruz")]);
        assert_eq!(roster.find(&named("Juan Cruz")), Match::Several);
        assert_eq!(
            roster.find(&Named { student_id: "2024-0001".to_owned(), ..named("Juan Cruz") }),
            Match::One(2)
        );
        assert_eq!(roster.find(&named("Juana Cruz")), Match::One(3));
        let unknown = Named { student_id: "2024-0999".to_owned(), ..named("Juana Cruz") };
        assert_eq!(roster.find(&unknown), Match::Nobody, "somebody else of that name");
        assert_eq!(
            roster.find(&Named { username: "juana".to_owned(), ..unknown }),
            Match::One(3),
            "unless more is said of them"
        );
    }

    #[test]
    fn student_ids_are_found_however_they_are_written_but_not_without_their_zeros() {
        let roster = Roster::of(vec![Candidate { student_id: "00-7654 A".to_owned(), ..roster_candidate() }]);
        let find = |id: &str| roster.find(&Named { student_id: id.to_owned(), ..named("Juan Cruz") });
        for id in ["00-7654 a", "007654A", "00\u{2013}7654 A", "007654-a"] {
            assert_eq!(find(id), Match::One(1), "{id}");
        }
        assert_eq!(find("7654A"), Match::Nearly);
        assert_eq!(find("7654B"), Match::Nobody);
    }

    fn roster_candidate() -> Candidate {
        Candidate {
            id: 1,
            student_id: String::new(),
            first_name: "Juan".to_owned(),
            middle_name: None,
            last_name: "Cruz".to_owned(),
            username: None,
            email: None,
        }
    }

    #[test]
    fn a_guessed_user_name_counts_last() {
        let roster = roster(&[("Juan", "Cruz"), ("Maria", "Reyes")]);
        let guess = |name: &str, username: &str| Named {
            username: username.to_owned(),
            is_guess: true,
            ..named(name)
        };
        assert_eq!(roster.find(&guess("Maria Reyes", "juan")), Match::One(2));
        assert_eq!(roster.find(&guess("Nobody Here At All", "juan")), Match::Similar(1));
    }
}
