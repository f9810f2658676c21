//! The people and things that `matrix.txt` names. To add one: a line below and its row in `fixture.sql`.

use shared::files::{Audience, NewFile};
use tests::{Client, TestApp};

/// Names and ids; no two tables share an id, so that none fits by accident.
pub const FIXTURES: &[(&str, &str)] = &[
    ("staff_member", "810001"),
    ("other_staff_member", "810002"),
    ("archived_staff_member", "810003"),
    ("cadet", "820001"),
    ("other_cadet", "820002"),
    ("pending_cadet", "820003"),
    ("completed_cadet", "820004"),
    ("archived_cadet", "820005"),
    ("admin_user", "830001"),
    ("staff_user", "830002"),
    ("owner_user", "830003"),
    ("other_user", "830004"),
    ("pending_user", "830005"),
    ("archived_user", "830006"),
    ("ledger_entry", "840001"),
    ("training_day", "850001"),
    ("attendance_record", "860001"),
    ("staff_attendance_record", "870001"),
    ("excuse_letter", "880001"),
    ("announcement", "890001"),
    ("notice", "890002"),
    ("question", "900001"),
    ("chat_message", "910001"),
    ("colleagues_chat_message", "910002"),
    ("activity", "920001"),
    ("activity_image", "930001"),
    ("job", "c0000000-0000-4000-8000-000000000001"),
    ("setting", "school_year"),
    ("photo", "profile-zowner.png"),
    ("upload", "profile-zupload"),
    ("letter", "letter-zowner.pdf"),
];

/// What every text about a person holds.
const MARKS: &[&str] = &[
    "Zadmin",
    "Zstaff",
    "Zowner",
    "Zother",
    "Zcolleague",
    "Zretired",
    "Zpending",
    "Zcompleted",
    "Zarchived",
];

/// Who calls, in the order of the columns.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Caller {
    Admin,
    Staff,
    /// The cadet whose things the fixtures are.
    Owner,
    /// Another cadet.
    Other,
    /// Nobody signed in.
    Stranger,
}

impl Caller {
    pub const ALL: [Self; 5] = [Self::Admin, Self::Staff, Self::Owner, Self::Other, Self::Stranger];

    fn user(self) -> Option<&'static str> {
        match self {
            Self::Admin => Some("admin_user"),
            Self::Staff => Some("staff_user"),
            Self::Owner => Some("owner_user"),
            Self::Other => Some("other_user"),
            Self::Stranger => None,
        }
    }

    pub fn client(self, app: &TestApp) -> Client<'_> {
        let id = self.user().and_then(id).and_then(|id| id.parse::<i32>().ok());
        id.map_or_else(|| app.anonymous(), |id| app.as_user(id)).quiet()
    }

    /// Whether a text shows the caller's things and nobody else's.
    pub fn sees_own_only(self, text: &str) -> bool {
        let own = match self {
            Self::Admin => "Zadmin",
            Self::Staff => "Zstaff",
            Self::Owner => "Zowner",
            Self::Other => "Zother",
            Self::Stranger => return false,
        };
        text.contains(own) && MARKS.iter().all(|mark| *mark == own || !text.contains(mark))
    }
}

/// The id of a name.
pub fn id(name: &str) -> Option<&'static str> {
    FIXTURES.iter().find(|(fixture, _)| *fixture == name).map(|(_, id)| *id)
}

/// A system with everything in it.
pub async fn world() -> TestApp {
    let app = TestApp::with(|config| {
        config.rate_limits = false;
        config.mail.smtp = Some("smtp://127.0.0.1:9".into()); // where mail is off, its routes say so
    })
    .await;
    restore(&app).await;
    app
}

/// Everything as it was, whatever has been done; the sessions live on.
pub async fn restore(app: &TestApp) {
    let fill = |sql: String, (name, id): &(&str, &str)| sql.replace(&format!("{{{name}}}"), id);
    let sql = FIXTURES.iter().fold(include_str!("fixture.sql").to_owned(), fill);
    for sql in [EMPTY, &sql] {
        app.database().await.batch_execute(sql).await.unwrap_or_else(|error| panic!("{error:?}: {sql}"));
    }
    app.app.db.versions().all_changed().await;
    for (name, content_type) in [("photo", "image/png"), ("letter", "application/pdf")] {
        let name = id(name).unwrap_or_default().to_owned();
        let file = NewFile { name, body: "bytes".into(), content_type, audience: Audience::Checked };
        app.app.files.put(file).await.expect("a file is stored");
    }
}

const EMPTY: &str = "
    DO $$ BEGIN
        EXECUTE (SELECT 'TRUNCATE ' || string_agg(format('public.%I', tablename), ', ')
                 FROM pg_tables WHERE schemaname = 'public');
    END $$;
    TRUNCATE muster.notification_states, muster.jobs, muster.workers, muster.uploads, muster.orphan_files;
    UPDATE muster.sessions SET revoked_at = NULL";
