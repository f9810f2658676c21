//! Files as clerks send them: each stands for a habit, and for what must come of it.

use http::Method;
use serde_json::{Value, json};
use tests::{Answer, TestApp, a_training_day, field};

use super::file;

/// Which list a file is sent as.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Route {
    Cadets,
    /// Of the training day of this date.
    Attendance(&'static str),
    Grades,
    /// Checked, and what the check answers is imported.
    Rotcmis,
}

struct Case {
    /// Sent one after the other.
    files: &'static [&'static str],
    route: Route,
    /// Of the last answer.
    status: u16,
    /// Texts of the last answer.
    says: &'static [&'static str],
    /// What is in the database then: a query for one text.
    query: &'static str,
    finds: &'static str,
}

const CADETS: &str = "SELECT coalesce(string_agg(concat_ws('/', student_id, last_name, first_name, nullif(middle_name, ''),
        nullif(suffix_name, ''), nullif(company, '')), ', ' ORDER BY student_id), '') FROM cadets WHERE student_id !~ 'DEMO|EDGE'";

const EMAILS: &str = "SELECT coalesce(string_agg(right(student_id, 2) || ' ' || cadets.email || ' ' || coalesce(users.email, ''), ', '
        ORDER BY student_id), '') FROM cadets JOIN users ON cadet_id = cadets.id WHERE student_id !~ 'DEMO|EDGE'";

const ATTENDANCE: &str = "SELECT coalesce(string_agg(right(student_id, 2) || ' ' || attendance_records.status, ', ' ORDER BY student_id), '')
        FROM attendance_records JOIN cadets ON cadets.id = cadet_id";

const TIMES: &str =
    "SELECT string_agg(coalesce(time_in, '-') || ' ' || coalesce(time_out, '-'), ', ' ORDER BY student_id)
        FROM attendance_records JOIN cadets ON cadets.id = cadet_id";

const DAYS: &str = "SELECT coalesce(string_agg(date || ' ' || student_id, ', ' ORDER BY date, student_id), '')
        FROM training_days LEFT JOIN attendance_records ON training_day_id = training_days.id LEFT JOIN cadets ON cadets.id = cadet_id";

const SCORES: &str = "SELECT string_agg(concat_ws(' ', right(student_id, 2), prelim_score, midterm_score, final_score, grades.status), ', ' ORDER BY student_id)
        FROM grades JOIN cadets ON cadets.id = cadet_id WHERE prelim_score > 0 OR grades.status <> 'active'";

const DAY: Route = Route::Attendance("2026-12-05");

