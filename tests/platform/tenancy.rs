//! Two organizations in one database: what one has the other never sees, whatever a query forgets.

use futures_util::future::join_all;
use shared::{
    App,
    db::{Actor, Scope, Sql, UserKey, migrate::MigrationSet},
    error::Kind,
    jobs::Jobs,
    sql,
    system::System,
};
use tests::{Pooler, TestApp};
use uuid::Uuid;

const A: Uuid = Uuid::from_u128(0xa);
const B: Uuid = Uuid::from_u128(0xb);

/// The tables of ROTC and one of tenants, used as a restricted role.
static TENANTS: MigrationSet =
    MigrationSet { role: Some("muster_test_tenants"), ..copied(&rotc::migrations::ROTC) };
static SYSTEM: System = system(&TENANTS);
/// The same used as whoever the address names, which in tests is a superuser.
static UNRESTRICTED: System = system(&rotc::migrations::ROTC);

const fn copied(set: &MigrationSet) -> MigrationSet {
    MigrationSet { name: set.name, versioned: set.versioned, role: set.role, repeatable: set.repeatable }
}

const fn system(migrations: &'static MigrationSet) -> System {
    System {
        name: "tenants",
        title: "Tenants",
        about: "A system of one test",
        envelope: &rotc::envelope::RotcEnvelope,
        http: &rotc::http_policy::HTTP,
        groups: &[],
        workers: &[],
        jobs: &Jobs::NONE,
        alarm: None,
        clean_up: &[],
        sockets: None,
        events: None,
        migrations,
        sign_in: None,
        examples: "{}",
        storage: &shared::system::Storage::DEFAULT,
        settings: None,
        admin: None,
        demo: None,
        legacy: None,
        imitations: &[],
    }
}

const LIST: Sql = sql!("SELECT text FROM public.notes ORDER BY text");
const RENAME: Sql = sql!("UPDATE public.notes SET text = text || '!' WHERE text = $1");
const ADD: Sql = sql!("INSERT INTO public.notes (tenant_id, owner_id, text) VALUES ($1, $2, $3)");

/// Two tenants with a note of user 7 and one of user 8 each.
async fn tenants() -> (TestApp, App) {
    let app = TestApp::rotc().await;
    let tables = format!(
        "CREATE TABLE public.notes (id serial PRIMARY KEY, tenant_id uuid NOT NULL, owner_id int NOT NULL, text text NOT NULL);
         INSERT INTO public.notes (tenant_id, owner_id, text)
         VALUES ('{A}', 7, 'a7'), ('{A}', 8, 'a8'), ('{B}', 7, 'b7'), ('{B}', 8, 'b8');
         SELECT muster.isolate('public.notes', 'tenant_id', 'owner_id');
         SELECT muster.isolate('public.notes', 'tenant_id', 'owner_id');
         SELECT muster.restricted_role('muster_test_tenants');
         SELECT muster.restricted_role('muster_test_tenants')"
    );
    app.database().await.batch_execute(&tables).await.expect("it succeeds");
    let process = serving(&app, &SYSTEM);
    (app, process)
}

fn serving(app: &TestApp, system: &'static System) -> App {
    App::with_clock(system, (*app.app.config).clone(), app.clock.clone())
}

async fn seen(app: &App, scope: &Scope) -> Vec<String> {
    app.db.read_in(scope).await.expect("it succeeds").all(LIST, &[]).await.expect("it succeeds")
}

#[tokio::test]
async fn tenant_sees_and_changes_its_own_rows_only() {
    let (test, app) = tenants().await;
    let scope = Scope::tenant(A);
    let actor = Actor { scope: scope.clone(), ..Actor::default() };
    assert_eq!(seen(&app, &scope).await, ["a7", "a8"]);
    let mut snapshot = app.db.snapshot_in(&scope).await.unwrap();
    let mut rows = snapshot.rows::<String>(LIST, &[]).await.unwrap();
    assert_eq!(rows.next().await.unwrap().as_deref(), Some("a7"));
    drop((rows, snapshot));

    let mut change = app.db.change(&actor).await.unwrap();
    assert_eq!(change.execute(RENAME, &[&"b7"]).await.unwrap(), 0);
    assert_eq!(change.execute(RENAME, &[&"a7"]).await.unwrap(), 1);
    change.commit().await.unwrap();
    let mut change = app.db.change(&actor).await.unwrap();
    let foreign = change.execute(ADD, &[&B, &9_i32, &"slipped in"]).await.unwrap_err();
    assert_eq!(foreign.kind(), Kind::Forbidden);
    drop(change);

    let texts = test.query("SELECT text FROM public.notes ORDER BY text", &[]).await;
    let texts: Vec<&str> = texts.iter().map(|row| row.get(0)).collect();
    assert_eq!(texts, ["a7!", "a8", "b7", "b8"]);
}

