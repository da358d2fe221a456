//! Sabotages, and the proof that must find each of them.
//!
//! Most change one line. Where a promise is kept by several layers, all of them have to go before anything can be found.

use anyhow::{Context as _, Result};

/// A replacement that breaks a promise.
#[derive(Debug, Clone, Copy)]
pub struct Canary {
    /// Its name.
    pub name: &'static str,
    /// The proof that fails with it.
    pub proof: &'static str,
    /// Whether the short version of the proof is enough to find it.
    pub is_found_quickly: bool,
    /// What it changes.
    pub changes: &'static [Change],
}

/// A line that is replaced.
#[derive(Debug, Clone, Copy)]
pub struct Change {
    /// The file.
    pub path: &'static str,
    /// What stands there exactly once.
    pub line: &'static str,
    /// What takes its place.
    pub sabotage: &'static str,
}

const LEDGER_STORE: &str = "api/src/features/ledger/store.rs";

/// Every canary.
pub const ALL: &[Canary] = &[
    Canary {
        name: "begin-deferred",
        proof: "M1",
        is_found_quickly: true,
        changes: &[Change {
            path: "api/src/db/write.rs",
            line: "Some(SqliteTransactionMode::Immediate)",
            sabotage: "Some({ let _ = SqliteTransactionMode::Immediate; SqliteTransactionMode::Deferred })",
        }],
    },
    Canary {
        name: "idempotency-in-its-own-transaction",
        proof: "M2",
        is_found_quickly: true,
        changes: &[Change {
            path: "api/src/db/once.rs",
            line: "                keep(tx, reseller_id, request, &answer).await?;\n",
            sabotage: "                let (db, key, fingerprint, kept) = (self.clone(), request.key.to_owned(), \
                    request.fingerprint.to_vec(), answer.clone());\n                \
                    let at = request.received_at;\n                \
                    actix_web::rt::spawn(async move { let request = KeyedRequest { key: &key, fingerprint: &fingerprint, received_at: at }; \
                    let _ = db.write(reseller_id, async |tx| keep(tx, reseller_id, request, &kept).await).await; });\n",
        }],
    },
    Canary {
        name: "due-equals-today",
        proof: "M8",
        is_found_quickly: true,
        changes: &[Change {
            path: "domain/src/activation/settling.rs",
            line: ".filter(|paid_until_at| *paid_until_at <= now) else",
            sabotage: ".filter(|paid_until_at| paid_until_at.date_naive() == now.date_naive()) else",
        }],
    },
    Canary {
        name: "end-plus-one-month",
        proof: "M6",
        is_found_quickly: true,
        changes: &[Change {
            path: "domain/src/billing_calendar/mod.rs",
            line: "        let months = n.checked_mul(self.interval.months()).ok_or(CalendarError::OutOfRange)?;\n",
            sabotage: "        if let Some(before) = n.checked_sub(1) { return self.period_start(before)?\
                    .checked_add_months(Months::new(self.interval.months())).ok_or(CalendarError::OutOfRange); }\n        \
                    let months = n.checked_mul(self.interval.months()).ok_or(CalendarError::OutOfRange)?;\n",
        }],
    },
    Canary {
        name: "read-then-write-debit",
        proof: "M1",
        is_found_quickly: true,
        changes: &[
            Change {
                path: LEDGER_STORE,
                line: ".value(C::BalanceMinor, Expr::col(C::BalanceMinor).add(effect_minor))",
                sabotage: ".value(C::BalanceMinor, find_wallet(tx.connection(), reseller_id).await?\
                    .map_or(0, |wallet| wallet.balance_minor) + effect_minor)",
            },
            Change {
                path: LEDGER_STORE,
                line: "        update.and_where(C::BalanceMinor.gte(-effect_minor));\n",
                sabotage: "        if find_wallet(tx.connection(), reseller_id).await?\
                    .is_none_or(|wallet| wallet.balance_minor < -effect_minor) { return Ok(None); }\n",
            },
            // The lock that transactions on one wallet take first would hide it.
            Change { path: LEDGER_STORE, line: "        .lock_exclusive()\n", sabotage: "" },
        ],
    },
    Canary {
        name: "reply-before-commit",
        proof: "M3",
        is_found_quickly: true,
        changes: &[
            Change {
                path: "api/src/db/write.rs",
                line: "        turn.end(result.as_ref().is_err_and(is_outage)).await?;\n",
                // In the server alone: the proof itself arranges through the same code, and has to be able to.
                sabotage: "        if std::env::args().nth(1).as_deref() == Some(\"serve\") { drop(turn); } \
                    else { turn.end(result.as_ref().is_err_and(is_outage)).await?; }\n",
            },
            // A moment is enough for a power cut, but not for a proof that kills three times.
            Change {
                path: "api/src/db/writer.rs",
                line: "    let mut guard = shared.lock().await;\n    let Some",
                sabotage: "    tokio::time::sleep(std::time::Duration::from_millis(10)).await;\n    \
                    let mut guard = shared.lock().await;\n    let Some",
            },
        ],
    },
    Canary {
        name: "missing-unique-key",
        proof: "M5",
        is_found_quickly: true,
        changes: &[
            Change {
                path: "migrations/src/m20261122_000001_create_schema/ledger.sql",
                line: "CREATE UNIQUE INDEX ledger_entries_charge ",
                sabotage: "CREATE INDEX ledger_entries_charge ",
            },
            Change {
                path: "migrations/src/m20261122_000001_create_schema/activations.sql",
                line: "  PRIMARY KEY (reseller_id, activation_id, term_no, period_no),\n",
                sabotage: "",
            },
            // The lock on what is due would hide it.
            Change {
                path: "api/src/features/lifecycle/store/load.rs",
                line: "        .limit(which.limit)\n        .lock_exclusive()\n",
                sabotage: "        .limit(which.limit)\n",
            },
            // So would the one that lets schedulers take turns.
            Change {
                path: LEDGER_STORE,
                line: "        .lock_with_behavior(LockType::Update, LockBehavior::SkipLocked)\n",
                sabotage: "",
            },
        ],
    },
    // This one was a bug: only the request itself went on to what waited for the money.
    Canary {
        name: "retry-not-queued",
        proof: "M4",
        is_found_quickly: true,
        changes: &[Change {
            path: "api/src/features/top_ups/service.rs",
            line: "    lifecycle::queue_waiting(tx, reseller.id, context.now).await?;\n",
            sabotage: "",
        }],
    },
    Canary {
        name: "tenant-filter-removed",
        proof: "S1",
        is_found_quickly: true,
        changes: &[Change {
            path: "api/src/features/clients/store/reading.rs",
            line: "client::Entity::find_by_id((reseller_id.0, id.0))",
            sabotage: "{ let _ = reseller_id; client::Entity::find().filter(client::Column::Id.eq(id.0)) }",
        }],
    },
    Canary {
        name: "list-without-tenant",
        proof: "S1",
        is_found_quickly: true,
        changes: &[Change {
            path: "api/src/features/ledger_entries/store.rs",
            line: "        .add(C::ResellerId.eq(reseller_id.0))\n        .add_option(kinds)\n",
            sabotage: "        .add_option(kinds)\n",
        }],
    },
    Canary {
        name: "never-held",
        proof: "M7",
        is_found_quickly: true,
        changes: &[Change {
            path: "domain/src/activation/settling.rs",
            line: "arrears == Arrears::Hold && (self.held_at.is_some() || self.is_far_in_arrears(now)?)",
            sabotage: "arrears == Arrears::Hold && self.held_at.is_some()",
        }],
    },
    Canary {
        name: "presence-counted-again",
        proof: "M11",
        is_found_quickly: true,
        changes: &[Change {
            path: "api/src/features/usage/store/counters.rs",
            line: "    new.iter().map(presence).collect()\n",
            sabotage: "    drop(new);\n    Ok(presences.to_vec())\n",
        }],
    },
    Canary {
        name: "usage-row-not-locked",
        proof: "M11",
        is_found_quickly: true,
        changes: &[Change {
            path: "api/src/features/usage/store/mod.rs",
            line: "\" FOR UPDATE OF s\"",
            sabotage: "\"\"",
        }],
    },
    Canary {
        name: "first-use-forgotten",
        proof: "P5",
        is_found_quickly: true,
        changes: &[Change {
            path: "api/src/features/usage/service.rs",
            line: "            self.state.ever_used += i64::from(end_user.first_used_at.is_none());\n",
            sabotage: "",
        }],
    },
    Canary {
        name: "running-balance-not-checked",
        proof: "M9",
        is_found_quickly: true,
        changes: &[Change {
            path: "api/src/features/ledger/verify/queries.rs",
            line: "         OR CAST(e.balance_after_minor AS NUMERIC) <> CAST(COALESCE(p.balance_after_minor, 0) AS NUMERIC) + e.wallet_minor \\\n",
            sabotage: "",
        }],
    },
    Canary {
        name: "kept-dashboard-outlives-writes",
        proof: "P1",
        is_found_quickly: true,
        changes: &[Change {
            path: "api/src/features/dashboard/kept.rs",
            line: "is_fresh && self.versions == versions && self.viewer == *viewer",
            sabotage: "is_fresh && versions.reseller >= self.versions.reseller && self.viewer == *viewer",
        }],
    },
    Canary {
        name: "catalogue-version-forgotten",
        proof: "P1",
        is_found_quickly: true,
        changes: &[Change {
            path: "api/src/db/versions.rs",
            line: "r.version AS reseller, c.version AS catalogue",
            sabotage: "r.version AS reseller, 0 * c.version AS catalogue",
        }],
    },
    Canary {
        name: "start-reads-the-ledger",
        proof: "P6",
        is_found_quickly: false,
        changes: &[Change {
            path: "api/src/server.rs",
            line: "    let app_files = app_files(&config)?;\n",
            sabotage: "    let app_files = app_files(&config)?;\n    let _ = db.pool().execute_unprepared(\
                    \"SELECT SUM(e.amount_minor) FROM ledger_entries e JOIN periods p ON p.charge_entry_id = e.id\").await;\n",
        }],
    },
    Canary {
        name: "list-counted-row-by-row",
        proof: "P3",
        is_found_quickly: false,
        changes: &[Change {
            path: "api/src/features/activations/store/counts.rs",
            line: "    if is_bounded || uncovered",
            sabotage: "    if true || is_bounded || uncovered",
        }],
    },
    Canary {
        name: "statement-by-statement",
        proof: "M10",
        is_found_quickly: true,
        changes: &[Change {
            path: "api/src/db/batch.rs",
            line: "is_apart: is_armed(),",
            sabotage: "is_apart: { let _ = is_armed(); true },",
        }],
    },
    Canary {
        name: "commit-each",
        proof: "M10",
        is_found_quickly: true,
        changes: &[Change {
            path: "api/src/db/writer.rs",
            line: "        drop(guard);\n        match outcome",
            sabotage: "        if let Some(Shared { tx, outcome }) = guard.take() {\n            \
                    let committed = tx.commit().await.map_err(|error| Arc::from(error.to_string()));\n            \
                    outcome.send_replace(Some(committed));\n        }\n        \
                    drop(guard);\n        match outcome",
        }],
    },
];

/// The canary of that name.
pub fn find(name: &str) -> Result<&'static Canary> {
    ALL.iter().find(|canary| canary.name == name).with_context(|| {
        let names: Vec<_> = ALL.iter().map(|canary| canary.name).collect();
        format!("there is no canary {name:?}; there are {}", names.join(", "))
    })
}

/// Tells which there are.
pub fn print() {
    println!("\nCanaries, each with a proof that it must make fail:");
    for canary in ALL {
        let size = if canary.is_found_quickly { "" } else { ", at full size" };
        let files: Vec<_> = canary.changes.iter().map(|change| change.path).collect();
        println!("{:<36} {:<4} {}{size}", canary.name, canary.proof, files.join(", "));
    }
}
