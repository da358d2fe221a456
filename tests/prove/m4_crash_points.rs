//! M4: the program ends at every named place of every operation that moves money. Afterwards nothing has happened or
//! everything, and asked again it has happened once.
//!
//! The places are found by running each operation once and listening; one that no operation comes by has no case, and fails.

use std::collections::BTreeSet;
use std::path::PathBuf;

use api::db::CrashPoint;
use api::features::renewals::service::tick;
use sea_orm::{ConnectionTrait, Statement};
use shared::vocab::ProductId;
use tests::Engine;

use crate::copies::written;
use crate::m4_operations::{Ask, Operation};
use crate::process::has_program;
use crate::report::{Proof, Report, Size};
use crate::stand::{Account, Stand, engines};

/// A crash anywhere leaves nothing half done.
pub const PROOF: Proof = Proof {
    id: "M4",
    claim: "the program ends at every named place of every operation that moves money: after restart and retry each has \
            happened once, and the books agree",
    run: |report, size| tests::block_on(run(report, size)),
};

/// Nothing but what is asked for happens in these servers.
const NO_TICKS: (&str, &str) = ("RESELLPORTAL_RENEWAL_TICK_SECONDS", "0");
const START_MINOR: i64 = 1_000_000;

async fn run(report: &mut Report, size: Size) {
    if !has_program() {
        let text = "without the program there is nothing to end: `cargo xtask` builds it and says where";
        Report::line(text);
        report.check(size == Size::Quick, text);
        return;
    }
    let mut reached = BTreeSet::new();
    for engine in engines() {
        let stand = Stand::without_server(engine).await;
        let product = stand.product("writer", 1_000).await;
        let reached_before = reached.len();
        let (mut cases, mut number) = (0, 0_usize);
        for operation in Operation::ALL {
            let whole = Case::new(&stand, product, operation).await;
            let trace = whole.trace(&stand);
            let expected = whole.shape(&stand).await;
            report.check(!trace.is_empty(), format!("{engine:?}, {operation:?} came by no place"));
            for (index, name) in trace.iter().enumerate() {
                let count = trace[..=index].iter().filter(|other| *other == name).count();
                reached.insert(name.clone());
                number += 1;
                // The short version takes some of them, others on each database; and of what is asked for and of what goes
                // on in another transaction, what a crash right after the commit leaves to do.
                let is_committed = name == CrashPoint::Committed.name() && count == 1;
                let is_told = matches!(operation, Operation::Activate | Operation::SettleTopUp);
                let is_one_of_twelve = (number + usize::from(engine == Engine::Sqlite)) % 12 == 0;
                let is_taken = size == Size::Full || is_one_of_twelve || (is_committed && is_told);
                if is_taken {
                    cases += 1;
                    if let Err(why) = crash(&stand, product, operation, (name, count), &expected).await {
                        report.fail(format!("{engine:?}, {operation:?} at {name}:{count}: {why}"));
                    }
                }
            }
        }
        report.figure(format!(
            "{engine:?}: {cases} of {number} crashes in {} operations, {} places not met before",
            Operation::ALL.len(),
            reached.len() - reached_before
        ));
    }
    for point in CrashPoint::ALL {
        let is_reached = reached.contains(point.name());
        report.check(is_reached, format!("no operation comes by {}: it has no case", point.name()));
    }
    report.figure(format!("{} of {} places", reached.len(), CrashPoint::ALL.len()));
}

/// One operation on a reseller of its own.
struct Case {
    account: Account,
    ask: Ask,
}

impl Case {
    async fn new(stand: &Stand, product: ProductId, operation: Operation) -> Self {
        let account = stand.account("crash", START_MINOR).await;
        let ask = operation.prepare(stand, &account, product).await;
        Self { account, ask }
    }

