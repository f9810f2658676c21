//! Lists with random damage: whatever it is, every row is accounted for and nobody is made up.

use std::collections::HashSet;

use http::Method;
use tests::TestApp;

use super::{send, workbook};

const PATH: &str = "/api/admin/import-cadets";

/// Lists that are tried; each is another one.
const LISTS: u64 = 200;

/// A row of numbers that look random and are the same every time.
struct Dice(u64);

impl Dice {
    fn below(&mut self, most: usize) -> usize {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        usize::try_from((self.0 >> 33) % most as u64).expect("a small number")
    }

    fn one<T: Copy>(&mut self, of: &[T]) -> T {
        of[self.below(of.len())]
    }

    fn is(&mut self, one_in: usize) -> bool {
        self.below(one_in) == 0
    }
}

/// A list and what must come of it.
struct List {
    /// As its file has it, titles and footers included.
    rows: Vec<Vec<String>>,
    /// Rows that hold anything below the headings.
    below: usize,
    /// The people in it: student id, last name, first name.
    people: Vec<[String; 3]>,
}

const HEADINGS: [&[&str]; 4] = [
    &["Student ID", "STUDENT NO.", "USN", "Id Number", "student_id"],
    &["Last Name", "SURNAME", "Family name", "last_name"],
    &["First Name", "Given Name", "FName "],
    &["Company", "Coy", "COMPANY", "Favorite color"],
];

const FOOTERS: &[&[&str]] = &[
    &["TOTAL: 5"],
    &["", "Prepared by:", "Juan Reyes"],
    &["____________", "____________"],
    &["*** nothing follows ***"],
    &["Noted by: Maj Santos"],
];

fn list(dice: &mut Dice, number: u64) -> List {
    let mut order = [0, 1, 2, 3];
    for at in (1..4).rev() {
        order.swap(at, dice.below(at + 1));
    }
    let texts = |cells: &[&str]| cells.iter().map(|cell| (*cell).to_owned()).collect::<Vec<String>>();
    let mut rows = Vec::new();
    for _ in 0..dice.below(4) {
        rows.push(texts(&[dice.one(&["REPUBLIC OF THE PHILIPPINES", "List of cadets", "As of today", ""])]));
    }
    rows.push(order.iter().map(|at| dice.one(HEADINGS[*at]).to_owned()).collect());
    let (mut below, mut people) = (0, Vec::new());
    for row in 0..1 + dice.below(7) {
        let person =
            [format!("2026-{number:03}{row}"), format!("Last{number}x{row}"), format!("First{number}x{row}")];
        let mut cells = [person[0].clone(), person[1].clone(), person[2].clone(), "Alpha".to_owned()];
        if dice.is(8) {
            rows.push(vec![String::new(); 4]);
        }
        match dice.below(12) {
            0 => cells[3] = "#REF!".to_owned(),
            1 => cells[3] = "12.5".to_owned(),
            2 => cells[0] = String::new(),
            3 => cells[1] = String::new(),
            4 => cells[0] = "2.02E+09".to_owned(),
            5 => cells[0] = format!(" {}\u{200b} ", cells[0].replace('-', "\u{2013}")),
            6 => cells = [String::new(), String::new(), String::new(), "Alpha".to_owned()],
            _ => {}
        }
        people.push([cells[0].clone(), cells[1].clone(), cells[2].clone()]);
        rows.push(order.iter().map(|at| cells[*at].clone()).collect());
        below += 1;
        if dice.is(6) && row > 0 {
            // The same row once more.
            rows.push(rows[rows.len() - 1].clone());
            below += 1;
        }
    }
    for _ in 0..dice.below(3) {
        rows.push(texts(dice.one(FOOTERS)));
        below += 1;
    }
    List { rows, below, people }
}

fn csv(rows: &[Vec<String>], separator: &str) -> Vec<u8> {
    let lines = rows.iter().map(|row| row.join(separator));
    lines.collect::<Vec<_>>().join("\r\n").into_bytes()
}

fn excel(rows: &[Vec<String>]) -> Vec<u8> {
    let rows: Vec<Vec<&str>> = rows.iter().map(|row| row.iter().map(String::as_str).collect()).collect();
    workbook(&rows.iter().map(Vec::as_slice).collect::<Vec<_>>())
}

/// The new cadets: student id, last name, first name. They are gone afterwards.
async fn taken_out(app: &TestApp) -> Vec<[String; 3]> {
    let rows = app.query("SELECT student_id, last_name, first_name FROM cadets", &[]).await;
    app.execute("DELETE FROM users WHERE cadet_id IS NOT NULL", &[]).await;
    app.execute("DELETE FROM grades", &[]).await;
    app.execute("DELETE FROM cadets", &[]).await;
    rows.iter().map(|row| [row.get(0), row.get(1), row.get(2)]).collect()
}

/// A student id as it is kept.
fn plain(id: &str) -> String {
    id.replace('\u{2013}', "-").replace('\u{200b}', "").trim().to_owned()
}

#[tokio::test]
async fn every_row_of_a_damaged_list_is_counted_and_nobody_is_made_up() {
    let app = TestApp::rotc().await;
    let mut dice = Dice(14);
    for number in 0..LISTS {
        let List { rows, below, people } = list(&mut dice, number);
        let (name, body) = match dice.below(3) {
            0 => ("list.csv", csv(&rows, ",")),
            1 => ("list.csv", csv(&rows, ";")),
            _ => ("list.xlsx", excel(&rows)),
        };
        let answer = send(&app.as_admin(), PATH, name, body).await;
        let context = format!("list {number}, {name}: {rows:?}: {answer}");
        assert_eq!(answer.status(), 200, "a list with known headings is read: {context}");
        let counts = answer.json()["counts"].clone();
        let count =
            |name: &str| usize::try_from(counts[name].as_u64().expect("a number")).expect("a small one");
        let sum: usize = ["new", "changed", "unchanged", "skipped", "failed"].into_iter().map(count).sum();
        assert_eq!((sum, count("rows")), (below, below), "{context}");
        let new = taken_out(&app).await;
        assert_eq!(new.len(), count("new"), "{context}");
        for [id, last, first] in &new {
            let stands = people.iter().any(|[said_id, said_last, said_first]| {
                let is_named = said_last == last || (said_last.is_empty() && last == "Cadet");
                let is_numbered = plain(said_id) == *id || (said_id.is_empty() && id.starts_with("first"));
                is_named && is_numbered && said_first == first
            });
            assert!(stands, "{id} {last} {first}: {context}");
        }
        let readable =
            |[id, last, _]: &&[String; 3]| !(id.contains("E+") || (id.is_empty() && last.is_empty()));
        let expected: HashSet<_> = people.iter().filter(readable).collect();
        assert_eq!(new.len(), expected.len(), "everybody who can be read is: {context}");
    }
}

#[tokio::test]
async fn list_without_a_known_heading_is_refused_with_those_that_are_known() {
    let app = TestApp::rotc().await;
    for (path, form) in [
        (PATH, "file"),
        ("/api/admin/import-staff", "file"),
        ("/api/integration/grades/import", "files"),
        ("/api/integration/ledger/import", "files"),
    ] {
        for list in ["Shoe,Hat\n1,2\n", "Menu of the day\nRice,Fish\nSoup,Meat\n", "1,2\n3,4\n"] {
            let parts = [super::file(form, "list.csv", list)];
            let answer = app.as_admin().form(Method::POST, path, &parts).await;
            let text = answer.is(400).code("unknown_columns").text();
            assert!(text.contains("Found: ") && text.contains("Known headings for that: "), "{path}: {text}");
        }
    }
}
