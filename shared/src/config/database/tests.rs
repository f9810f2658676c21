use std::collections::HashMap;

use tokio_postgres::config::Host;

use super::*;
use crate::config::Config;

fn parse(text: &str) -> Address {
    text.parse().unwrap_or_else(|problem| panic!("{text}: {problem}"))
}

/// Host, port, user, password and database.
fn parts(address: &Address) -> (String, u16, &str, &str, &str) {
    let options = &address.options;
    let host = match &options.get_hosts()[0] {
        Host::Tcp(name) => name.clone(),
        Host::Unix(path) => path.to_string_lossy().into_owned(),
    };
    let port = options.get_ports().first().copied().unwrap_or(5432);
    let password = std::str::from_utf8(options.get_password().unwrap_or_default()).unwrap_or_default();
    let (user, database) = (options.get_user().unwrap_or_default(), options.get_dbname().unwrap_or_default());
    (host, port, user, password, database)
}

/// As hosts and other programs write them: the encryption, what is verified, and whether it is a transaction pooler.
const ADDRESSES: &[(&str, SslMode, Verify, bool)] = &[
    // Render, Heroku.
    ("postgres://u:p@dpg-1.frankfurt-postgres.render.com/d", SslMode::Prefer, Verify::Nothing, false),
    (
        "postgres://u:p@ec2-1.compute-1.amazonaws.com:5432/d?ssl=true",
        SslMode::Require,
        Verify::Nothing,
        false,
    ),
    // Neon, with a pooler and without.
    (
        "postgresql://u:p@ep-x-pooler.eu-central-1.aws.neon.tech/d?sslmode=require&channel_binding=require",
        SslMode::Require,
        Verify::Nothing,
        true,
    ),
    (
        "postgresql://u:p@ep-x.aws.neon.tech/d?options=endpoint%3Dep-x",
        SslMode::Prefer,
        Verify::Nothing,
        false,
    ),
    // Supabase: the transaction pooler, the session pooler, the direct address.
    (
        "postgres://u.ref:p@aws-0-eu-central-1.pooler.supabase.com:6543/d?supa=base-pooler.x&pgbouncer=true",
        SslMode::Prefer,
        Verify::Nothing,
        true,
    ),
    (
        "postgresql://u.ref:p@aws-0-eu-central-1.pooler.supabase.com:5432/d",
        SslMode::Prefer,
        Verify::Nothing,
        false,
    ),
    ("postgresql://u:p@db.ref.supabase.co:5432/d", SslMode::Prefer, Verify::Nothing, false),
    // Prisma.
    (
        "postgresql://u:p@h:5432/d?schema=public&pgbouncer=true&connection_limit=1&pool_timeout=20",
        SslMode::Prefer,
        Verify::Nothing,
        true,
    ),
    ("postgresql://u:p@h/d?sslmode=require&sslaccept=strict", SslMode::Require, Verify::Host, false),
    // node-postgres.
    ("postgres://u:p@h/d?sslmode=no-verify", SslMode::Require, Verify::Nothing, false),
    ("postgres://u:p@h/d?sslmode=require&uselibpqcompat=true", SslMode::Require, Verify::Nothing, false),
    ("postgres://u:p@h/d?ssl=no-verify", SslMode::Require, Verify::Nothing, false),
    // SQLAlchemy, Django, JDBC, libpq.
    ("postgresql+psycopg2://u:p@h/d", SslMode::Prefer, Verify::Nothing, false),
    ("postgis://u:p@h/d", SslMode::Prefer, Verify::Nothing, false),
    ("jdbc:postgresql://h/d?user=u&password=p&ssl=false", SslMode::Disable, Verify::Nothing, false),
    ("host=h user=u password=p dbname=d sslmode=verify-full", SslMode::Require, Verify::Host, false),
    ("postgres://u:p@h/d?sslmode=verify-ca", SslMode::Require, Verify::Authority, false),
    ("postgres://u:p@h/d?sslmode=verify-full&sslrootcert=system", SslMode::Require, Verify::Host, false),
    // DigitalOcean.
    (
        "postgresql://u:p@db-1.b.db.ondigitalocean.com:25061/d?sslmode=require",
        SslMode::Require,
        Verify::Nothing,
        true,
    ),
    // As copied from a console.
    ("psql 'postgresql://u:p@h/d?sslmode=require'", SslMode::Require, Verify::Nothing, false),
];

