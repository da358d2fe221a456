//! Moving in from CSV files: what is taken, what is refused, and that nothing is done by halves.

use std::path::{Path, PathBuf};

use api::clock::Clock;
use api::config::Secrets;
use api::features::import::{Failure, Options, Report, run};
use sea_orm::{ConnectionTrait, Statement};
use tests::on_both_databases;

use super::stage::{Stage, at};

const AS_OF: &str = "2026-11-22T13:02:00Z";

struct Import {
    stage: Stage,
    secrets: Secrets,
    folder: tempfile::TempDir,
}

impl Import {
    async fn new(engine: tests::Engine) -> Self {
        Self { stage: Stage::new(engine).await, secrets: Secrets::ephemeral(), folder: tempfile::tempdir().unwrap() }
    }

    fn write(&self, file: &str, text: impl AsRef<[u8]>) -> &Self {
        std::fs::write(self.folder.path().join(file), text).unwrap();
        self
    }

    /// One product, one client, one activation paid by one top-up.
    fn write_small(&self) -> &Self {
        self.write("products.csv", "external_id,name\nwriter,AI Writer\n")
            .write("prices.csv", "product,billing_interval,amount\nwriter,monthly,10.00\n")
            .write("clients.csv", "external_id,name,email\nkestrel,Kestrel Cycles,shop@kestrel.example\n")
            .write(
                "activations.csv",
                "external_id,product,client,billing_interval,activated_on\nA1,writer,kestrel,monthly,2026-11-01\n",
            )
            .write("balance_movements.csv", "external_id,kind,amount,occurred_at\nM1,top_up,25,2026-11-01\n")
            .write("usage.csv", "id,activation,end_user,occurred_at\n1,A1,mia,2026-11-20T10:00:00Z\n")
    }

    async fn run_folder(&self, folder: &Path, options: Options) -> Result<Report, Failure> {
        let clock = Clock::fixed(at(AS_OF));
        let reseller = self.stage.reseller.id.to_string();
        run(&self.stage.db, &clock, &self.secrets, folder, &reseller, options).await
    }

    async fn run(&self) -> Result<Report, Failure> {
        self.run_folder(self.folder.path(), Options::default()).await
    }

    async fn update(&self) -> Result<Report, Failure> {
        self.run_folder(self.folder.path(), Options { may_update: true, ..Options::default() }).await
    }

    /// The mistakes an import was refused for, as they are printed.
    async fn mistakes(&self) -> Vec<String> {
        mistakes(self.run().await)
    }

    async fn count(&self, table: &str) -> i64 {
        let pool = self.stage.db.pool();
        let sql = format!("SELECT COUNT(*) FROM {table}");
        let row = pool.query_one_raw(Statement::from_string(pool.get_database_backend(), sql)).await.unwrap();
        row.unwrap().try_get_by_index(0).unwrap()
    }

    async fn is_empty(&self) -> bool {
        let mut rows = 0;
        for table in ["products", "clients", "activations", "ledger_entries", "usage_events", "imported_rows", "events"]
        {
            rows += self.count(table).await;
        }
        rows == 0
    }
}

fn mistakes(outcome: Result<Report, Failure>) -> Vec<String> {
    match outcome {
        Err(Failure::Problems(problems)) => problems.listed().iter().map(ToString::to_string).collect(),
        other => panic!("{other:?}"),
    }
}

fn example() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../examples/import")
}