const CASES: &[Case] = &[
    Case {
        files: &["a1_title_rows.xlsx"],
        route: Route::Cadets,
        status: 200,
        says: &["Success: 2, Failed: 0"],
        query: CADETS,
        finds: "2026-1001/Abrenica/Luz/Alpha, 2026-1002/Bugtong/Rey/Bravo",
    },
    Case {
        files: &["a2_two_header_rows.xlsx"],
        route: Route::Cadets,
        status: 200,
        says: &["Success: 2, Failed: 0"],
        query: CADETS,
        finds: "2026-1011/Caballes/Nena/Q./Alpha, 2026-1012/Dumlao/Tito/R./Bravo",
    },
    Case {
        files: &["a3b_text.xlsx", "a3c_num.xlsx"],
        route: Route::Cadets,
        status: 200,
        says: &["Success: 1, Failed: 0", "\"changed\":1"],
        query: CADETS,
        finds: "0007654321/Fajardo/Gil/Bravo",
    },
    Case {
        files: &["a4_sci.csv"],
        route: Route::Cadets,
        status: 200,
        says: &["Success: 0, Failed: 3", "has shortened the Student ID to \\\"2.02E+09\\\""],
        query: CADETS,
        finds: "",
    },
    Case {
        files: &["a5_sep.csv"],
        route: Route::Cadets,
        status: 200,
        says: &["Success: 1, Failed: 0"],
        query: CADETS,
        finds: "2026-1051/Jacinto/Lea",
    },
    Case {
        files: &["b2_hidden.xlsx"],
        route: Route::Cadets,
        status: 200,
        says: &[
            "The hidden sheet \\\"OLD SY 2024\\\" was not read.",
            "The sheet \\\"Legend\\\" was not read",
        ],
        query: CADETS,
        finds: "2026-1131/Lacsamana/Ivy/Alpha, 2026-1132/Madrid/Leo/Alpha",
    },
    Case {
        files: &["b3_footer.xlsx"],
        route: Route::Cadets,
        status: 200,
        says: &["Success: 1, Failed: 0", "Row 4 was left out, it is a total", "\"rows\":4", "\"skipped\":3"],
        query: CADETS,
        finds: "2026-1141/Ocampo/Pia",
    },
    Case {
        files: &["b6_names.xlsx"],
        route: Route::Cadets,
        status: 200,
        says: &["Success: 7, Failed: 0"],
        query: CADETS,
        finds: "2026-1171/Dela Cruz/Juan/P./Jr., 2026-1172/Dela Cruz/Juan/Jr., 2026-1173/SANTOS/JOSE/MANALO/III, \
                2026-1174/De los Reyes/Ma. Theresa/Ñ., 2026-1175/REYES/PEDRO/S./Jr., 2026-1176/Santos/Mario/Jr., \
                2026-1177/De Guzman/Ma. Luisa",
    },
    Case {
        files: &["c1_password.xlsx"],
        route: Route::Cadets,
        status: 400,
        says: &["protected by a password"],
        query: CADETS,
        finds: "",
    },
    Case {
        files: &["c4.ods"],
        route: Route::Cadets,
        status: 200,
        says: &["Success: 1, Failed: 0"],
        query: CADETS,
        finds: "2026-1201/Umali/Vic",
    },
    Case {
        files: &["d1_blank.csv"],
        route: DAY,
        status: 200,
        says: &["Success: 2, Skipped: 2, Failed: 0", "do not say how somebody attended on this day: 2."],
        query: ATTENDANCE,
        finds: "01 present, 04 absent",
    },
    Case {
        files: &["d1_blank.csv"],
        route: Route::Grades,
        status: 200,
        says: &[
            "\"updated\":0",
            "DEMO-0001: the status \\\"P\\\" is not known",
            "DEMO-0002: it has no score",
        ],
        query: "SELECT string_agg(DISTINCT status, ',') FROM grades",
        finds: "active",
    },
    Case {
        files: &["d2_multi.csv"],
        route: DAY,
        status: 400,
        says: &["has a column for each day, and none of them is 2026-12-05", "05-Sep"],
        query: ATTENDANCE,
        finds: "",
    },
    Case {
        files: &["d2_multi.csv"],
        route: Route::Attendance("2026-09-19"),
        status: 200,
        says: &["Success: 3, Skipped: 0, Failed: 0"],
        query: ATTENDANCE,
        finds: "01 absent, 02 absent, 03 present",
    },
    Case {
        files: &["d9b_sf2_plain.xlsx"],
        route: Route::Attendance("2026-12-07"),
        status: 400,
        says: &["has a column for each day"],
        query: ATTENDANCE,
        finds: "",
    },
    Case {
        files: &["d5_tf.csv"],
        route: DAY,
        status: 200,
        says: &["Success: 4, Skipped: 0, Failed: 0"],
        query: ATTENDANCE,
        finds: "01 present, 02 absent, 03 present, 04 absent",
    },
    Case {
        files: &["e1_zoom.csv"],
        route: DAY,
        status: 200,
        says: &["Success: 2, Skipped: 1, Failed: 0", "no status, but they came at 07:02: present"],
        query: ATTENDANCE,
        finds: "01 present, 02 present",
    },
    Case {
        files: &["e5_table.docx"],
        route: DAY,
        status: 200,
        says: &["Success: 5, Skipped: 1, Failed: 0", "\"rows\":6", "Dimaculangan"],
        query: ATTENDANCE,
        finds: "01 present, 02 absent, 03 present, 14 absent, 27 late",
    },
    Case {
        files: &["e7_times.xlsx"],
        route: DAY,
        status: 200,
        says: &["Success: 7", "the time \\\"late\\\" is not understood", "the time 00:00 is not taken over"],
        query: TIMES,
        finds: "07:05 11:30, 07:05 11:30, 07:05 11:30, 07:05 23:30, 07:05 -, - -, 07:05 11:30",
    },
    Case {
        files: &["g1_percent.xlsx"],
        route: Route::Grades,
        status: 200,
        says: &["\"updated\":2"],
        query: SCORES,
        finds: "01 85 90 100 active, 02 85 90 88.5 active",
    },
    Case {
        files: &["g4_heads.csv"],
        route: Route::Grades,
        status: 400,
        says: &["No column says any score or status.", "\\\"Prelim Exam\\\"", "prelim, midterm, final"],
        query: "SELECT coalesce(max(prelim_score), 0)::text FROM grades",
        finds: "0",
    },
    Case {
        files: &["g8_status.csv"],
        route: Route::Grades,
        status: 200,
        says: &["DEMO-0022: the status \\\"LOA\\\" is not known"],
        query: SCORES,
        finds: "18 0 0 0 INC, 19 0 0 0 DO, 20 0 0 0 DO, 21 0 0 0 INC, 23 0 0 0 INC",
    },
    Case {
        files: &["m1b_msforms.xlsx", "m1c_msforms.xlsx"],
        route: Route::Cadets,
        status: 200,
        says: &["Success: 2, Failed: 0"],
        query: CADETS,
        finds: "2026-1303/Formento/Ada, 2026-1304/Galvez/Bert, 2026-1305/Herrera/Cora, 2026-1306/Isidro/Dan",
    },
    Case {
        files: &["m5_mail.xlsx"],
        route: Route::Cadets,
        status: 200,
        says: &[
            "Success: 5, Failed: 3",
            "The e-mail address ana.paz@example.test belongs to another account",
        ],
        query: EMAILS,
        finds: "41 Ana.Paz@Example.TEST Ana.Paz@Example.TEST, 42  , 43 cia.paz@example.test cia.paz@example.test, \
                44 dia.paz@example.test dia.paz@example.test, 46  ",
    },
    Case {
        files: &["n1_nfd.csv"],
        route: Route::Cadets,
        status: 200,
        says: &["Success: 1, Failed: 0", "was taken for DEMO-0014, by the name alone"],
        query: "SELECT string_agg(student_id, ',') FROM cadets WHERE company = 'Zulu'",
        finds: "DEMO-0014",
    },
    Case {
        files: &["w1_quote.csv"],
        route: Route::Cadets,
        status: 400,
        says: &["A quotation mark in line 3 is not closed"],
        query: CADETS,
        finds: "",
    },
    Case {
        files: &["w2_shift.csv"],
        route: Route::Cadets,
        status: 200,
        says: &["Success: 1, Failed: 1", "2026-1511: the row has more cells than the 4 headings"],
        query: CADETS,
        finds: "2026-1512/Reyes/Ana/Bravo",
    },
    Case {
        files: &["w6_own.csv"],
        route: Route::Attendance("2026-11-02"),
        status: 200,
        says: &["Success: 1, Skipped: 400, Failed: 0"],
        query: "SELECT count(*)::text FROM attendance_records",
        finds: "1",
    },
    Case {
        files: &["z1_manila.json"],
        route: Route::Rotcmis,
        status: 200,
        says: &["\"inserted\":2"],
        query: DAYS,
        finds: "2027-01-09 DEMO-0024, 2027-01-09 DEMO-0025",
    },
    Case {
        files: &["z2_dmy.csv"],
        route: Route::Rotcmis,
        status: 200,
        says: &[
            "\"inserted\":5,\"updated\":0,\"skipped\":0,\"errors\":1",
            "may begin with the day or with the month",
        ],
        query: DAYS,
        finds: "2027-01-16 DEMO-0021, 2027-01-16 DEMO-0022, 2027-01-16 DEMO-0023, 2027-01-16 DEMO-0025, 2027-01-16 DEMO-0026",
    },
];

