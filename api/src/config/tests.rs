use secrecy::ExposeSecret;
use tempfile::TempDir;

use super::*;

fn load(flags: &[(&'static str, &str)], environment: &Environment, file: Option<&str>) -> Result<Config, String> {
    let folder = TempDir::new().unwrap();
    let path = folder.path().join("portal.toml");
    if let Some(text) = file {
        std::fs::write(&path, text).unwrap();
    }
    let mut flags: Flags = flags.iter().map(|(name, value)| (*name, (*value).to_owned())).collect();
    flags.entry("data_dir").or_insert_with(|| folder.path().join("data").display().to_string());
    Config::load(&flags, environment, file.map(|_| path.as_path())).map_err(|error| error.to_string())
}

type Case = (&'static [(&'static str, &'static str)], Environment, Option<&'static str>, &'static str);

fn port(config: Result<Config, String>) -> u16 {
    config.unwrap().listen.port()
}

#[test]
fn flag_before_environment_before_file_before_default() {
    let environment = Environment::from([("RESELLPORTAL_LISTEN", "127.0.0.1:2")]);
    let file = Some("listen = \"127.0.0.1:3\"");
    assert_eq!(port(load(&[("listen", "127.0.0.1:1")], &environment, file)), 1);
    assert_eq!(port(load(&[], &environment, file)), 2);
    assert_eq!(port(load(&[], &Environment::default(), file)), 3);
    assert_eq!(port(load(&[], &Environment::default(), None)), 8080);
}

#[test]
fn secrets_come_from_files_before_the_toml_file() {
    let folder = TempDir::new().unwrap();
    let path = folder.path().join("url");
    std::fs::write(&path, "postgres://from-file/db\n").unwrap();
    let named = [("RESELLPORTAL_DATABASE_URL_FILE", path.to_str().unwrap())];
    let file = Some("database_url = \"postgres://from-toml/db\"");
    let url = |environment: &Environment| load(&[], environment, file).unwrap().database_url.expose_secret().to_owned();
    assert_eq!(url(&Environment::from(named)), "postgres://from-file/db");
    assert_eq!(
        url(&Environment::from([named[0], ("DATABASE_URL", "postgres://from-env/db")])),
        "postgres://from-env/db"
    );
    assert_eq!(url(&Environment::default()), "postgres://from-toml/db");
}

#[test]
fn generated_secrets_stay() {
    let folder = TempDir::new().unwrap();
    let secret = || {
        let flags = Flags::from([("data_dir", folder.path().display().to_string())]);
        let config = Config::load(&flags, &Environment::default(), None).unwrap();
        config.secrets.token.expose_secret().to_owned()
    };
    assert_eq!(secret(), secret());
    assert!(secret().len() >= MIN_SECRET_BYTES);
}

#[test]
fn every_wrong_setting_is_named_in_one_line() {
    let none = Environment::default();
    let cases: [Case; 16] = [
        (&[("listen", "8080")], none.clone(), None, "--listen: \"8080\" is not an address"),
        (&[("public_url", "portal.example.com")], none.clone(), None, "--public-url"),
        (&[("public_url", "http://portal.example.com")], none.clone(), None, "--public-url"),
        (&[("public_url", "https://portal.example.com/app")], none.clone(), None, "--public-url"),
        (&[("public_url", "ftp://portal.example.com")], none.clone(), None, "--public-url"),
        (&[("database_url", "mysql://x")], none.clone(), None, "--database-url"),
        (&[("database_url", "sqlite::memory:")], none.clone(), None, "--database-url"),
        (&[("max_connections", "0")], none.clone(), None, "--max-connections"),
        (&[("log_json", "yes")], none.clone(), None, "--log-json"),
        (&[("app_dir", "/nowhere/at/all")], none.clone(), None, "app_dir"),
        (&[], Environment::from([("RESELLPORTAL_LISTN", "x")]), None, "did you mean RESELLPORTAL_LISTEN?"),
        (&[], Environment::from([("RESELLPORTAL_TOKEN_SECRET", "short")]), None, "RESELLPORTAL_TOKEN_SECRET"),
        (&[], Environment::from([("RESELLPORTAL_TOKEN_SECRET_FILE", "/nowhere")]), None, "TOKEN_SECRET_FILE"),
        (&[], none.clone(), Some("lisen = \"x\""), "did you mean listen?"),
        (&[], none.clone(), Some("listen = [1]"), "listen in"),
        (&[], none.clone(), Some("listen = "), "portal.toml"),
    ];
    for (flags, environment, file, expected) in cases {
        let error = load(flags, &environment, file).unwrap_err();
        assert!(error.contains(expected) && !error.contains('\n'), "{expected}: {error}");
    }
}

#[test]
fn variables_of_orchestrators_are_left_alone() {
    let environment = Environment::from([
        ("RESELLPORTAL_SERVICE_HOST", "10.0.0.1"),
        ("RESELLPORTAL_PORT_8080_TCP", "tcp://10.0.0.1:8080"),
        ("RESELLPORTAL_LISTEN", ""),
    ]);
    assert_eq!(port(load(&[], &environment, None)), 8080);
}

#[test]
fn a_password_in_a_database_url_is_not_repeated() {
    let error = load(&[("database_url", "mysql://root:hunter2@host/db")], &Environment::default(), None).unwrap_err();
    assert!(!error.contains("hunter2"), "{error}");
}

#[test]
fn public_urls() {
    let given = |url: &str, allow_http| checked_public_url(url, allow_http).ok();
    assert_eq!(given("https://portal.example.com/", false).as_deref(), Some("https://portal.example.com"));
    for local in ["http://localhost:8080", "http://127.0.0.1:1", "http://[::1]:8080"] {
        assert_eq!(given(local, false).as_deref(), Some(local));
    }
    assert_eq!(given("http://portal.example.com", false), None);
    assert!(given("http://portal.example.com", true).is_some());
    assert_eq!(given("http://localhost.evil.example", false), None);
}

#[test]
fn without_a_public_url_it_is_where_the_server_listens() {
    let mut config = Config::embedded(Path::new("data"), None);
    assert_eq!(config.public_url_at("127.0.0.1:4711".parse().unwrap()), "http://127.0.0.1:4711");
    assert_eq!(config.public_url_at("0.0.0.0:80".parse().unwrap()), "http://localhost:80");
    config.public_url = "https://portal.example.com".to_owned();
    assert_eq!(config.public_url_at("0.0.0.0:80".parse().unwrap()), "https://portal.example.com");
}