on_both_databases! {
    async fn the_example_comes_to_the_figures_worked_out_by_hand(engine) {
        let import = Import::new(engine).await;
        let report = import.run_folder(&example(), Options::default()).await.unwrap();
        assert_eq!(report.balance.minor, 22_646);
        assert_eq!((report.activations.added, report.usage.added, report.usage_not_counted), (10, 56, 3));
        import.stage.prove().await;

        let pool = import.stage.db.pool();
        let number = async |sql: &str| -> i64 {
            let row = pool.query_one_raw(Statement::from_string(pool.get_database_backend(), sql)).await.unwrap();
            row.unwrap().try_get_by_index(0).unwrap()
        };
        let of_status = async |status: &str| number(&format!("SELECT COUNT(*) FROM activations WHERE status = '{status}'")).await;
        let statuses = [of_status("active").await, of_status("paused").await, of_status("expired").await, of_status("deactivated").await];
        assert_eq!(statuses, [7, 1, 1, 1]);
        let cost = async |interval: &str| {
            number(&format!("SELECT CAST(SUM(price_minor) AS BIGINT) FROM activations WHERE renews_at IS NOT NULL AND billing_interval = '{interval}'")).await
        };
        let costs = [cost("monthly").await, cost("quarterly").await, cost("semiannual").await, cost("yearly").await];
        assert_eq!(costs, [6_300, 5_400, 22_500, 19_000]);

        // 22 November 2026 is day 20779.
        let mut people = Vec::new();
        for day in 20_773..=20_779 {
            people.push(number(&format!("SELECT active FROM usage_day_counts WHERE scope_kind = 0 AND day = {day}")).await);
        }
        assert_eq!(people, [4, 5, 5, 5, 6, 2, 3]);
        let trailing = async |column: &str, day: i64| {
            number(&format!("SELECT CAST(SUM({column}) AS BIGINT) FROM usage_day_counts WHERE scope_kind = 0 AND day <= {day}")).await
        };
        assert_eq!(trailing("change_30", 20_779).await, 16);
        assert_eq!(trailing("change_30", 20_749).await, 7);
        assert_eq!(trailing("change_7", 20_779).await, 13);
        assert_eq!(number("SELECT ever_used FROM usage_states").await, 16);
    }
}

on_both_databases! {
    async fn a_balance_that_was_low_in_the_past_is_not_told(engine) {
        let import = Import::new(engine).await;
        let alert = "UPDATE ledger_accounts SET low_balance_thresholds = '[23000]' WHERE kind = 'wallet'";
        import.stage.db.pool().execute_unprepared(alert).await.unwrap();
        import.run_folder(&example(), Options::default()).await.unwrap();
        assert!(import.stage.balance().await < 23_000);
        assert_eq!(import.count("notices").await, 0);
    }
}

on_both_databases! {
    async fn the_same_folder_twice_changes_nothing(engine) {
        let import = Import::new(engine).await;
        import.run_folder(&example(), Options::default()).await.unwrap();
        let before = [import.count("ledger_entries").await, import.count("events").await, import.count("usage_events").await];
        let again = import.run_folder(&example(), Options::default()).await.unwrap();
        assert!(again.changes_nothing(), "{again:?}");
        assert_eq!(again.usage.unchanged, 56);
        assert_eq!(again.balance.minor, 22_646);
        let after = [import.count("ledger_entries").await, import.count("events").await, import.count("usage_events").await];
        assert_eq!(before, after);
    }
}

on_both_databases! {
    async fn a_dry_run_tells_everything_and_leaves_nothing(engine) {
        let import = Import::new(engine).await;
        let options = Options { is_dry_run: true, ..Options::default() };
        let report = import.run_folder(&example(), options).await.unwrap();
        assert_eq!((report.is_dry_run, report.balance.minor, report.activations.added), (true, 22_646, 10));
        // The reseller itself is all there is.
        assert!(import.is_empty().await);
    }
}

