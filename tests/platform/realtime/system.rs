//! What a system with tenants has to write for its live events.

use super::*;

static MIGRATIONS: MigrationSet = MigrationSet {
    name: rotc::migrations::ROTC.name,
    versioned: rotc::migrations::ROTC.versioned,
    role: Some("muster_test_live"),
    repeatable: rotc::migrations::ROTC.repeatable,
};

pub static SYSTEM: System = System {
    name: "classes",
    title: "Classes",
    about: "A system of one test",
    envelope: &shared::drf::DrfEnvelope { code: true, message: false, request_id: false },
    http: &rotc::http_policy::HTTP,
    groups: &[&Group {
        name: "live",
        about: "Live events.",
        prefixes: &["/live"],
        needs: &[],
        memory_mb: 128,
        routes,
    }],
    workers: &[],
    jobs: &shared::jobs::Jobs::NONE,
    alarm: None,
    clean_up: &[],
    sockets: None,
    events: Some(&Events),
    migrations: &MIGRATIONS,
    sign_in: None,
    examples: "{}",
    storage: &shared::system::Storage::DEFAULT,
    settings: None,
    admin: None,
    demo: None,
    legacy: None,
    imitations: &[],
};

#[derive(Clone, Debug)]
pub struct Member {
    id: Uuid,
    tenant: Option<Uuid>,
    role: String,
    session: Uuid,
}

impl Member {
    fn listener(self) -> Listener {
        let listener = Listener::new(self.session, self.id, self.role).with([Topic::room("lobby")]);
        match self.tenant {
            Some(tenant) => listener.in_tenant(tenant),
            None => listener,
        }
    }
}

impl Principal for Member {
    const SOURCES: &'static [principal::Source] = &[principal::Source::Header];
    const TABLES: &'static [&'static str] = &["people"];

    async fn load(app: &App, claims: &Claims) -> Result<Option<Self>> {
        let find = sql!(
            "SELECT people.id, people.tenant_id, people.role
             FROM muster.sessions JOIN people ON people.id = sessions.user_id::uuid
             WHERE sessions.id = $1 AND sessions.revoked_at IS NULL AND people.active"
        );
        let mut read = app.db.read_in(&Scope::Platform("sign-in".to_owned())).await?;
        let found: Option<(Uuid, Option<Uuid>, String)> = read.one(find, &[&claims.sid]).await?;
        Ok(found.map(|(id, tenant, role)| Self { id, tenant, role, session: claims.sid }))
    }

    async fn admit(&self, _: &App) -> Result<()> {
        Ok(())
    }

    fn calling(self, _: Call) -> Self {
        self
    }

    fn actor(&self) -> Actor {
        match self.tenant {
            Some(tenant) => Actor::in_tenant(self.id, tenant),
            None => Actor::user(self.id),
        }
    }
}

pub struct Events;

impl Source for Events {
    fn ended<'a>(&'a self, app: &'a App, listeners: &'a [Listener]) -> BoxFuture<'a, Result<Vec<i64>>> {
        let find = sql!(
            "SELECT asked.position FROM unnest($1::uuid[]) WITH ORDINALITY AS asked (id, position)
             WHERE NOT EXISTS (
                 SELECT FROM muster.sessions JOIN people ON people.id = sessions.user_id::uuid
                 WHERE sessions.id = asked.id AND sessions.revoked_at IS NULL AND people.active)"
        );
        async move {
            let sessions: Vec<Uuid> = listeners.iter().map(|listener| listener.session).collect();
            let mut read = app.db.read_in(&Scope::Platform("live events".to_owned())).await?;
            read.all(find, &[&sessions]).await
        }
        .boxed()
    }

    fn listener<'a>(&'a self, app: &'a App, token: &'a str) -> BoxFuture<'a, Result<Option<Listener>>> {
        async move {
            let member: Option<Member> = principal::bearer(app, token, Call::default()).await?;
            Ok(member.map(Member::listener))
        }
        .boxed()
    }
}

async fn stream(
    Signed(member): Signed<Member>,
    State(app): State<App>,
    headers: HeaderMap,
) -> Result<Response> {
    serve_stream(&app, &Events, Some(member.listener()), Style::Resource, &headers).await
}

async fn socket(
    Caller(member): Caller<Member>,
    State(app): State<App>,
    upgrade: Result<WebSocketUpgrade, WebSocketUpgradeRejection>,
) -> Result<Response> {
    serve_socket(app, &Events, member.map(Member::listener), upgrade)
}

pub fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new().route("/live", get(stream)).route("/live/socket", get(socket))
}