#[tokio::test]
async fn forgotten_tenant_is_403_and_shows_no_row() {
    let (_test, app) = tenants().await;
    let refused = app.db.read().await.unwrap().all::<String>(LIST, &[]).await.unwrap_err();
    assert_eq!((refused.kind(), refused.code()), (Kind::Forbidden, "tenant_required"));
    let mut change = app.db.change_for_system("a job that forgot").await.unwrap();
    assert_eq!(change.execute(RENAME, &[&"a7"]).await.unwrap_err().kind(), Kind::Forbidden);
    drop(change);
    let mut snapshot = app.db.snapshot().await.unwrap();
    let streamed = async {
        let mut rows = snapshot.rows::<String>(LIST, &[]).await?;
        rows.next().await
    };
    assert_eq!(streamed.await.unwrap_err().kind(), Kind::Forbidden);
    drop(snapshot);

    // What belongs to no tenant needs none.
    let sessions = sql!("SELECT count(*) FROM muster.sessions");
    assert_eq!(app.db.read().await.unwrap().only::<i64>(sessions, &[]).await.unwrap(), 0);
}

#[tokio::test]
async fn own_rows_span_tenants_and_the_platform_sees_all() {
    let (_test, app) = tenants().await;
    assert_eq!(seen(&app, &Scope::Own(UserKey::from(7))).await, ["a7", "b7"]);
    let member = Scope::Tenant { tenant: A.into(), actor: Some(UserKey::from(7)) };
    assert_eq!(seen(&app, &member).await, ["a7", "a8"], "nothing of theirs in other tenants");
    let platform = Scope::Platform("a report".to_owned());
    assert_eq!(seen(&app, &platform).await, ["a7", "a8", "b7", "b8"]);
}

#[tokio::test]
async fn scope_ends_with_its_transaction() {
    let (_test, app) = tenants().await;
    for _ in 0..3 {
        assert_eq!(seen(&app, &Scope::tenant(A)).await, ["a7", "a8"]);
        let refused = app.db.read().await.unwrap().all::<String>(LIST, &[]).await.unwrap_err();
        assert_eq!(refused.kind(), Kind::Forbidden);
        assert_eq!(seen(&app, &Scope::tenant(B)).await, ["b7", "b8"]);
    }
}

#[tokio::test]
async fn read_of_a_scope_cannot_write() {
    let (_test, app) = tenants().await;
    let mut read = app.db.read_in(&Scope::tenant(A)).await.unwrap();
    let written = read.all::<String>(sql!("UPDATE public.notes SET text = 'x' RETURNING text"), &[]).await;
    assert_eq!(written.unwrap_err().kind(), Kind::Internal);
}

#[tokio::test]
async fn superuser_is_not_served() {
    let (test, _app) = tenants().await;
    let app = serving(&test, &UNRESTRICTED);
    let refused = app.db.read_in(&Scope::tenant(A)).await.unwrap().all::<String>(LIST, &[]).await;
    assert_eq!(refused.unwrap_err().kind(), Kind::Unavailable);
    let refused = app.db.change_for_system_in(&Scope::tenant(A), "a test").await.err().unwrap();
    assert!(refused.message().contains("superuser"), "{refused}");
}

#[tokio::test]
async fn console_without_a_tenant_sees_no_row() {
    let (test, _app) = tenants().await;
    test.database().await.batch_execute("SET ROLE muster_test_tenants").await.unwrap();
    assert_eq!(test.value::<i64>("SELECT count(*) FROM public.notes", &[]).await, 0);
}

#[tokio::test]
async fn tenants_are_kept_apart_through_a_transaction_pooler() {
    let (test, _app) = tenants().await;
    let pooler = Pooler::start(test.database_url()).await;
    let mut config = (*test.app.config).clone();
    config.database.url = Some(pooler.url().into());
    (config.database.pooler, config.database.unnamed_statements) = (true, true);
    config.database.pool_size = 10;
    let app = App::with_clock(&SYSTEM, config, test.clock.clone());

    let asked = (0..60).map(|turn| {
        let app = app.clone();
        async move {
            let (scope, expected) = if turn % 2 == 0 {
                (Scope::tenant(A), ["a7", "a8"])
            } else {
                (Scope::tenant(B), ["b7", "b8"])
            };
            assert_eq!(seen(&app, &scope).await, expected);
            let forgot = app.db.read().await.unwrap().all::<String>(LIST, &[]).await;
            assert_eq!(forgot.unwrap_err().kind(), Kind::Forbidden);
        }
    });
    join_all(asked).await;
}
