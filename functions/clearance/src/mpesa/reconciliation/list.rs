//! Lists of M-PESA: the CSV file of its portal, and what it hands out by `pull`.

use chrono::{DateTime, Datelike, NaiveDateTime, TimeDelta, Utc};
use serde::{Deserialize, Serialize};
use shared::{Result, error::invalid_field, http::Money};

use crate::{
    mpesa::{
        daraja::{Daraja, Failure, Pulled, text},
        message::amount,
    },
    times::nairobi,
};

/// Lines of a list.
const MOST: usize = 50_000;

/// Characters of a transaction number.
const LONGEST_NUMBER: usize = 100;

/// A line of a list.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Line {
    /// The number of the transaction, in upper case.
    pub number: String,
    /// How much came, or went.
    pub amount: Money,
    /// The account.
    pub account: String,
    /// The phone, if the list tells it.
    pub phone: String,
    /// When.
    pub at: DateTime<Utc>,
    /// Whether the list takes the money of [`Self::number`] back.
    pub reversed: bool,
}

/// The lines of a file that are about money that came, or was taken back, and how many lines it has.
pub fn read_csv(file: &[u8]) -> Result<(Vec<Line>, usize)> {
    let wrong = |message: String| invalid_field("file", message);
    let text = String::from_utf8_lossy(file);
    let text = text.trim_start_matches('\u{feff}');
    let mut reader = csv::ReaderBuilder::new().has_headers(false).flexible(true).from_reader(text.as_bytes());
    let mut records = reader.records().map_while(std::result::Result::ok);
    let named =
        |record: &csv::StringRecord, name: &str| record.iter().position(|cell| plain(cell) == plain(name));
    let columns = records
        .by_ref()
        .find(|record| named(record, "Receipt No.").is_some())
        .ok_or_else(|| wrong("Column Receipt No. is missing.".to_owned()))?;
    let column =
        |name: &str| named(&columns, name).ok_or_else(|| wrong(format!("Column {name} is missing.")));
    let [number, time, details, status] = [
        column("Receipt No.")?,
        column("Completion Time")?,
        column("Details")?,
        column("Transaction Status")?,
    ];
    let [paid_in, withdrawn, account] = [column("Paid In")?, column("Withdrawn")?, column("A/C No.")?];
    let cells = [number, time, details, status, paid_in, withdrawn, account];
    let (mut lines, mut rows) = (Vec::new(), 0);
    for record in records {
        let cells = cells.map(|index| record.get(index).unwrap_or_default().trim());
        if cells[0].is_empty() {
            continue;
        }
        rows += 1;
        if rows > MOST {
            return Err(wrong(format!("The list has more than {MOST} lines.")));
        }
        lines.extend(read_line(cells)?);
    }
    Ok((lines, rows))
}

/// A line about money that came, or was taken back; 400 for one that cannot be read, so that no money is passed over.
fn read_line(
    [number, time, details, status, paid_in, withdrawn, account]: [&str; 7],
) -> Result<Option<Line>> {
    let unreadable = |name: &str| invalid_field("file", format!("{name} of {number} cannot be read."));
    let reversed = plain(status).contains("revers") || plain(details).contains("revers");
    if !reversed && plain(status) != "completed" {
        return Ok(None);
    }
    let (came, went) = (amount(paid_in), amount(withdrawn.trim_start_matches('-')));
    let Some(amount) = (if reversed { went.or(came) } else { came }) else {
        // Money that went out is none of ours; what was paid in must be read.
        let is_nothing = paid_in.trim_matches(['0', '.', ',', '-']).is_empty();
        return if is_nothing { Ok(None) } else { Err(unreadable("Paid In")) };
    };
    let at = moment(time).ok_or_else(|| unreadable("Completion Time"))?;
    if number.len() > LONGEST_NUMBER {
        return Err(invalid_field("file", "A Receipt No. is too long."));
    }
    let own = number.to_uppercase();
    let number = if reversed { original(details).unwrap_or(own) } else { own };
    Ok(Some(Line { number, amount, account: account.to_owned(), phone: String::new(), at, reversed }))
}