/// The cadets whom the files mean: those of the own export.
async fn unit(app: &TestApp) {
    let export = String::from_utf8(fixture("w6_own.csv")).expect("a text");
    let mut people: Vec<[String; 3]> = export
        .lines()
        .skip(1)
        .map(|line| {
            let cells: Vec<&str> = line.split(',').collect();
            [cells[3], cells[4], cells[5]].map(str::to_owned)
        })
        .collect();
    people.sort();
    people.dedup();
    let column = |at: usize| people.iter().map(|one| one[at].clone()).collect::<Vec<_>>();
    let insert = "WITH new AS (
            INSERT INTO cadets (rank, first_name, last_name, email, status, student_id)
            SELECT 'Cdt', first, last, lower(first || '.' || last) || '@example.test', 'Ongoing', id
            FROM unnest($1::text[], $2::text[], $3::text[]) AS people (id, first, last) RETURNING id, student_id, email, first_name, last_name),
        graded AS (INSERT INTO grades (cadet_id) SELECT id FROM new)
        INSERT INTO users (username, password, role, cadet_id, is_approved, email)
        SELECT lower(first_name || '.' || last_name), '-', 'cadet', id, 1, email FROM new";
    app.execute(insert, &[&column(0), &column(1), &column(2)]).await;
}

