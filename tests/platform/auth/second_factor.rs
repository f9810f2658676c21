//! Codes of an authenticator, and backup codes.

use chrono::TimeDelta;
use shared::auth::{
    data_key::DataKey,
    second_factor::{self, Proof, Setup},
};
use tests::TestApp;
use totp_rs::{Builder, Secret, Totp};

use super::a_user;

/// What stands in for a person's telephone.
fn telephone(setup: &Setup) -> Totp {
    let secret = Secret::try_from_base32(&setup.secret).expect("base32");
    Builder::new().with_secret(secret).with_account_name("a").build().expect("an authenticator")
}

fn key() -> DataKey {
    DataKey::new(&[7; 32]).expect("a key")
}

async fn set_up(app: &TestApp) -> Option<Setup> {
    let mut change = app.app.db.change_for_system("set up").await.expect("it succeeds");
    let setup =
        second_factor::set_up(&app.app, &mut change, &key(), &a_user(), ("School: one", "a@x.test")).await;
    change.commit().await.expect("it succeeds");
    setup.expect("it succeeds")
}

async fn confirm(app: &TestApp, code: &str) -> bool {
    let mut change = app.app.db.change_for_system("confirm").await.expect("it succeeds");
    let confirmed =
        second_factor::confirm(&app.app, &mut change, &key(), &a_user(), code).await.expect("it succeeds");
    change.commit().await.expect("it succeeds");
    confirmed
}

async fn verify(app: &TestApp, code: &str) -> Option<Proof> {
    let mut change = app.app.db.change_for_system("verify").await.expect("it succeeds");
    let proof =
        second_factor::verify(&app.app, &mut change, &key(), &a_user(), code).await.expect("it succeeds");
    change.commit().await.expect("it succeeds");
    proof
}

/// The code that is shown so many seconds from now.
fn code(app: &TestApp, telephone: &Totp, seconds: i64) -> String {
    let at = app.clock.now().timestamp() + seconds;
    telephone.generate(u64::try_from(at).expect("after 1970")).to_string()
}

#[tokio::test]
async fn factor_counts_from_its_first_code_on() {
    let app = TestApp::rotc().await;
    let replaced = set_up(&app).await.expect("nothing is there yet");
    let setup = set_up(&app).await.expect("one that was never confirmed is replaced");
    assert_eq!((setup.secret.len(), setup.backup_codes.len()), (32, 10));
    assert!(setup.url.starts_with("otpauth://totp/") && setup.url.contains(&setup.secret), "{}", setup.url);
    let (old, new) = (telephone(&replaced), telephone(&setup));

    assert_eq!(verify(&app, &code(&app, &new, 0)).await, None, "not confirmed");
    assert!(!confirm(&app, &code(&app, &old, 0)).await);
    assert!(confirm(&app, &code(&app, &new, 0)).await);

    assert!(set_up(&app).await.is_none(), "a confirmed one stays");
    assert_eq!(verify(&app, &code(&app, &new, 0)).await, None, "the code was used to confirm");
    app.clock.advance(TimeDelta::seconds(30));
    assert_eq!(verify(&app, &code(&app, &new, 0)).await, Some(Proof::Code));
    let stored: Vec<u8> = app.value("SELECT secret FROM muster.second_factors", &[]).await;
    let plain = Secret::try_from_base32(&setup.secret).expect("base32");
    assert!(!stored.windows(20).any(|bytes| bytes == plain.as_bytes()), "stored in plain text");
}

#[tokio::test]
async fn factor_that_is_not_confirmed_within_half_an_hour_is_none() {
    let app = TestApp::rotc().await;
    let telephone = telephone(&set_up(&app).await.unwrap());

    app.clock.advance(TimeDelta::minutes(30));

    assert!(!confirm(&app, &code(&app, &telephone, 0)).await);
}

#[tokio::test]
async fn code_of_the_present_and_both_neighbouring_steps_works_once_each() {
    let app = TestApp::rotc().await;
    let telephone = telephone(&set_up(&app).await.unwrap());
    assert!(confirm(&app, &code(&app, &telephone, 0)).await);
    app.clock.advance(TimeDelta::minutes(2));
    let codes = [0, -30, 30].map(|seconds| code(&app, &telephone, seconds));

    for code in &codes {
        assert_eq!(verify(&app, code).await, Some(Proof::Code));
    }
    for seconds in [0, 29, 30, 30] {
        app.clock.advance(TimeDelta::seconds(seconds));
        for code in &codes {
            assert_eq!(verify(&app, code).await, None, "used");
        }
    }
    for far in [-60, 60] {
        assert_eq!(verify(&app, &code(&app, &telephone, far)).await, None);
    }
}

#[tokio::test]
async fn code_sent_twenty_times_at_once_works_once() {
    let app = TestApp::crowded().await;
    let setup = set_up(&app).await.unwrap();
    let telephone = telephone(&setup);
    assert!(confirm(&app, &code(&app, &telephone, -30)).await);

    for code in [code(&app, &telephone, 0), setup.backup_codes[0].clone()] {
        let all = futures_util::future::join_all((0..20).map(|_| verify(&app, &code))).await;
        assert_eq!(all.iter().flatten().count(), 1, "{all:?}");
    }
}

#[tokio::test]
async fn backup_code_works_once_until_new_ones_are_made() {
    let app = TestApp::rotc().await;
    let setup = set_up(&app).await.unwrap();
    assert!(confirm(&app, &code(&app, &telephone(&setup), 0)).await);
    let [one, two, ..] = setup.backup_codes.as_slice() else { panic!("backup codes") };

    assert_eq!(verify(&app, one).await, Some(Proof::BackupCode));
    assert_eq!(verify(&app, one).await, None);
    assert_eq!(verify(&app, &two.to_uppercase()).await, None, "exactly as shown");
    let mut change = app.app.db.change_for_system("new codes").await.unwrap();
    assert_eq!(second_factor::backup_codes_left(&mut change, &a_user()).await.unwrap(), 9);
    let new = second_factor::new_backup_codes(&app.app, &mut change, &key(), &a_user()).await.unwrap();
    change.commit().await.unwrap();

    assert_eq!(verify(&app, two).await, None);
    assert_eq!(verify(&app, &new[0]).await, Some(Proof::BackupCode));
}

#[tokio::test]
async fn removed_factor_verifies_nothing() {
    let app = TestApp::rotc().await;
    let setup = set_up(&app).await.unwrap();
    assert!(confirm(&app, &code(&app, &telephone(&setup), 0)).await);
    let mut change = app.app.db.change_for_system("remove").await.unwrap();
    assert!(second_factor::is_on(&mut change, &a_user()).await.unwrap());
    second_factor::remove(&mut change, &a_user()).await.unwrap();
    assert!(!second_factor::is_on(&mut change, &a_user()).await.unwrap());
    change.commit().await.unwrap();

    assert_eq!(verify(&app, &setup.backup_codes[0]).await, None);
}
