//! Sabotages of one line each, and the proof that must find them.

use anyhow::{Context as _, Result};

/// A replacement that breaks a promise.
#[derive(Debug, Clone, Copy)]
pub struct Canary {
    /// Its name.
    pub name: &'static str,
    /// The proof that fails with it.
    pub proof: &'static str,
    /// The file.
    pub path: &'static str,
    /// What stands there exactly once.
    pub line: &'static str,
    /// What takes its place.
    pub sabotage: &'static str,
}

/// Every canary.
pub const ALL: &[Canary] = &[
    Canary {
        name: "begin-deferred",
        proof: "M1",
        path: "api/src/db/write.rs",
        line: "Some(SqliteTransactionMode::Immediate)",
        sabotage: "Some({ let _ = SqliteTransactionMode::Immediate; SqliteTransactionMode::Deferred })",
    },
    Canary {
        name: "idempotency-in-its-own-transaction",
        proof: "M2",
        path: "api/src/db/once.rs",
        line: "                keep(tx, reseller_id, request, &answer).await?;\n",
        sabotage: "                let (db, key, fingerprint, kept) = (self.clone(), request.key.to_owned(), \
            request.fingerprint.to_vec(), answer.clone());\n                \
            let at = request.received_at;\n                \
            actix_web::rt::spawn(async move { let request = KeyedRequest { key: &key, fingerprint: &fingerprint, received_at: at }; \
            let _ = db.write(reseller_id, async |tx| keep(tx, reseller_id, request, &kept).await).await; });\n",
    },
    Canary {
        name: "due-equals-today",
        proof: "M8",
        path: "domain/src/activation/settling.rs",
        line: ".filter(|paid_until_at| *paid_until_at <= now) else",
        sabotage: ".filter(|paid_until_at| paid_until_at.date_naive() == now.date_naive()) else",
    },
    Canary {
        name: "end-plus-one-month",
        proof: "M6",
        path: "domain/src/billing_calendar/mod.rs",
        line: "        let months = n.checked_mul(self.interval.months()).ok_or(CalendarError::OutOfRange)?;\n",
        sabotage: "        if let Some(before) = n.checked_sub(1) { return self.period_start(before)?\
            .checked_add_months(Months::new(self.interval.months())).ok_or(CalendarError::OutOfRange); }\n        \
            let months = n.checked_mul(self.interval.months()).ok_or(CalendarError::OutOfRange)?;\n",
    },
];

/// The canary of that name.
pub fn find(name: &str) -> Result<Canary> {
    ALL.iter().find(|canary| canary.name == name).copied().with_context(|| {
        let names: Vec<_> = ALL.iter().map(|canary| canary.name).collect();
        format!("there is no canary {name:?}; there are {}", names.join(", "))
    })
}

/// Tells which there are.
pub fn print() {
    println!("\nCanaries, each with a proof that it must make fail:");
    for canary in ALL {
        println!("{:<36} {:<4} {}", canary.name, canary.proof, canary.path);
    }
}