    /// Carries it out and tells the places it came by.
    fn trace(&self, stand: &Stand) -> Vec<String> {
        let file = PathBuf::from(stand.folder()).join("trace");
        let _ = std::fs::remove_file(&file);
        let path = file.display().to_string();
        assert!(self.perform(stand, &[("CRASH_TRACE", &path)]).is_some(), "{:?} was not carried out", self.ask);
        std::fs::read_to_string(&file).unwrap_or_default().lines().map(str::to_owned).collect()
    }

    /// Whether it was answered, and with what: a status, or of a command whether it succeeded. None if the program died.
    fn perform(&self, stand: &Stand, settings: &[(&str, &str)]) -> Option<bool> {
        match &self.ask {
            Ask::Command(words) => {
                let words: Vec<_> = words.iter().map(String::as_str).collect();
                let mut command = stand.command(&words);
                let output = command.envs(settings.iter().copied()).output().unwrap();
                output.status.code().map(|code| code == 0)
            }
            Ask::Http(path, body) => {
                let settings: Vec<_> = settings.iter().copied().chain([NO_TICKS]).collect();
                let process = stand.process(&settings);
                let status = crate::process::post(&process.url, path, &self.account.authorization, "crash", body)?;
                assert!(matches!(status, 200 | 201), "{path} {body}: {status}");
                Some(true)
            }
        }
    }

    /// Everything of the reseller's that counts, in words.
    async fn shape(&self, stand: &Stand) -> String {
        let id = written(stand.engine, self.account.reseller.id.0);
        let mut parts = vec![format!("balance {}", stand.balance(&self.account).await)];
        for table in ["ledger_entries", "periods", "terms", "activation_history", "events", "service_intervals"] {
            let count = stand.number(&format!("SELECT COUNT(*) FROM {table} WHERE reseller_id = {id}")).await;
            parts.push(format!("{count} {table}"));
        }
        let states = format!(
            "SELECT status, auto_renew, paid_until_at, renews_at, grace_until_at, ends_at, billing_interval FROM activations \
             WHERE reseller_id = {id} ORDER BY activated_at, id"
        );
        let statement = Statement::from_string(stand.db.backend(), states);
        for row in stand.db.pool().query_all_raw(statement).await.unwrap() {
            let at = |name: &str| row.try_get::<Option<chrono::DateTime<chrono::Utc>>>("", name).unwrap();
            let word = |name: &str| row.try_get::<String>("", name).unwrap();
            let on: bool = row.try_get("", "auto_renew").unwrap();
            let moments = ["paid_until_at", "renews_at", "grace_until_at", "ends_at"].map(at);
            parts.push(format!("{} {} {on} {moments:?}", word("status"), word("billing_interval")));
        }
        parts.join(", ")
    }
}

async fn crash(
    stand: &Stand,
    product: ProductId,
    operation: Operation,
    (name, count): (&str, usize),
    expected: &str,
) -> Result<(), String> {
    let case = Case::new(stand, product, operation).await;
    let before = case.shape(stand).await;
    let order = format!("{name}:{count}");
    if case.perform(stand, &[("CRASH_AT", &order)]).is_some() {
        return Err("the program did not end".to_owned());
    }
    let agree = async |when: &str| {
        let differences = stand.differences(&case.account).await;
        if differences.is_empty() { Ok(()) } else { Err(format!("{when}: {}", differences.join("; "))) }
    };
    let after = case.shape(stand).await;
    agree("after the crash").await?;
    let wanted = if name == CrashPoint::Committed.name() { expected } else { before.as_str() };
    if !operation.has_steps() && after != wanted {
        return Err(format!("half done: {after}; wanted {wanted}"));
    }
    let is_done = case.perform(stand, &[]);
    // A command knows no key: one that was carried out is refused the second time.
    if is_done == Some(false) && after == before {
        return Err("asked again it was refused, though nothing had happened".to_owned());
    }
    // What nobody asks for again is the scheduler's to finish.
    tick(&stand.db, &stand.clock).await.map_err(|error| error.to_string())?;
    agree("in the end").await?;
    let last = case.shape(stand).await;
    if last == expected { Ok(()) } else { Err(format!("in the end: {last}; wanted {expected}")) }
}
