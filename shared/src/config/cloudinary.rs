//! The account at Cloudinary, in the variables that its own libraries and the legacy server read.

use percent_encoding::percent_decode_str;
use secrecy::SecretString;
use url::{Host, Url};

use super::Variables;

/// Where the service answers.
const ENDPOINT: &str = "https://api.cloudinary.com";

/// An account at Cloudinary.
#[derive(Clone, Debug)]
pub struct CloudinaryConfig {
    /// The account's name, as in the addresses of its files.
    pub cloud: String,
    /// The key: says which access is used, and is no secret.
    pub key: String,
    /// The secret: signs requests.
    pub secret: SecretString,
    /// `CLOUDINARY_FOLDER` (default: what the system says): how the names of our files begin. Nothing outside is touched.
    pub folder: String,
    /// `CLOUDINARY_UPLOAD_PREFIX` (`https://api.cloudinary.com`): where the service answers.
    pub endpoint: Url,
    /// Which variables say so.
    pub source: CloudinarySource,
}

/// The variables an account was read from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CloudinarySource {
    /// `CLOUDINARY_URL`: `cloudinary://<key>:<secret>@<cloud>`.
    Url,
    /// `CLOUDINARY_CLOUD_NAME`, `CLOUDINARY_API_KEY` and `CLOUDINARY_API_SECRET`.
    Keys,
}

/// Name, key and secret of an account.
type Account = (String, String, String);

impl Variables<'_> {
    /// The account, if there is one.
    pub(super) fn cloudinary(&mut self) -> Option<CloudinaryConfig> {
        let (source, account) = match self.text("CLOUDINARY_URL") {
            Some(url) => (CloudinarySource::Url, self.cloudinary_url(&url)),
            None => (CloudinarySource::Keys, self.cloudinary_keys()),
        };
        let (cloud, key, secret) = account?;
        let folder = self.cloudinary_folder();
        let endpoint = self.cloudinary_endpoint()?;
        Some(CloudinaryConfig { cloud, key, secret: secret.into(), folder, endpoint, source })
    }

    fn cloudinary_url(&mut self, text: &str) -> Option<Account> {
        let account = account(text);
        if account.is_none() {
            self.problems.push("CLOUDINARY_URL must be cloudinary://<key>:<secret>@<cloud name>".to_owned());
        }
        account
    }

    fn cloudinary_keys(&mut self) -> Option<Account> {
        let names = ["CLOUDINARY_CLOUD_NAME", "CLOUDINARY_API_KEY", "CLOUDINARY_API_SECRET"];
        match names.map(|name| self.text(name)) {
            [None, None, None] => None,
            [Some(cloud), Some(key), Some(secret)] if is_plain(&cloud) && is_plain(&key) => {
                Some((cloud, key, secret))
            }
            [Some(_), Some(_), Some(_)] => {
                self.problems.push(format!("{} and {} are letters and digits only", names[0], names[1]));
                None
            }
            // Files would silently go somewhere else.
            _ => {
                self.problems.push(format!("{} must be set together", names.join(", ")));
                None
            }
        }
    }

    fn cloudinary_folder(&mut self) -> String {
        let folder =
            self.text("CLOUDINARY_FOLDER").unwrap_or_else(|| self.storage.cloudinary_folder.to_owned());
        let folder = folder.trim_matches('/').to_owned();
        if folder.is_empty() || !folder.split('/').all(is_plain) {
            self.problems.push("CLOUDINARY_FOLDER must be a name such as school-files".to_owned());
        }
        folder
    }

    /// Over the network only encrypted: requests that list files carry the secret itself.
    fn cloudinary_endpoint(&mut self) -> Option<Url> {
        let text = self.text("CLOUDINARY_UPLOAD_PREFIX").unwrap_or_else(|| ENDPOINT.to_owned());
        let endpoint = Url::parse(&text).ok().filter(|url| url.scheme() == "https" || is_local(url));
        if endpoint.is_none() {
            self.problems.push(
                "CLOUDINARY_UPLOAD_PREFIX must be an address such as https://api-eu.cloudinary.com"
                    .to_owned(),
            );
        }
        endpoint
    }
}

