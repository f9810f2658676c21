//! The configuration of one of several systems in one environment.

use super::Variables;
use crate::{Result, config::Config, system::System};

impl Config {
    /// Reads the environment of the process for one system: `SCHOOL_PORT` wins over `PORT` for the system `school`, and so
    /// does every other variable.
    #[expect(clippy::disallowed_methods, reason = "the one place that reads the environment")]
    pub fn for_system(system: &System) -> Result<Self> {
        Self::read_for(system, &|name| std::env::var(name).ok())
    }

    /// The same for the program that starts what is missing by itself: where neither a database nor an environment is named it
    /// is a laptop, which is development, also to the settings of the system.
    #[expect(clippy::disallowed_methods, reason = "the one place that reads the environment")]
    pub fn for_system_or_laptop(system: &System) -> Result<Self> {
        Self::read_for_or_laptop(system, &|name| std::env::var(name).ok())
    }

    /// The same through `lookup`.
    pub fn read_for_or_laptop(system: &System, lookup: &dyn Fn(&str) -> Option<String>) -> Result<Self> {
        let prefix = system.variable("");
        let vars = Variables { lookup, prefix, storage: system.storage, problems: Vec::new() };
        let is_laptop = vars.is_laptop();
        Self::read_for(system, &|name| match name {
            "MUSTER_ENV" if is_laptop => Some("development".to_owned()),
            name => lookup(name),
        })
    }

    /// The same as [`Self::for_system`] through `lookup`; empty variables count as absent.
    pub fn read_for(system: &System, lookup: &dyn Fn(&str) -> Option<String>) -> Result<Self> {
        let config = Self::read_with(lookup, system.variable(""), system.storage, system.settings)?;
        Ok(Self { system: Some(system.name), ..config })
    }
}

#[cfg(test)]
mod tests {
    use secrecy::ExposeSecret;

    use crate::{
        config::Config,
        system::{Storage, System, sample},
    };

    static SCHOOL: System = System {
        name: "evening-school",
        storage: &Storage { prefix: "evening-school/", cloudinary_folder: "evening", intakes: &[] },
        ..sample::SAMPLE
    };

    fn read(variables: &[(&str, &str)]) -> Config {
        let lookup = |name: &str| {
            let found = variables.iter().find(|(known, _)| *known == name);
            found.map(|(_, value)| (*value).to_owned())
        };
        Config::read_for(&SCHOOL, &lookup).unwrap()
    }

    fn database(config: &Config) -> &str {
        config.database.url.as_ref().unwrap().expose_secret()
    }

    #[test]
    fn laptop_is_development_and_nothing_else_is() {
        let read = |variables: &[(&str, &str)]| {
            let lookup = |name: &str| {
                let found = variables.iter().find(|(known, _)| *known == name);
                found.map(|(_, value)| (*value).to_owned())
            };
            let config = Config::read_for_or_laptop(&SCHOOL, &lookup).unwrap();
            (config.production, config.imitations)
        };
        assert_eq!(read(&[("MUSTER_ENV", " "), ("DEMO_PASSWORD", "pass phrase")]), (false, true));
        for named in [
            ("DATABASE_URL", "postgres://school"),
            ("EVENING_SCHOOL_DATABASE_URL", "postgres://school"),
            ("MUSTER_ENV", "production"),
            ("NODE_ENV", "production"),
            ("EVENING_SCHOOL_MUSTER_ENV", "production"),
        ] {
            assert_eq!(read(&[named]), (true, false), "{named:?}");
        }
    }

    #[test]
    fn variable_of_the_system_wins_over_the_common_one() {
        let config = read(&[
            ("TRUSTED_HOPS", "1"),
            ("EVENING_SCHOOL_TRUSTED_HOPS", "3"),
            ("BCRYPT_COST", "12"),
            ("EVENING_SCHOOL_BCRYPT_COST", " "),
            ("FILES_BUCKET", "common"),
            ("EVENING_SCHOOL_FILES_REGION", "eu-central-1"),
            ("OTHER_FILES_BUCKET", "other"),
        ]);
        assert_eq!((config.trusted_hops, config.bcrypt_cost), (3, 12));
        assert_eq!(config.files.bucket, "common");
        assert_eq!(config.files.aws.region.as_deref(), Some("eu-central-1"));
    }

    #[test]
    fn alias_of_the_system_wins_over_the_common_name() {
        let config =
            read(&[("DATABASE_URL", "postgres://common"), ("EVENING_SCHOOL_POSTGRES_URL", "postgres://own")]);
        assert_eq!(database(&config), "postgres://own");
        let origins = read(&[("CORS_ALLOWED_ORIGINS", "https://a.example, https://b.example")]).cors_origins;
        assert_eq!(origins, ["https://a.example", "https://b.example"]);
        let origins =
            read(&[("CORS_ALLOWED_ORIGINS", "https://a.example"), ("CORS_ORIGINS", "https://c.example")]);
        assert_eq!(origins.cors_origins, ["https://c.example"]);
    }

    #[test]
    fn files_lie_below_the_prefix_and_folder_of_the_system() {
        assert_eq!(read(&[]).files.prefix, "evening-school/");
        let account = [("CLOUDINARY_URL", "cloudinary://1:secret@cloud")];
        assert_eq!(read(&account).files.cloudinary.unwrap().folder, "evening");
        let named = [account[0], ("CLOUDINARY_FOLDER", "chosen")];
        assert_eq!(read(&named).files.cloudinary.unwrap().folder, "chosen");
    }
}
