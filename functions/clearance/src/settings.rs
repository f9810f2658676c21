//! What an installation of the clearance system can configure.

use std::{
    sync::{Arc, Mutex},
    time::Duration,
};

use chrono::{DateTime, TimeDelta, Utc};
use ipnet::IpNet;
use secrecy::SecretString;
use shared::{
    App, Result,
    config::{Own, OwnSettings, OwnVariables, Part, variable},
    http::Money,
};
use url::Url;

/// The variables and their reader.
pub static SETTINGS: OwnSettings = OwnSettings {
    part: Part {
        title: "Graduation clearance",
        variables: &[
            variable(
                "JWT_ACCESS_TOKEN_LIFETIME",
                "`60m`",
                "How long an access token works: `5m`, `2h`, seconds.",
            ),
            variable(
                "JWT_REFRESH_TOKEN_LIFETIME",
                "`7d`",
                "How long a session lives after its last refresh.",
            ),
            variable("GRADUATION_FEE", "`5500.00`", "The fee of new students, in KES."),
            variable(
                "FEE_GATE",
                "`finance`",
                "Where the fee must be paid: before the finance office approves (`finance`), before a request is sent (`submit`), nowhere (`off`).",
            ),
            variable(
                "CARRY_OVER_DAYS",
                "`90`",
                "How long approvals of a rejected request stay valid; 0: not at all.",
            ),
            variable(
                "FOUR_EYES",
                "`off`",
                "`on`: administrators decide for no office that has staff, and nobody verifies a payment they entered.",
            ),
            variable("GOWN_DEPOSIT", "`2000.00`", "The deposit for a gown, in KES."),
            variable("GOWN_LATE_FEE", "`50.00`", "What a day of delay keeps from the deposit, in KES."),
            variable(
                "GOWN_REQUIRES",
                "`none`",
                "What must come before a gown: `none`, `clearance`, `deposit`.",
            ),
            variable(
                "REMIND_DAYS",
                "`3`",
                "After how many days the staff of an office is reminded of a request.",
            ),
            variable("ESCALATE_DAYS", "`7`", "After how many days its head and the administrators are told."),
            variable(
                "FRONTEND_URL",
                "`http://localhost:4200`",
                "The client: links in mails lead there, and its pages may call the API.",
            ),
            variable("AUDIT_DAYS", "`1825`", "How long rows of the audit log are kept."),
            variable(
                "MPESA_ENVIRONMENT",
                "`imitation` in development, else `off`",
                "`off`, `imitation` (development only), `sandbox`, `production`.",
            ),
            variable("MPESA_BASE_URL", "that of the environment", "Where Daraja answers."),
            variable("MPESA_CONSUMER_KEY", "`imitation`", "The consumer key of the Daraja app."),
            variable("MPESA_CONSUMER_SECRET", "`imitation`", "Its secret."),
            variable("MPESA_SHORTCODE", "`174379`", "The paybill number."),
            variable("MPESA_PASSKEY", "`imitation`", "The passkey of STK pushes."),
            variable(
                "MPESA_CALLBACK_SECRET",
                "`dev-callback-secret` in development",
                "A part of every address that M-PESA calls: at least 16 characters of A–Z a–z 0–9 - _.",
            ),
            variable("MPESA_CONFIRM", "`on`", "`off`: a callback is believed without asking M-PESA."),
            variable(
                "MPESA_PULL",
                "`off`",
                "`on`: the transactions of the day before are fetched every night.",
            ),
            variable(
                "MPESA_ALLOWED_IPS",
                "everybody",
                "Networks that may call the addresses of M-PESA: a comma list such as `196.201.212.0/22`.",
            ),
            variable("MPESA_MAX_AMOUNT", "`150000`", "The largest amount of an STK push, in KES."),
            variable("C2B_VALIDATE_AMOUNT", "`on`", "`off`: a payment to the paybill may have any amount."),
        ],
    },
    read,
};

/// Everything that is configured.
#[derive(Debug)]
pub struct Settings {
    /// How long an access token works.
    pub access_token: TimeDelta,
    /// How long a session lives after its last refresh.
    pub refresh_token: TimeDelta,
    /// The fee of new students.
    pub graduation_fee: Money,
    /// Where the fee must be paid.
    pub fee_gate: FeeGate,
    /// How long approvals of a rejected request stay valid.
    pub carry_over: TimeDelta,
    /// Whether two people are needed for decisions about money and offices.
    pub four_eyes: bool,
    /// The deposit for a gown.
    pub gown_deposit: Money,
    /// What a day of delay keeps from the deposit.
    pub gown_late_fee: Money,
    /// What must come before a gown.
    pub gown_requires: GownRequires,
    /// After how many days the staff of an office is reminded.
    pub remind_days: i32,
    /// After how many days its head is told.
    pub escalate_days: i32,
    /// Where people use the system.
    pub frontend_url: Url,
    /// How long rows of the audit log are kept.
    pub audit: Duration,
    /// M-PESA.
    pub mpesa: MpesaSettings,
}

/// Where the fee must be paid.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FeeGate {
    /// Before the finance office approves.
    Finance,
    /// Before a request is sent.
    Submit,
    /// Nowhere.
    Off,
}