fn account(text: &str) -> Option<Account> {
    let url = Url::parse(text).ok().filter(|url| url.scheme() == "cloudinary")?;
    let secret = percent_decode_str(url.password()?).decode_utf8().ok()?.into_owned();
    let (cloud, key) = (url.host_str()?.to_owned(), url.username().to_owned());
    (is_plain(&cloud) && is_plain(&key) && !secret.is_empty()).then_some((cloud, key, secret))
}

/// Nothing that has a meaning in an address or in a text to be signed.
fn is_plain(name: &str) -> bool {
    !name.is_empty() && name.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '-' | '_'))
}

fn is_local(url: &Url) -> bool {
    url.scheme() == "http"
        && match url.host() {
            Some(Host::Ipv4(address)) => address.is_loopback(),
            Some(Host::Ipv6(address)) => address.is_loopback(),
            Some(Host::Domain(name)) => name == "localhost",
            None => false,
        }
}

#[cfg(test)]
mod tests {
    use secrecy::ExposeSecret;

    use super::*;
    use crate::config::Config;

    fn read(variables: &[(&str, &str)]) -> Result<Option<CloudinaryConfig>, String> {
        let lookup =
            |name: &str| variables.iter().find(|(key, _)| *key == name).map(|(_, value)| (*value).to_owned());
        match Config::read(&lookup) {
            Ok(config) => Ok(config.files.cloudinary),
            Err(error) => Err(error.to_string()),
        }
    }

    #[test]
    fn one_address_or_three_keys_name_an_account() {
        let url = read(&[("CLOUDINARY_URL", "cloudinary://1234:a_b-C@Demo?secure=true")]).unwrap().unwrap();
        assert_eq!((&*url.cloud, &*url.key, url.secret.expose_secret()), ("Demo", "1234", "a_b-C"));
        assert_eq!((url.source, &*url.folder), (CloudinarySource::Url, "rotc-grading-system"));
        assert_eq!(url.endpoint.as_str(), "https://api.cloudinary.com/");
        let keys = read(&[
            ("CLOUDINARY_CLOUD_NAME", "demo"),
            ("CLOUDINARY_API_KEY", "1234"),
            ("CLOUDINARY_API_SECRET", "abcd"),
            ("CLOUDINARY_FOLDER", "/school/rotc/"),
        ]);
        let keys = keys.unwrap().unwrap();
        assert_eq!((keys.source, &*keys.folder), (CloudinarySource::Keys, "school/rotc"));
        assert!(read(&[("CLOUDINARY_URL", " ")]).unwrap().is_none());
    }

    #[test]
    fn what_is_wrong_is_told_without_the_secret() {
        let urls = [
            "https://1234:hush@demo",
            "cloudinary://demo",
            "cloudinary://1234@demo",
            "hush",
            "cloudinary://a:hush@b.c",
        ];
        for url in urls {
            let problem = read(&[("CLOUDINARY_URL", url)]).unwrap_err();
            assert!(problem.contains("CLOUDINARY_URL") && !problem.contains("hush"), "{problem}");
        }
        let some = read(&[("CLOUDINARY_API_KEY", "1234"), ("CLOUDINARY_API_SECRET", "hush")]).unwrap_err();
        assert!(some.contains("set together") && !some.contains("hush"), "{some}");
        let good = ("CLOUDINARY_URL", "cloudinary://1234:hush@demo");
        assert!(read(&[good, ("CLOUDINARY_FOLDER", "a&type=upload")]).is_err());
        assert!(read(&[good, ("CLOUDINARY_UPLOAD_PREFIX", "http://api.example.test")]).is_err());
        let known = read(&[good, ("CLOUDINARY_UPLOAD_PREFIX", "http://127.0.0.1:4000")]).unwrap();
        assert!(!format!("{known:?}").contains("hush"));
    }
}
