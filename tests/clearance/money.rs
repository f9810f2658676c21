//! The surroundings of tests about money: a system, the imitation of Daraja as a small server, students and the finance office.

use chrono::TimeDelta;
use muster::imitations::{Call, Outside, daraja::IMITATION, with_faults};
use serde_json::{Value, json};
use shared::config::Config;
use tests::{Answer, Client, TestApp, own_settings};
use tokio::net::TcpListener;
use uuid::Uuid;

/// What the tests call the secret in the paths.
pub const SECRET: &str = "dev-callback-secret";

/// The system beside Daraja.
pub struct World {
    pub app: TestApp,
    pub outside: Outside,
    /// Where Daraja is.
    pub daraja: String,
    pub desk: Uuid,
    pub admin: Uuid,
}

/// A student with an account.
#[derive(Clone, Copy, Debug)]
pub struct Payer {
    pub user: Uuid,
    pub student: Uuid,
    pub number: u32,
}

impl Payer {
    /// The registration number.
    pub fn registration(&self) -> String {
        format!("SCE/CS/{:04}/2022", self.number)
    }
}

/// With the settings of an installation, except for these variables.
pub async fn world_with(variables: &[(&str, &str)], change: impl FnOnce(&mut Config)) -> World {
    let listener = TcpListener::bind(("127.0.0.1", 0)).await.expect("a port");
    let url = format!("http://{}", listener.local_addr().expect("an address"));
    let mut all = variables.to_vec();
    all.extend([("MPESA_BASE_URL", url.as_str()), ("MPESA_PULL", "on")]);
    let app = TestApp::of(&clearance::SYSTEM, |config| {
        config.own = own_settings(&clearance::SYSTEM, &all);
        change(config);
    })
    .await;
    let outside = Outside::kept(app.clock.clone());
    let router = with_faults(&IMITATION, outside.clone());
    tokio::spawn(async move { axum::serve(listener, router).await });
    let desk = account(&app, "desk@mksu.test", "finance_staff").await;
    let admin = account(&app, "admin@mksu.test", "admin").await;
    World { app, outside, daraja: url, desk, admin }
}

/// With the settings of an installation.
pub async fn world() -> World {
    world_with(&[], |_| ()).await
}

/// An account of this role.
pub async fn account(app: &TestApp, email: &str, role: &str) -> Uuid {
    let insert = "INSERT INTO users (email, full_name, role) VALUES ($1::text, split_part($1, '@', 1), $2) RETURNING id";
    app.value(insert, &[&email, &role]).await
}

impl World {
    /// The same as deployed functions, whose time is that of the machine; `wait` lets Daraja's time go by.
    pub async fn into_functions(self) -> Self {
        let parameters = [
            ("MPESA_ENVIRONMENT", "sandbox"),
            ("MPESA_BASE_URL", self.daraja.as_str()),
            ("MPESA_CONSUMER_KEY", "imitation"),
            ("MPESA_CONSUMER_SECRET", "imitation"),
            ("MPESA_SHORTCODE", "174379"),
            ("MPESA_PASSKEY", "imitation"),
            ("MPESA_CALLBACK_SECRET", SECRET),
        ];
        let app = self.app.as_functions(&parameters).await;
        Self { app, ..self }
    }

    /// A student who owes 5500.00.
    pub async fn payer(&self, number: u32) -> Payer {
        let user = account(&self.app, &format!("p{number}@students.mksu.test"), "student").await;
        let payer = Payer { user, student: Uuid::nil(), number };
        let insert = "INSERT INTO students (user_id, registration_number, faculty, program, graduation_year)
                      VALUES ($1, $2, 'School', 'Program', 2026) RETURNING id";
        let student: Uuid = self.app.value(insert, &[&user, &payer.registration()]).await;
        let owe = "INSERT INTO finance_records (student_id, graduation_fee) VALUES ($1, 5500.00)";
        self.app.execute(owe, &[&student]).await;
        Payer { student, ..payer }
    }