/// What must come before a gown.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum GownRequires {
    /// Nothing.
    Nothing,
    /// A completed clearance.
    Clearance,
    /// The deposit.
    Deposit,
}

/// Which M-PESA is called.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum MpesaEnvironment {
    /// None.
    Off,
    /// The imitation of a development server.
    Imitation,
    /// Daraja for trying out.
    Sandbox,
    /// Daraja with money.
    Production,
}

/// How M-PESA is called, and how it calls.
#[derive(Clone, Debug)]
pub struct MpesaSettings {
    /// Which one.
    pub environment: MpesaEnvironment,
    /// Where it answers; none where it is off, and for the imitation, which answers at the server itself.
    pub base_url: Option<Url>,
    /// The consumer key.
    pub consumer_key: SecretString,
    /// Its secret.
    pub consumer_secret: SecretString,
    /// The paybill number.
    pub shortcode: String,
    /// The passkey of STK pushes.
    pub passkey: SecretString,
    /// A part of every address that it calls.
    pub callback_secret: SecretString,
    /// Whether it is asked before a success is believed.
    pub confirm: bool,
    /// Whether its transactions are fetched every night.
    pub pull: bool,
    /// Who may call its addresses; empty: everybody.
    pub allowed: Vec<IpNet>,
    /// The largest amount of an STK push.
    pub max_amount: Money,
    /// Whether a payment to the paybill must be what is due.
    pub validate_amount: bool,
    /// What the process knows of its talk with M-PESA.
    pub session: Arc<Mutex<MpesaSession>>,
}

/// What lasts from one call of M-PESA to the next.
#[derive(Debug, Default)]
pub struct MpesaSession {
    /// The token, and until when it is used.
    pub token: Option<(SecretString, DateTime<Utc>)>,
    /// How often in a row there was no answer.
    pub failures: u32,
    /// Until when nothing is asked.
    pub paused_until: Option<DateTime<Utc>>,
}

impl Settings {
    /// Those of the running app.
    pub fn of(app: &App) -> Result<&Self> {
        app.config.own.get()
    }
}

fn read(vars: &mut OwnVariables<'_, '_>) -> Own {
    let frontend_url = vars.parsed("FRONTEND_URL", "an address such as https://school.example", client());
    vars.allow_origin(&frontend_url);
    let mpesa = mpesa(vars);
    Own::new(Settings {
        access_token: life(vars, "JWT_ACCESS_TOKEN_LIFETIME", TimeDelta::minutes(60)),
        refresh_token: life(vars, "JWT_REFRESH_TOKEN_LIFETIME", TimeDelta::days(7)),
        graduation_fee: vars.money("GRADUATION_FEE", "5500.00"),
        fee_gate: vars
            .choice(
                "FEE_GATE",
                &[("finance", FeeGate::Finance), ("submit", FeeGate::Submit), ("off", FeeGate::Off)],
            )
            .unwrap_or(FeeGate::Finance),
        carry_over: TimeDelta::days(vars.parsed::<u32>("CARRY_OVER_DAYS", "a number of days", 90).into()),
        four_eyes: switch(vars, "FOUR_EYES", false),
        gown_deposit: vars.money("GOWN_DEPOSIT", "2000.00"),
        gown_late_fee: vars.money("GOWN_LATE_FEE", "50.00"),
        gown_requires: vars
            .choice(
                "GOWN_REQUIRES",
                &[
                    ("none", GownRequires::Nothing),
                    ("clearance", GownRequires::Clearance),
                    ("deposit", GownRequires::Deposit),
                ],
            )
            .unwrap_or(GownRequires::Nothing),
        remind_days: days(vars, "REMIND_DAYS", 3),
        escalate_days: days(vars, "ESCALATE_DAYS", 7),
        frontend_url,
        audit: Duration::from_hours(
            24 * u64::from(vars.parsed::<u32>("AUDIT_DAYS", "a number of days", 1825)),
        ),
        mpesa,
    })
}

fn days(vars: &mut OwnVariables<'_, '_>, name: &str, default: i32) -> i32 {
    vars.parsed::<u16>(name, "a number of days", u16::try_from(default).unwrap_or_default()).into()
}

#[expect(clippy::expect_used, reason = "a literal that a test reads")]
fn client() -> Url {
    Url::parse("http://localhost:4200").expect("an address")
}

fn switch(vars: &mut OwnVariables<'_, '_>, name: &str, default: bool) -> bool {
    let words = if default { [("on", true), ("off", false)] } else { [("off", false), ("on", true)] };
    vars.choice(name, &words).unwrap_or(default)
}

/// `90`, `90s`, `5m`, `2h`, `7d`.
fn life(vars: &mut OwnVariables<'_, '_>, name: &str, default: TimeDelta) -> TimeDelta {
    let Some(text) = vars.text(name) else { return default };
    let digits = text.trim_end_matches(|unit: char| unit.is_ascii_alphabetic());
    let unit = match text.get(digits.len()..) {
        Some("" | "s") => Some(1),
        Some("m") => Some(60),
        Some("h") => Some(3600),
        Some("d") => Some(86_400),
        _ => None,
    };
    let seconds = digits.parse::<u32>().ok().zip(unit).map(|(count, unit)| i64::from(count) * unit);
    seconds.filter(|seconds| *seconds > 0).map(TimeDelta::seconds).unwrap_or_else(|| {
        vars.problem(format!("{name} must be a time such as 60m, 12h or 7d"));
        default
    })
}

