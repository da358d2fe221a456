//! A restore drill: a backup that was written while money moved is unpacked, proven and served.

use api::auth::Actor;
use api::backup::{self, BackupError};
use api::clock::Clock;
use api::config::{Config, Environment, Flags};
use api::features::accounts::service::get_reseller;
use api::features::ledger::verify::prove;
use api::features::lifecycle::service::{Context, top_up};
use api::server::{self, Migrations};
use secrecy::ExposeSecret;
use shared::dto::session::LogInRequest;
use shared::dto::wallet::{LedgerProof, Wallet};
use shared::paths;
use shared::vocab::Role;
use tests::app::{NOW, PASSWORD, at};
use tests::{Caller, Engine, TestApp};

#[test]
fn what_was_backed_up_while_money_moved_is_restored_and_proven() {
    tests::block_on(async {
        let app = TestApp::start(Engine::Sqlite).await;
        let id = app.reseller("Harbour").await;
        app.import_example("Harbour").await;
        app.member(id, "mara@example.com", Role::Owner).await;
        let reseller = get_reseller(app.db(), id).await.unwrap();
        let (now, system) = (app.clock().now(&reseller), Actor::system());
        let context = Context::new(&reseller, now, &system);
        let credit = async || app.db().write(id, async |tx| top_up(tx, &context, 1, "Cent", None).await).await.unwrap();
        let before = credit().await.sequence;

        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("backup.tar");
        let writing = async {
            for _ in 0..100 {
                credit().await;
            }
        };
        let (written, ()) = futures_util::join!(backup::write(&app.server.state.config, &file), writing);
        assert_eq!(written.unwrap(), std::fs::metadata(&file).unwrap().len());
        let again = backup::write(&app.server.state.config, &file).await.unwrap_err();
        assert!(matches!(again, BackupError::Exists(_)), "{again}");
        assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 1, "nothing is left beside it");

        let data = folder.path().join("restored");
        std::fs::create_dir(&data).unwrap();
        let unpacked = std::process::Command::new("tar").arg("-xf").arg(&file).arg("-C").arg(&data).status().unwrap();
        assert!(unpacked.success());
        let flags = Flags::from([("data_dir", data.display().to_string()), ("listen", "127.0.0.1:0".to_owned())]);
        let config = Config::load(&flags, &Environment::default(), None).unwrap();
        for ((name, restored), (_, original)) in
            config.secrets.named().iter().zip(app.server.state.config.secrets.named())
        {
            assert_eq!(restored.expose_secret(), original.expose_secret(), "{name}");
        }
        let restored = server::start(config, Clock::fixed(at(NOW)), Migrations::Refuse).unwrap();
        let proof = restored.state.db.read(async |tx| prove(tx, id).await).await.unwrap();
        assert_eq!(proof.differences(), Vec::<String>::new());
        assert!((before..=before + 100).contains(&proof.entry_count), "{before} {}", proof.entry_count);
        let caller = Caller::new(&restored.url());
        let log_in = LogInRequest { email: "mara@example.com".to_owned(), password: PASSWORD.to_owned() };
        caller.post(paths::SESSION, &log_in).await.is_done();
        let wallet: Wallet = caller.read(paths::WALLET).await;
        assert_eq!(wallet.entry_count, proof.entry_count);
        assert!(caller.read::<LedgerProof>(paths::WALLET_PROOF).await.is_proven);
    });
}

#[test]
fn postgres_is_left_to_its_own_tools_and_only_its_secrets_are_written() {
    if tests::postgres::server_url().is_none() {
        return;
    }
    tests::block_on(async {
        let app = TestApp::start(Engine::Postgres).await;
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("backup.tar");
        let refused = backup::write(&app.server.state.config, &file).await.unwrap_err();
        assert!(matches!(refused, BackupError::Postgres) && refused.to_string().contains("pg_dump"), "{refused}");
        assert!(!file.exists());
        backup::write_secrets(&app.server.state.config, &file).unwrap();
        let listed = std::process::Command::new("tar").arg("-tf").arg(&file).output().unwrap();
        let names = String::from_utf8(listed.stdout).unwrap();
        assert_eq!(
            names.lines().collect::<Vec<_>>(),
            ["secrets/token_secret", "secrets/cursor_secret", "secrets/end_user_secret"]
        );
    });
}