/// The transaction that a reversal is of, if its details name it: a word of ten letters and digits.
fn original(details: &str) -> Option<String> {
    let mut words = details.split(|c: char| !c.is_ascii_alphanumeric());
    let is_number = |word: &&str| {
        word.len() == 10
            && word.bytes().any(|byte| byte.is_ascii_digit())
            && word.bytes().any(|byte| byte.is_ascii_alphabetic())
    };
    words.rfind(is_number).map(str::to_uppercase)
}

fn plain(text: &str) -> String {
    text.chars().filter(char::is_ascii_alphanumeric).collect::<String>().to_ascii_lowercase()
}

fn moment(text: &str) -> Option<DateTime<Utc>> {
    let local = NaiveDateTime::parse_from_str(text, "%d-%m-%Y %H:%M:%S")
        .or_else(|_| NaiveDateTime::parse_from_str(text, "%Y-%m-%d %H:%M:%S"))
        .ok()?;
    let at = local.and_local_timezone(nairobi()).single()?.to_utc();
    (2000..2100).contains(&at.year()).then_some(at)
}

/// Every transaction of a period that M-PESA hands out.
pub async fn pull(daraja: &Daraja<'_>, from: DateTime<Utc>, to: DateTime<Utc>) -> Result<Vec<Line>, Failure> {
    let mut lines: Vec<Line> = Vec::new();
    let mut offset = 0;
    loop {
        let page = daraja.pull(from, to, offset).await?;
        offset += page.len();
        let before = lines.len();
        for line in page.iter().filter_map(line) {
            if !lines.iter().any(|known| known.number == line.number) {
                lines.push(line);
            }
        }
        // A page without anything new is the last, also where the index is not heeded.
        if lines.len() == before || offset > MOST {
            return Ok(lines);
        }
    }
}

fn line(pulled: &Pulled) -> Option<Line> {
    let at = DateTime::parse_from_rfc3339(&pulled.trx_date).map(|at| at.to_utc()).ok();
    Some(Line {
        number: pulled.transaction_id.trim().to_uppercase(),
        amount: amount(&text(&pulled.amount))?,
        account: pulled.billreference.trim().to_owned(),
        phone: text(&pulled.msisdn),
        at: at.or_else(|| moment(&pulled.trx_date))?,
        reversed: false,
    })
}

/// The period of a list.
pub fn period(lines: &[Line]) -> Option<(DateTime<Utc>, DateTime<Utc>)> {
    let times = || lines.iter().map(|line| line.at);
    Some((times().min()?, times().max()? + TimeDelta::seconds(1)))
}

#[cfg(test)]
mod tests {
    use super::*;

    const HEAD: &str = "Receipt No.,Completion Time,Details,Transaction Status,Paid In,Withdrawn,A/C No.\n";

    #[test]
    fn portal_lists_are_read_by_their_headings() {
        let file = format!(
            "Short code,174379\n{HEAD}RA10000001,01-11-2025 10:15:00,Pay Bill,Completed,\"5,500.00\",,SCE/CS/0001/2022\n\
             ra10000002,2025-11-01 11:00:00,Pay Bill,Completed,3000,,X\nRA10000003,01-11-2025 12:00:00,Charge,Completed,,-20.00,\n\
             RA10000004,01-11-2025 13:00:00,Pay Bill,Failed,100.00,,X\n\
             RA10000005,01-11-2025 14:00:00,Reversal of RA10000001,Completed,,-5500.00,\n"
        );
        let (lines, rows) = read_csv(file.as_bytes()).expect("a list");
        assert_eq!(rows, 5);
        let told: Vec<_> =
            lines.iter().map(|line| (line.number.as_str(), line.amount.to_string(), line.reversed)).collect();
        assert_eq!(
            told,
            [
                ("RA10000001", "5500.00".to_owned(), false),
                ("RA10000002", "3000.00".to_owned(), false),
                ("RA10000001", "5500.00".to_owned(), true),
            ]
        );
        assert_eq!(lines[0].at.to_rfc3339(), "2025-11-01T07:15:00+00:00");
    }

    #[test]
    fn missing_columns_are_named() {
        let message = |file: &str| {
            read_csv(file.as_bytes()).expect_err("refused").into_problem().fields[0].message.clone()
        };
        assert_eq!(message("a,b\n"), "Column Receipt No. is missing.");
        assert_eq!(message("Receipt No.,Details\n"), "Column Completion Time is missing.");
    }
}
