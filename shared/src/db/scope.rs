//! For whom a transaction reads and writes, in systems that serve several organizations.
//!
//! The scope is set in the transaction, where row-level security reads it (`muster.tenant()`), so it works through a
//! transaction pooler and ends with the transaction. Such a system names a restricted role (`MigrationSet::role`); every
//! transaction switches to it, because the user of the address is often the owner of the tables or a superuser, for whom
//! policies do not hold.

use deadpool_postgres::Object;
use serde::{Deserialize, Serialize};
use tokio_postgres::{Error, Row as PgRow, types::Type};

use super::{Actor, Db, Param, TenantKey, UserKey};
use crate::{Result, error::unavailable_because, sql};

/// Whose rows a transaction sees.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Scope {
    /// Nobody's: everything in a system without tenants, which then needs no transaction to read. In a system with tenants the
    /// tables of the tenants are refused (403).
    #[default]
    None,
    /// Those of one tenant.
    Tenant {
        /// The tenant.
        tenant: TenantKey,
        /// Who acts in it; none for jobs and visitors.
        actor: Option<UserKey>,
    },
    /// Those of one user, in whichever tenants they are.
    Own(UserKey),
    /// All, for a stated reason ("monthly invoices").
    Platform(String),
}

impl Scope {
    /// The scope of a tenant without a user: jobs, visitors.
    pub fn tenant(tenant: impl Into<TenantKey>) -> Self {
        Self::Tenant { tenant: tenant.into(), actor: None }
    }

    /// The same for whoever acts in the tenant: for what all its members share, such as a cached response.
    #[must_use]
    pub fn without_user(&self) -> Self {
        match self {
            Self::Tenant { tenant, .. } => Self::Tenant { tenant: tenant.clone(), actor: None },
            other => other.clone(),
        }
    }

    /// As rows of jobs carry it: none outside tenants.
    pub fn stored(&self) -> Result<Option<serde_json::Value>> {
        Ok((*self != Self::None).then(|| serde_json::to_value(self)).transpose()?)
    }

    /// What tells cached responses of different scopes apart.
    pub fn cache_key(&self) -> String {
        match self {
            Self::None => String::new(),
            Self::Tenant { tenant, actor: None } => format!("tenant:{tenant}"),
            Self::Tenant { tenant, actor: Some(actor) } => format!("tenant:{tenant}:{actor}"),
            Self::Own(user) => format!("own:{user}"),
            Self::Platform(_) => "platform".to_owned(),
        }
    }

    /// The name that policies know it by.
    fn name(&self) -> &'static str {
        match self {
            Self::None => "none",
            Self::Tenant { .. } => "tenant",
            Self::Own(_) => "own",
            Self::Platform(_) => "platform",
        }
    }

    fn tenant_key(&self) -> &str {
        match self {
            Self::Tenant { tenant, .. } => tenant.as_str(),
            _ => "",
        }
    }

    fn user(&self) -> Option<&UserKey> {
        match self {
            Self::Tenant { actor, .. } => actor.as_ref(),
            Self::Own(user) => Some(user),
            Self::None | Self::Platform(_) => None,
        }
    }

    fn reason(&self) -> &str {
        match self {
            Self::Platform(reason) => reason,
            _ => "",
        }
    }
}

/// How a scoped transaction begins.
pub(super) struct Opening<'a> {
    pub scope: &'a Scope,
    /// Who a change is made for; reads have nobody but the user of the scope.
    pub actor: Option<&'a Actor>,
    /// What the system itself does ("nightly expiry").
    pub system: &'a str,
    /// `BEGIN` with its modes.
    pub begin: &'static str,
}

impl Opening<'_> {
    /// Sends `BEGIN`, the role and the settings at once, and answers whether the role is one that policies do not hold for.
    /// The settings never have a name on the server and need no preparation, so what is sent after them runs after them.
    pub(super) async fn send(&self, db: &Db, connection: &Object) -> Result<bool, Error> {
        let begin = match db.role() {
            // A word of the program.
            Some(role) => format!("{}; SET LOCAL ROLE \"{role}\"", self.begin),
            None => self.begin.to_owned(),
        };
        let ((), rows) = tokio::try_join!(connection.batch_execute(&begin), self.settings(connection))?;
        rows.first().map_or(Ok(true), |row| row.try_get(0))
    }

    pub(super) async fn settings(&self, connection: &Object) -> Result<Vec<PgRow>, Error> {
        let set = sql!(
            "SELECT coalesce((SELECT rolsuper OR rolbypassrls FROM pg_catalog.pg_roles WHERE rolname = current_user), true),
                    set_config('muster.scope', $1, true), set_config('muster.tenant', $2, true),
                    set_config('muster.actor', $3, true), set_config('muster.request', $4, true),
                    set_config('muster.system', $5, true), set_config('muster.address', $6, true),
                    set_config('TimeZone', 'UTC', true)"
        );
        let user = self.scope.user().or(self.actor.and_then(|actor| actor.user.as_ref()));
        let user = user.map_or("", UserKey::as_str);
        let request = self.actor.and_then(|actor| actor.request_id.as_deref()).unwrap_or_default();
        let address = self.actor.and_then(|actor| actor.address.as_deref()).unwrap_or_default();
        let system = if self.system.is_empty() { self.scope.reason() } else { self.system };
        let texts = [self.scope.name(), self.scope.tenant_key(), user, request, system, address];
        let params: Vec<(Param<'_>, Type)> =
            texts.iter().map(|text| (text as Param<'_>, Type::TEXT)).collect();
        connection.query_typed(set.text(), &params).await
    }
}

/// 503: the policies would not hold, so nothing is read or written.
pub(super) fn unrestricted() -> crate::Error {
    unavailable_because(
        "The database would not keep organizations apart: its user is a superuser or bypasses row-level security. Run the \
         migrations, which make a restricted role",
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cached_responses_of_different_scopes_have_different_keys() {
        let (tenant, user) = (TenantKey::from(1), UserKey::from(1));
        let scopes = [
            Scope::None,
            Scope::tenant(1),
            Scope::tenant(2),
            Scope::Tenant { tenant, actor: Some(user.clone()) },
            Scope::Own(user),
            Scope::Platform("a report".to_owned()),
        ];
        let keys: std::collections::BTreeSet<String> = scopes.iter().map(Scope::cache_key).collect();
        assert_eq!(keys.len(), scopes.len());
    }

    #[test]
    fn scope_survives_the_payload_of_a_job() {
        let scope = Scope::Tenant { tenant: TenantKey::from(7), actor: Some(UserKey::from(8)) };
        let json = serde_json::to_value(&scope).expect("JSON");
        assert_eq!(json, serde_json::json!({ "tenant": { "tenant": "7", "actor": "8" } }));
        assert_eq!(serde_json::from_value::<Scope>(json).expect("a scope"), scope);
    }
}
