//! Lists in the shapes that clerks use, in every format: they are imported completely, and a second time change nothing.

use http::Method;
use serde_json::Value;
use tests::{Answer, Cadet, Part, TestApp, a_cadet, a_staff_member, a_training_day, field};

use super::{archive, file, workbook};

type Rows = Vec<Vec<String>>;

fn rows(text: &str) -> Rows {
    text.lines().map(|line| line.trim().split('|').map(|cell| cell.trim().to_owned()).collect()).collect()
}

fn csv(rows: &Rows) -> Vec<u8> {
    let cell = |cell: &String| if cell.contains(',') { format!("\"{cell}\"") } else { cell.clone() };
    let line = |row: &Vec<String>| row.iter().map(cell).collect::<Vec<_>>().join(",");
    rows.iter().map(line).collect::<Vec<_>>().join("\r\n").into_bytes()
}

fn xlsx(rows: &Rows) -> Vec<u8> {
    let rows: Vec<Vec<&str>> = rows.iter().map(|row| row.iter().map(String::as_str).collect()).collect();
    workbook(&rows.iter().map(Vec::as_slice).collect::<Vec<_>>())
}

fn ods(rows: &Rows) -> Vec<u8> {
    let cell =
        |text: &String| format!("<t:table-cell o:value-type=\"string\"><x:p>{text}</x:p></t:table-cell>");
    let row = |row: &Vec<String>| {
        format!("<t:table-row>{}</t:table-row>", row.iter().map(cell).collect::<String>())
    };
    let content = format!(
        "<o:document-content xmlns:o=\"o\" xmlns:t=\"t\" xmlns:x=\"x\"><t:table t:name=\"List\">{}</t:table></o:document-content>",
        rows.iter().map(row).collect::<String>()
    );
    let kind = "application/vnd.oasis.opendocument.spreadsheet";
    archive(&[("mimetype", kind.as_bytes().to_vec()), ("content.xml", content.into_bytes())])
}

fn docx(rows: &Rows) -> Vec<u8> {
    let cell = |text: &String| format!("<w:tc><w:p><w:r><w:t>{text}</w:t></w:r></w:p></w:tc>");
    let row = |row: &Vec<String>| format!("<w:tr>{}</w:tr>", row.iter().map(cell).collect::<String>());
    let table: String = rows.iter().map(row).collect();
    let document = format!("<w:document xmlns:w=\"w\"><w:body><w:tbl>{table}</w:tbl></w:body></w:document>");
    archive(&[("word/document.xml", document.into_bytes())])
}

