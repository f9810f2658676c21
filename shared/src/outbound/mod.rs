//! Calls to other people's servers: the one HTTP client of the process.

use std::{
    sync::{Arc, OnceLock},
    time::Duration,
};

use reqwest::{Client, ClientBuilder, redirect};
use rustls::{ClientConfig, RootCertStore};

use crate::Result;
use public::PublicOnly;

mod public;

/// The longest wait until a server is reached.
const CONNECT_WITHIN: Duration = Duration::from_secs(5);

/// The longest wait for a whole answer: nobody waits longer for ours.
const ANSWER_WITHIN: Duration = Duration::from_secs(30);

/// An HTTP client. Cheap to clone; built when it is first asked for, since most requests need none.
///
/// It trusts the roots that browsers trust, follows no redirects (whoever can name an address could otherwise point
/// anywhere) and asks no proxy. Its errors may name whole addresses: take them out (`without_url`) where those hold keys.
#[derive(Clone, Debug, Default)]
pub struct Outbound {
    client: Arc<OnceLock<Client>>,
    public: Arc<OnceLock<Client>>,
}

impl Outbound {
    /// The client.
    pub fn client(&self) -> Result<&Client> {
        if let Some(client) = self.client.get() {
            return Ok(client);
        }
        let client = builder()?.build()?;
        Ok(self.client.get_or_init(|| client))
    }

    /// The client for servers that somebody outside has named: it reaches none but those on the public internet. The
    /// caller refuses addresses without a name, which are not looked up.
    pub fn public(&self) -> Result<&Client> {
        if let Some(client) = self.public.get() {
            return Ok(client);
        }
        let client = builder()?.dns_resolver(Arc::new(PublicOnly)).build()?;
        Ok(self.public.get_or_init(|| client))
    }
}

fn builder() -> Result<ClientBuilder> {
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let roots = RootCertStore::from_iter(webpki_roots::TLS_SERVER_ROOTS.iter().cloned());
    let tls = ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()?
        .with_root_certificates(roots)
        .with_no_client_auth();
    Ok(Client::builder()
        .tls_backend_preconfigured(tls)
        .redirect(redirect::Policy::none())
        .no_proxy()
        .http1_only()
        // A function sleeps between requests, and a connection kept over that may be closed at the other end.
        .pool_max_idle_per_host(0)
        .connect_timeout(CONNECT_WITHIN)
        .timeout(ANSWER_WITHIN))
}