    pub fn as_desk(&self) -> Client<'_> {
        self.app.as_user(self.desk)
    }

    pub fn as_admin(&self) -> Client<'_> {
        self.app.as_user(self.admin)
    }

    /// Asks for 5500 on a phone that ends with these digits.
    pub async fn push(&self, payer: Payer, digits: &str) -> Answer {
        let body = json!({ "phone_number": format!("07123456{digits}"), "amount": "5500" });
        self.app.as_user(payer.user).post("/api/finance/payments/mpesa_stk_push/", body).await
    }

    /// Lets time go by.
    pub fn wait(&self, seconds: i64) {
        self.outside.clock.advance(TimeDelta::seconds(seconds));
    }

    /// Sends a call of Daraja on.
    pub async fn deliver(&self, call: &Call) -> Answer {
        let path = url::Url::parse(&call.url).expect("an address").path().to_owned();
        self.app.anonymous().post(&path, call.body.clone()).await
    }

    /// Lets Daraja make all its calls, and does the jobs that follow.
    pub async fn hear(&self) {
        for call in self.outside.take() {
            self.deliver(&call).await.is(200);
        }
        self.app.work().await;
    }

    /// Does the jobs that the clock starts, and those that are due.
    pub async fn round(&self) {
        shared::jobs::plan(&self.app.app, self.app.system.jobs).await.expect("jobs are planned");
        self.app.work().await;
    }

    /// The status of the only request to pay of a student.
    pub async fn attempt(&self, payer: Payer) -> String {
        self.app.value("SELECT status FROM mpesa_attempts WHERE student_id = $1", &[&payer.student]).await
    }

    /// The receipts of a student: state, amount, applied, source.
    pub async fn receipts(&self, payer: Payer) -> Vec<String> {
        let list = "SELECT concat_ws(' ', state, amount, applied_amount, source) FROM receipts
                    WHERE student_id = $1 ORDER BY created_at, paid_at, transaction_id";
        self.app.query(list, &[&payer.student]).await.iter().map(|row| row.get(0)).collect()
    }

    /// How many notices with this title the account has.
    pub async fn notices(&self, user: Uuid, title: &str) -> i64 {
        let count = "SELECT count(*) FROM notifications WHERE recipient_id = $1 AND title = $2";
        self.app.value(count, &[&user, &title]).await
    }

    /// Tells of a payment to the paybill.
    pub async fn confirm(&self, number: &str, amount: &str, account: &str) -> Answer {
        let path = format!("/api/finance/c2b/{SECRET}/confirmation/");
        let answer = self.app.anonymous().post(&path, paybill(number, amount, account)).await;
        self.app.work().await;
        answer
    }
}

/// A payment to the paybill as M-PESA tells it.
pub fn paybill(number: &str, amount: &str, account: &str) -> Value {
    json!({
        "TransactionType": "Pay Bill", "TransID": number, "TransTime": "20260202110000", "TransAmount": amount,
        "BusinessShortCode": "174379", "BillRefNumber": account, "InvoiceNumber": "", "OrgAccountBalance": "",
        "ThirdPartyTransID": "", "MSISDN": "2547 ***** 126", "FirstName": "A", "MiddleName": "", "LastName": "",
    })
}

/// A successful callback as M-PESA tells it.
pub fn callback(checkout: &str, number: &str, amount: i64) -> Value {
    json!({ "Body": { "stkCallback": {
        "MerchantRequestID": "m", "CheckoutRequestID": checkout, "ResultCode": 0, "ResultDesc": "ok",
        "CallbackMetadata": { "Item": [
            { "Name": "Amount", "Value": amount }, { "Name": "MpesaReceiptNumber", "Value": number },
            { "Name": "TransactionDate", "Value": 20_260_202_110_000_i64 },
            { "Name": "PhoneNumber", "Value": 254_712_345_601_i64 },
        ] },
    } } })
}