fn fixture(name: &str) -> Vec<u8> {
    let path = format!("{}/rotc/imports/fixtures/{name}", env!("CARGO_MANIFEST_DIR"));
    std::fs::read(&path).unwrap_or_else(|cause| panic!("{path}: {cause}"))
}

async fn send(app: &TestApp, route: Route, day: i32, name: &str) -> Answer {
    let admin = app.as_admin();
    let post = async |path: &str, parts: &[tests::Part]| admin.form(Method::POST, path, parts).await;
    match route {
        Route::Cadets => post("/api/admin/import-cadets", &[file("file", name, fixture(name))]).await,
        Route::Attendance(_) => {
            let parts = [field("dayId", &day.to_string()), file("file", name, fixture(name))];
            post("/api/attendance/import", &parts).await
        }
        Route::Grades => post("/api/integration/grades/import", &[file("files", name, fixture(name))]).await,
        Route::Rotcmis => {
            let checked =
                post("/api/integration/rotcmis/validate", &[file("files", name, fixture(name))]).await;
            let records = checked.is(200).json()["records"].clone();
            admin.post("/api/integration/rotcmis/import", json!({ "records": records })).await
        }
    }
}

/// Every row has become one of five things.
fn check_counts(answer: &Answer) {
    let Value::Object(counts) = answer.json()["counts"].take() else { panic!("counts in {answer}") };
    let number = |name: &str| counts[name].as_u64().expect("a number");
    let sum: u64 = ["new", "changed", "unchanged", "skipped", "failed"].iter().map(|name| number(name)).sum();
    assert_eq!(sum, number("rows"), "{answer}");
}

#[tokio::test]
async fn file_of_the_field_is_read_as_it_is_meant_or_refused_in_one_sentence() {
    let mut wrong = Vec::new();
    for case in CASES {
        let app = TestApp::rotc().await;
        unit(&app).await;
        let day = match case.route {
            Route::Attendance(date) => app.add(a_training_day().on(date)).await.id,
            _ => 0,
        };
        let mut last = None;
        for name in case.files {
            last = Some(send(&app, case.route, day, name).await);
        }
        let answer = last.expect("a file is sent");
        let found: Option<String> = app.value(case.query, &[]).await;
        let text = answer.text();
        let unsaid: Vec<_> = case.says.iter().filter(|says| !text.contains(**says)).collect();
        if answer.status() == 200 {
            check_counts(&answer);
        }
        if answer.status() != case.status || !unsaid.is_empty() || found.as_deref() != Some(case.finds) {
            let (files, route) = (case.files, case.route);
            wrong.push(format!("{files:?} as {route:?}\n  unsaid: {unsaid:?}\n  found:  {found:?}\n  wanted: {:?}\n  {answer}", case.finds));
        }
    }
    assert!(wrong.is_empty(), "{} of {}:\n{}", wrong.len(), CASES.len(), wrong.join("\n"));
}