on_both_databases! {
    async fn one_mistake_and_nothing_is_imported(engine) {
        let import = Import::new(engine).await;
        import.write_small().write("usage.csv", "id,activation,end_user,occurred_at\n1,A1,mia,2026-11-20T10:00:00Z\n2,A2,mia,2026-11-20T10:00:00Z\n");
        assert_eq!(import.mistakes().await, [r#"usage.csv, line 3, column activation: there is no activation "A2"; did you mean "A1"?"#]);
        assert!(import.is_empty().await);
    }
}

on_both_databases! {
    async fn a_first_charge_that_is_not_covered_is_a_mistake_a_renewal_is_not(engine) {
        let import = Import::new(engine).await;
        import.write_small().write("balance_movements.csv", "external_id,kind,amount,occurred_at\nM1,top_up,9.99,2026-11-01\n");
        assert_eq!(import.mistakes().await, [
            "activations.csv, line 2, column activated_on: the balance does not cover this: 10.00 EUR is needed, 9.99 EUR is \
             available, 0.01 EUR is missing. Put a movement before it."
        ]);
        import.write("activations.csv", "external_id,product,client,billing_interval,activated_on\nA1,writer,kestrel,monthly,2026-10-18\n");
        import.write("balance_movements.csv", "external_id,kind,amount,occurred_at\nM1,top_up,10,2026-10-18\n");
        assert_eq!(import.run().await.unwrap().balance.minor, 0);
        let pool = import.stage.db.pool();
        let sql = "SELECT status FROM activations WHERE grace_until_at IS NOT NULL";
        let row = pool.query_one_raw(Statement::from_string(pool.get_database_backend(), sql)).await.unwrap().unwrap();
        assert_eq!(row.try_get_by_index::<String>(0).unwrap(), "active");
        import.stage.prove().await;
    }
}

on_both_databases! {
    async fn changed_rows_need_permission_and_some_never_change(engine) {
        let import = Import::new(engine).await;
        import.write_small();
        import.run().await.unwrap();
        import.write("clients.csv", "external_id,name,email\nkestrel,Kestrel & Sons,shop@kestrel.example\n");
        assert_eq!(import.mistakes().await, [
            "clients.csv, line 2: the row differs from what was imported; --update takes the change over"
        ]);
        let report = import.update().await.unwrap();
        assert_eq!((report.clients.updated, report.activations.unchanged), (1, 1));
        assert_eq!(import.count("activation_words WHERE word = 'sons'").await, 1);
        assert_eq!(import.count("activations WHERE sort_client = 'kestrel & sons'").await, 1);

        import.write("activations.csv", "external_id,product,client,billing_interval,activated_on\nA1,writer,kestrel,monthly,2026-11-02\n");
        import.write("prices.csv", "product,billing_interval,amount\nwriter,monthly,11.00\n");
        import.write("balance_movements.csv", "external_id,kind,amount,occurred_at\nM1,top_up,26,2026-11-01\n");
        let told = mistakes(import.update().await);
        assert_eq!(told.len(), 3, "{told:#?}");
        assert!(told[0].starts_with("prices.csv, line 2, column amount: is 10.00 EUR since 2000-01-01"), "{}", told[0]);
        assert!(told[1].starts_with("activations.csv, line 2: the row differs from what was imported, in something"));
        assert!(told[2].starts_with("balance_movements.csv, line 2: the row differs"));

        import.write_small().write("clients.csv", "external_id,name,email\nkestrel,Kestrel & Sons,shop@kestrel.example\n");
        import.write("usage.csv", "id,activation,end_user,occurred_at\n1,A1,noa,2026-11-20T10:00:00Z\n");
        assert_eq!(import.mistakes().await, [
            "usage.csv, line 2: the row differs from what was imported; usage that was counted cannot change"
        ]);
        import.write("usage.csv", "id,activation,end_user,occurred_at\n1,A1,mia,2026-11-20T10:00:00Z\n");
        import.write("prices.csv", "product,billing_interval,amount,valid_from_on\nwriter,monthly,10.00,\nwriter,monthly,12.00,2026-12-01\n");
        assert_eq!(import.run().await.unwrap().prices.added, 1);
    }
}

on_both_databases! {
    async fn every_mistake_is_told_with_its_place(engine) {
        let import = Import::new(engine).await;
        import.write_small();
        import.write("clients.csv", "external_id,nam,email\nkestrel,Kestrel Cycles,shop@kestrel.example\n");
        import.write("products.csv", b"external_id,name,grace_days\nwriter,AI \xffWriter,7\nchat,AI Chat,31\nchat,AI Chat,3\nchat,AI Chat,4\n");
        import.write("balance_movements.csv", "external_id,kind,amount,occurred_at\nM1,topup,\"1,000.00\",01.11.2026\nM2,top_up,0,2026-11-23\nM3,top_up,1,0000-01-01T00:00:00Z\n");
        import.write("activation.csv", "external_id\n");
        import.write("activations.csv", "external_id,product,client,billing_interval,activated_on\nA1,writer,kestrel,biannual,2026-13-01\n");
        import.write("usage.csv", "id;activation;end_user;occurred_at\n");
        import.write("prices.csv", "product,billing_interval,amount\nwriter,monthly\n");
        let expected = [
            r#"activation.csv: there is no such file in an import; did you mean "activations.csv"?"#,
            r#"clients.csv, line 1, column nam: there is no such column; did you mean "name"?"#,
            "clients.csv, line 1, column name: the column is missing",
            "prices.csv, line 2: there are 2 cells, the header has 3",
            "products.csv, line 2, column name: these bytes are not UTF-8; save the file as “CSV UTF-8”",
            "usage.csv, line 1: the cells must be separated by commas",
            r#"products.csv, line 3, column grace_days: "31" must be a whole number from 0 to 30"#,
            r#"products.csv, line 5, column external_id: "chat" is on line 4 already"#,
            "clients.csv, line 2, column name: must not be empty",
            r#"activations.csv, line 2, column billing_interval: "biannual" is not known; expected one of monthly, quarterly, semiannual, yearly"#,
            r#"activations.csv, line 2, column activated_on: "2026-13-01" must be a date such as 2026-11-22"#,
            r#"balance_movements.csv, line 2, column kind: "topup" is not known; expected one of top_up, adjustment"#,
            r#"balance_movements.csv, line 2, column amount: "1,000.00" is not a decimal number such as 54.00"#,
            r#"balance_movements.csv, line 2, column occurred_at: "01.11.2026" must be a moment such as 2026-11-22T13:02:00Z or a date such as 2026-11-22"#,
            "balance_movements.csv, line 3, column amount: must be above zero",
            "balance_movements.csv, line 3, column occurred_at: is in the future",
            "balance_movements.csv, line 4, column occurred_at: is before the year 2000",
        ];
        let told = import.mistakes().await;
        for line in expected {
            assert!(told.iter().any(|told| told == line), "missing: {line}\n{told:#?}");
        }
        assert_eq!(told.len(), expected.len(), "{told:#?}");
        assert!(import.is_empty().await);
    }
}

on_both_databases! {
    async fn what_spreadsheets_write_is_read(engine) {
        let import = Import::new(engine).await;
        import.write_small();
        import.write("clients.csv", "\u{feff}email,name,external_id\r\n\r\nshop@kestrel.example,\"Kestrel, \"\"the\"\" Cycles\",kestrel\r\n,,\r\n");
        assert_eq!(import.run().await.unwrap().clients.added, 1);
        assert_eq!(import.count("clients WHERE name = 'Kestrel, \"the\" Cycles'").await, 1);
    }
}

on_both_databases! {
    async fn no_more_than_a_hundred_mistakes_are_listed(engine) {
        let import = Import::new(engine).await;
        let mut text = "id,activation,end_user,occurred_at\n".to_owned();
        for number in 0..150 {
            text += &[&number.to_string(), ",A1,mia,yesterday\n"].concat();
        }
        import.write("usage.csv", text);
        match import.run().await {
            Err(Failure::Problems(problems)) => assert_eq!((problems.listed().len(), problems.count()), (100, 150)),
            other => panic!("{other:?}"),
        }
    }
}

on_both_databases! {
    async fn an_empty_folder_and_a_missing_one_are_mistakes(engine) {
        let import = Import::new(engine).await;
        assert!(import.mistakes().await[0].contains("there is nothing to import; expected one or more of products.csv"));
        let missing = import.run_folder(Path::new("/nowhere/at/all"), Options::default()).await;
        assert!(mistakes(missing)[0].starts_with("/nowhere/at/all: the folder cannot be read"));
    }
}
