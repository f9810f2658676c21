//! Requests that belong to another address of the same installation.

use super::Variables;

/// Which requests are sent on with 308.
#[derive(Clone, Debug, Default)]
pub struct RedirectsConfig {
    /// `REDIRECT_FROM_HOSTS` where `REDIRECT_ENABLED=true`: former host names, in lower case, without a port.
    pub from_hosts: Vec<String>,
    /// `REDIRECT_TARGET_HOST`: the present one.
    pub target_host: String,
    /// `FORCE_HTTPS`: what a trusted proxy received without TLS is sent on to https.
    pub https: bool,
}

impl Variables<'_> {
    pub(super) fn redirects(&mut self) -> RedirectsConfig {
        let https = match self.text("FORCE_HTTPS") {
            Some(_) => self.flag("FORCE_HTTPS"),
            None => {
                let public = self.any(&["PUBLIC_URL", "RENDER_EXTERNAL_URL"]);
                self.production() && public.is_some_and(|url| url.starts_with("https:"))
            }
        };
        let mut redirects = RedirectsConfig { https, ..RedirectsConfig::default() };
        if self.flag("REDIRECT_ENABLED") {
            let hosts = self.list(&["REDIRECT_FROM_HOSTS"]);
            redirects.from_hosts = hosts.iter().map(|host| host.to_ascii_lowercase()).collect();
            redirects.target_host = self.text("REDIRECT_TARGET_HOST").unwrap_or_default();
            if redirects.from_hosts.is_empty() || redirects.target_host.is_empty() {
                let needed = "REDIRECT_ENABLED needs REDIRECT_FROM_HOSTS and REDIRECT_TARGET_HOST";
                self.problems.push(needed.to_owned());
            }
        }
        redirects
    }
}