fn mpesa(vars: &mut OwnVariables<'_, '_>) -> MpesaSettings {
    let environment = mpesa_environment(vars);
    let real = matches!(environment, MpesaEnvironment::Sandbox | MpesaEnvironment::Production);
    let mut required = |name: &str, made_up: &str| -> String {
        let text = vars.text(name);
        if text.is_none() && real {
            vars.problem(format!("{name} is needed for M-PESA"));
        }
        text.unwrap_or_else(|| made_up.to_owned())
    };
    let consumer_key = required("MPESA_CONSUMER_KEY", "imitation").into();
    let consumer_secret = required("MPESA_CONSUMER_SECRET", "imitation").into();
    let shortcode = required("MPESA_SHORTCODE", "174379");
    let passkey = required("MPESA_PASSKEY", "imitation").into();
    MpesaSettings {
        environment,
        base_url: mpesa_base(vars, environment),
        consumer_key,
        consumer_secret,
        shortcode,
        passkey,
        callback_secret: callback_secret(vars, real).into(),
        confirm: switch(vars, "MPESA_CONFIRM", true),
        pull: switch(vars, "MPESA_PULL", false),
        allowed: allowed_networks(vars),
        max_amount: vars.money("MPESA_MAX_AMOUNT", "150000"),
        validate_amount: switch(vars, "C2B_VALIDATE_AMOUNT", true),
        session: Arc::default(),
    }
}

fn mpesa_environment(vars: &mut OwnVariables<'_, '_>) -> MpesaEnvironment {
    let all = [
        ("off", MpesaEnvironment::Off),
        ("imitation", MpesaEnvironment::Imitation),
        ("sandbox", MpesaEnvironment::Sandbox),
        ("production", MpesaEnvironment::Production),
    ];
    let environment = match vars.text("MPESA_ENVIRONMENT") {
        None if !vars.production() => MpesaEnvironment::Imitation,
        _ => vars.choice("MPESA_ENVIRONMENT", &all).unwrap_or(MpesaEnvironment::Off),
    };
    if environment == MpesaEnvironment::Imitation && vars.production() {
        vars.problem("MPESA_ENVIRONMENT=imitation is refused in production".to_owned());
    }
    environment
}

fn mpesa_base(vars: &mut OwnVariables<'_, '_>, environment: MpesaEnvironment) -> Option<Url> {
    let host = match environment {
        MpesaEnvironment::Sandbox => Url::parse("https://sandbox.safaricom.co.ke").ok(),
        MpesaEnvironment::Production => Url::parse("https://api.safaricom.co.ke").ok(),
        _ => None,
    };
    let given = vars.text("MPESA_BASE_URL").map(|text| Url::parse(&text));
    if matches!(given, Some(Err(_))) {
        vars.problem("MPESA_BASE_URL must be an address such as https://sandbox.safaricom.co.ke".to_owned());
    }
    given.and_then(std::result::Result::ok).or(host)
}

/// In development a known one. In production nobody knows one that was not set, so that nobody can report payments to an
/// installation without M-PESA.
fn callback_secret(vars: &mut OwnVariables<'_, '_>, real: bool) -> String {
    let secret = match vars.text("MPESA_CALLBACK_SECRET") {
        Some(secret) => secret,
        None if vars.production() => {
            if real {
                vars.problem("MPESA_CALLBACK_SECRET is needed for M-PESA".to_owned());
            }
            shared::ids::Ids.uuid().simple().to_string()
        }
        None => "dev-callback-secret".to_owned(),
    };
    if !is_callback_secret(&secret) {
        vars.problem(
            "MPESA_CALLBACK_SECRET must have at least 16 characters of A-Z a-z 0-9 - _, and must not contain mpesa, \
             safaricom, exe, exec, cmd, sql or query"
                .to_owned(),
        );
    }
    secret
}

fn allowed_networks(vars: &mut OwnVariables<'_, '_>) -> Vec<IpNet> {
    let mut allowed = Vec::new();
    for network in vars.list("MPESA_ALLOWED_IPS") {
        match network.parse::<IpNet>().or_else(|_| network.parse::<std::net::IpAddr>().map(IpNet::from)) {
            Ok(network) => allowed.push(network),
            Err(_) => vars.problem("MPESA_ALLOWED_IPS must be networks such as 196.201.212.0/22".to_owned()),
        }
    }
    allowed
}

/// Daraja refuses addresses with some words.
fn is_callback_secret(secret: &str) -> bool {
    let lower = secret.to_ascii_lowercase();
    secret.len() >= 16
        && secret.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_'))
        && !["mpesa", "safaricom", "exe", "cmd", "sql", "query"].iter().any(|word| lower.contains(word))
}