type Format = (&'static str, fn(&Rows) -> Vec<u8>);

const TABLES: &[Format] = &[("list.csv", csv), ("list.xlsx", xlsx), ("list.ods", ods)];

const ATTENDANCE: &[Format] =
    &[("list.csv", csv), ("list.xlsx", xlsx), ("list.ods", ods), ("list.docx", docx)];

/// A list; in its rows `{0}`, `{1}` stand for the student ids of two cadets, and `{n0}`, `{n1}` for their last names.
struct Clean {
    path: &'static str,
    form: &'static str,
    formats: &'static [Format],
    lists: [&'static str; 3],
    /// Its rows.
    people: u64,
    /// Whether a second time changes nothing.
    repeats: bool,
}

const LISTS: &[Clean] = &[
    Clean {
        path: "/api/admin/import-cadets",
        form: "file",
        formats: TABLES,
        lists: [
            "Student ID|Last Name|First Name|M.I.|Email|Contact Number|Birthdate
             2026-7001|Dela Cruz|Juan|P.|juan@example.test|0917 123 4567|05/16/2005
             2026-7002|Peñaranda|Niño||nino@example.test|+639171234567|12/01/2004",
            "REPUBLIC OF THE PHILIPPINES
             Masterlist of Cadets, SY 2026-2027
             No.|Student No.|Name of Cadet|Course|Year|Company|Platoon
             1|2026-7001|DELA CRUZ, JUAN P. JR.|BSIT|1|Alpha|1st
             2|2026-7002|De los Reyes, Ma. Theresa|BSEd|2|Bravo|2nd",
            "ID|Surname|Given Name|Sex|DOB
             20267001|Abad|Ana|F|16-Jan-2005
             20267002|Bello|Ben|M|2005-02-01",
        ],
        people: 2,
        repeats: true,
    },
    Clean {
        path: "/api/admin/import-staff",
        form: "file",
        formats: TABLES,
        lists: [
            "Rank|First Name|Last Name|Email|Position
             SSg|Ramon|Quiambao|ramon@example.test|Instructor
             Maj|Ana|Santos|ana@example.test|Commandant",
            "Name|E-mail|Mobile Number
             Quiambao, Ramon Jr.|ramon@example.test|09171234567
             Santos, Ana B.|ana@example.test|09181234567",
            "List of training staff
             No.|Grade|Surname|Given Name|AFP Serial Number
             1|Sgt|Cruz|Ben|O-12345
             2|Cpl|Diaz|Cid|O-12346",
        ],
        people: 2,
        repeats: true,
    },
    Clean {
        path: "/api/attendance/import",
        form: "file",
        formats: ATTENDANCE,
        lists: [
            "Student ID|Name|Status|Time In|Time Out
             {0}|Juan {n0}|Present|7:05 AM|11:30 AM
             {1}|Juan {n1}|L|0745H|1130H",
            "Attendance of 1 February 2026
             No.|Name of Cadet|Present|Absent|Late|Excused
             1|{n0}, Juan|✓|||
             2|{n1}, Juan||✓||",
            "No.|Student No.|Name|25-Jan|01-Feb|08-Feb
             1|{0}|Juan {n0}|P|A|P
             2|{1}|Juan {n1}|A|P|E",
        ],
        people: 2,
        repeats: true,
    },
    Clean {
        path: "/api/integration/grades/import",
        form: "files",
        formats: TABLES,
        lists: [
            "Student ID|Prelim|Midterm|Final
             {0}|85%|90|88.5
             {1}|75|76|77",
            "Grading sheet
             No.|Student Number|Name|prelim_score|midterm_score|final_score|Status
             1|{0}|{n0}, Juan|80|81|82|
             2|{1}|{n1}, Juan||||INC.",
            "Name|Finals
             {n0}, Juan|90
             Juan {n1}|91",
        ],
        people: 2,
        repeats: true,
    },
    Clean {
        path: "/api/integration/ledger/import?again=true",
        form: "files",
        formats: TABLES,
        lists: [
            "Student ID|Type|Points|Reason
             {0}|Merit|10|Color guard
             {1}|demerit|5|Late",
            "Merits and demerits of the week
             No.|Name|Record Type|Score|Remarks
             1|{n0}, Juan|merit|5|Flag detail
             2|{n1}, Juan|merit|5|Flag detail",
            "USN|Type|Points
             {0}|MERIT|1,000
             {1}|Demerit|3",
        ],
        people: 2,
        repeats: false,
    },
];

async fn send(app: &TestApp, (path, form): (&str, &str), day: i32, name: &str, body: Vec<u8>) -> Answer {
    let parts: [Part; 2] = [field("dayId", &day.to_string()), file(form, name, body)];
    app.as_admin().form(Method::POST, path, &parts).await
}

fn filled(text: &str, cadets: &[Cadet; 2]) -> Rows {
    let [first, second] = cadets;
    let text = text.replace("{0}", &first.student_id).replace("{1}", &second.student_id);
    rows(&text.replace("{n0}", &first.last_name).replace("{n1}", &second.last_name))
}

#[tokio::test]
async fn clean_list_of_every_kind_and_format_is_imported_completely() {
    for clean in LISTS {
        for text in clean.lists {
            for (name, write) in clean.formats {
                let app = TestApp::rotc().await;
                let cadets = [app.add(a_cadet()).await, app.add(a_cadet()).await];
                let day = app.add(a_training_day()).await.id;
                let body = write(&filled(text, &cadets));
                let answer = send(&app, (clean.path, clean.form), day, name, body.clone()).await;
                let context = format!("{} {name}: {text}: {answer}", clean.path);
                assert_eq!(answer.status(), 200, "{context}");
                let counts = answer.json()["counts"].clone();
                let taken = [&counts["new"], &counts["changed"]].map(|n| n.as_u64().expect("a number"));
                assert_eq!(
                    (taken[0] + taken[1], &counts["rows"]),
                    (clean.people, &Value::from(clean.people)),
                    "{context}"
                );
                if clean.repeats {
                    let again = send(&app, (clean.path, clean.form), day, name, body).await;
                    assert_eq!(
                        again.is(200).json()["counts"]["unchanged"],
                        clean.people,
                        "{context} and {again}"
                    );
                }
            }
        }
    }
}

#[tokio::test]
async fn clean_list_of_rotcmis_is_imported_completely() {
    for text in [
        "Student ID|Name|Date|Status\n{0}||2027-01-09|Present\n{1}||2027-01-09|A",
        "Student No|Date|Attendance\n{0}|16/01/2027|P\n{1}|16/01/2027|L",
        "Name|Timestamp|Status\nJuan {n0}|2027-01-09T07:30:00+08:00|present\n{n1}, Juan|January 9, 2027|late",
    ] {
        for (name, write) in TABLES {
            let app = TestApp::rotc().await;
            let cadets = [app.add(a_cadet()).await, app.add(a_cadet()).await];
            let body = write(&filled(text, &cadets));
            let path = "/api/integration/rotcmis/validate";
            let checked = app.as_admin().form(Method::POST, path, &[file("files", name, body)]).await;
            let records = checked.is(200).json()["records"].clone();
            let import = serde_json::json!({ "records": records });
            let answer = app.as_admin().post("/api/integration/rotcmis/import", import).await;
            assert_eq!(answer.is(200).json()["result"]["inserted"], 2, "{name}: {text}: {answer}");
        }
    }
}

#[tokio::test]
async fn own_exports_come_back_unchanged() {
    for format in ["csv", "excel"] {
        let app = TestApp::rotc().await;
        let day = app.add(a_training_day()).await;
        for number in 0..3 {
            let cadet = app.add(a_cadet().in_company("Bravo")).await;
            app.add(a_staff_member()).await;
            let fill = "UPDATE cadets SET middle_name = 'P.', contact_number = '+639171234567', year_level = '2', course = '=BSIT' WHERE id = $1";
            app.execute(fill, &[&cadet.id]).await;
            app.execute(
                "UPDATE grades SET prelim_score = 88.5, final_score = $2 WHERE cadet_id = $1",
                &[&cadet.id, &f64::from(number)],
            )
            .await;
            let status = ["present", "late", "absent"][usize::try_from(number).expect("small")];
            let insert = "INSERT INTO attendance_records (training_day_id, cadet_id, status, time_in) VALUES ($1, $2, $3, '07:05')";
            app.execute(insert, &[&day.id, &cadet.id, &status]).await;
        }
        for (entity, path, form) in [
            ("cadets", "/api/admin/import-cadets", "file"),
            ("staff", "/api/admin/import-staff", "file"),
            ("attendance", "/api/attendance/import", "file"),
            ("grades", "/api/integration/grades/import", "files"),
        ] {
            let export = app.as_admin().get(&format!("/api/export/{format}?entity_type={entity}")).await;
            let name = if format == "csv" { "export.csv" } else { "export.xlsx" };
            let answer = send(&app, (path, form), day.id, name, export.is(200).bytes().to_vec()).await;
            let counts = answer.is(200).json()["counts"].clone();
            assert_eq!(
                (&counts["rows"], &counts["unchanged"]),
                (&Value::from(3), &Value::from(3)),
                "{entity} {format}: {answer}"
            );
        }
        app.execute("UPDATE cadets SET status = 'Completed', birthdate = '2005-02-01'", &[]).await;
        let graduates = app.as_admin().get("/api/admin/cadets/export-completed").await;
        let body = graduates.is(200).bytes().to_vec();
        let answer = send(&app, ("/api/admin/import-cadets", "file"), 0, "graduates.xlsx", body).await;
        assert_eq!(answer.is(200).json()["counts"]["unchanged"], 3, "{answer}");
    }
}