#[test]
fn addresses_of_hosts_and_other_drivers_are_read() {
    for (text, mode, verify, pooler) in ADDRESSES.iter().copied() {
        let address = parse(text);
        let (host, _, user, password, database) = parts(&address);
        assert!(user.starts_with('u') && password == "p" && database == "d" && !host.is_empty(), "{text}");
        assert_eq!((address.options.get_ssl_mode(), address.verify), (mode, verify), "{text}");
        assert_eq!(address.pooler, pooler, "{text}");
        assert_eq!(address.ignored, Vec::<String>::new(), "{text}");
    }
}

#[test]
fn names_passwords_and_sockets_are_decoded() {
    let address = parse("postgres://us%40er:p%40ss%2Fw%23rd%25@h:6000/da%20ta");
    assert_eq!(parts(&address), ("h".to_owned(), 6000, "us@er", "p@ss/w#rd%", "da ta"));
    let socket = parse("postgresql://postgres@%2Ftmp%2Fa%20b:5433/d");
    assert_eq!(parts(&socket), ("/tmp/a b".to_owned(), 5433, "postgres", "", "d"));
    let socket = parse("postgresql:///d?host=/var/run/postgresql&user=u");
    assert_eq!(parts(&socket), ("/var/run/postgresql".to_owned(), 5432, "u", "", "d"));
    assert_eq!(parts(&parse("postgres://u@[::1]:5433/d")).0, "::1");
    assert_eq!(parse("postgres://u@a:1,b:2/d").options.get_hosts().len(), 2);
}

#[test]
fn unknown_options_are_named_without_their_values() {
    let address = parse("postgres://u:p@h/d?sslcert=secret.pem&schema=other&sslrootcert=/ca.pem");
    assert_eq!(address.ignored, ["sslcert", "schema", "sslrootcert (set DATABASE_CA)"]);
}

#[test]
fn text_that_is_no_address_is_refused_without_repeating_it() {
    for text in [
        "mysql://u:hunter2@h/d",
        "prisma+postgres://accelerate.prisma-data.net/?api_key=hunter2",
        "postgres://u:hunter2#x@h/d",
        "postgres://u:hunter2@/d",
        "postgres://u:hunter2@h/d?sslmode=hunter2",
        "postgres://u:hunter2@h/d?port=hunter2",
        "https://project.supabase.co",
        "hunter2",
        "",
    ] {
        let problem = text.parse::<Address>().err().unwrap_or_else(|| panic!("{text} is taken"));
        assert!(!problem.contains("hunter2") && problem.starts_with(['m', 'h']), "{text}: {problem}");
    }
}

fn database(variables: &[(&str, &str)]) -> Result<DatabaseConfig> {
    let variables: HashMap<&str, &str> = variables.iter().copied().collect();
    Ok(Config::read(&|name| variables.get(name).map(|value| (*value).to_owned()))?.database)
}

#[test]
fn pooler_and_pool_size_come_from_the_address_unless_set() {
    let pooled = ("DATABASE_URL", "postgres://u:p@h/d?pgbouncer=true&connection_limit=3");
    let config = database(&[pooled]).expect("a configuration");
    assert_eq!((config.pooler, config.unnamed_statements, config.pool_size), (true, true, 3));
    assert!(config.is_only_pooled());

    let set =
        [pooled, ("DATABASE_POOLER", "false"), ("DB_POOL_MAX", "7"), ("DIRECT_URL", "postgres://u@h/d")];
    let config = database(&set).expect("a configuration");
    assert_eq!((config.pooler, config.unnamed_statements, config.pool_size), (false, false, 7));
    assert!(config.direct_url.is_some());

    let function = [("DATABASE_URL", "postgres://u:p@h/d"), ("AWS_LAMBDA_RUNTIME_API", "127.0.0.1:9")];
    let config = database(&function).expect("a configuration");
    assert_eq!((config.pooler, config.unnamed_statements, config.pool_size), (false, true, 1));
}

#[test]
fn wrong_addresses_are_configuration_errors_without_the_password() {
    let wrong = [("DATABASE_URL", "mysql://u:hunter2@h/d"), ("DATABASE_DIRECT_URL", "hunter2")];
    let problem = database(&wrong).expect_err("two problems").to_string();
    assert!(problem.contains("DATABASE_URL must be") && problem.contains("DATABASE_DIRECT_URL must be"));
    assert!(!problem.contains("hunter2"), "{problem}");
}
