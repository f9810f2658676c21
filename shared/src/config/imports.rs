//! Where lists may be imported from.

use url::Url;

use super::Variables;

/// Where people share spreadsheets, and where those services hand the files out.
const KNOWN: &[&str] = &[
    "google.com",
    "googleusercontent.com",
    "dropbox.com",
    "dropboxusercontent.com",
    "onedrive.com",
    "onedrive.live.com",
    "1drv.com",
    "1drv.ms",
    "sharepoint.com",
    "officeapps.live.com",
];

/// Which servers lists are fetched from.
#[derive(Clone, Debug, Default)]
pub struct ImportsConfig {
    /// `IMPORT_HOSTS`: a comma list of domains, which stand for all their names too (default: Google, Dropbox, OneDrive and
    /// SharePoint). They are reached by https at a public address.
    pub domains: Vec<String>,
    /// Entries of `IMPORT_HOSTS` with a scheme, such as `http://files.internal:8080`: servers of one's own, reached as
    /// written.
    pub own: Vec<Url>,
}

impl ImportsConfig {
    /// Whether a list may be fetched from this address, at a public address of the domain or from one's own server.
    pub fn allows(&self, url: &Url) -> bool {
        self.is_own(url) || (url.scheme() == "https" && url.port().is_none() && self.is_known(url))
    }

    /// Whether it is one of one's own servers.
    pub fn is_own(&self, url: &Url) -> bool {
        self.own.iter().any(|own| own.origin() == url.origin())
    }

    /// Only names: an address in digits is nobody's domain.
    fn is_known(&self, url: &Url) -> bool {
        let name = url.domain().unwrap_or_default().trim_end_matches('.');
        let within = |domain: &String| {
            name.strip_suffix(domain.as_str()).is_some_and(|rest| rest.is_empty() || rest.ends_with('.'))
        };
        self.domains.iter().any(within)
    }
}

impl Variables<'_> {
    pub(super) fn imports(&mut self) -> ImportsConfig {
        let mut listed = self.list(&["IMPORT_HOSTS"]);
        if listed.is_empty() {
            listed = KNOWN.iter().map(|domain| (*domain).to_owned()).collect();
        }
        let (own, domains): (Vec<_>, Vec<_>) = listed.into_iter().partition(|entry| entry.contains("://"));
        let (own, wrong): (Vec<_>, Vec<_>) =
            own.iter().map(|entry| Url::parse(entry)).partition(Result::is_ok);
        if !wrong.is_empty() {
            self.problems.push("IMPORT_HOSTS must be a comma list of domains and addresses".to_owned());
        }
        ImportsConfig {
            domains: domains.iter().map(|domain| domain.to_ascii_lowercase()).collect(),
            own: own.into_iter().filter_map(Result::ok).collect(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::Config;

    #[test]
    fn only_known_domains_and_ones_own_servers_are_allowed() {
        let imports = Config::read(&|_| None).unwrap().imports;
        let allows = |text: &str| imports.allows(&Url::parse(text).unwrap());
        for good in [
            "https://docs.google.com/spreadsheets/d/x/export?format=xlsx",
            "https://doc-0k-sheets.googleusercontent.com/x",
            "https://school-my.sharepoint.com/x",
            "https://1drv.ms/x",
            "https://WWW.Dropbox.com/x",
        ] {
            assert!(allows(good), "{good}");
        }
        for bad in [
            "http://docs.google.com/x",
            "https://docs.google.com:8443/x",
            "https://google.com.evil.example/x",
            "https://evilgoogle.com/x",
            "https://evil.example/?docs.google.com",
            "https://docs.google.com@evil.example/x",
            "https://169.254.169.254/latest/meta-data",
            "https://[::1]/x",
            "ftp://docs.google.com/x",
            "file:///etc/passwd",
        ] {
            assert!(!allows(bad), "{bad}");
        }
        let own = Config::read(&|name| {
            (name == "IMPORT_HOSTS").then(|| "http://127.0.0.1:5190, a.example".to_owned())
        });
        let own = own.unwrap().imports;
        assert!(own.allows(&Url::parse("http://127.0.0.1:5190/a.xlsx").unwrap()));
        assert!(own.allows(&Url::parse("https://x.a.example/a.xlsx").unwrap()));
        assert!(!own.allows(&Url::parse("http://127.0.0.1:5191/a.xlsx").unwrap()));
        assert!(!own.allows(&Url::parse("https://docs.google.com/x").unwrap()));
    }
}
