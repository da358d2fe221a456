//! Reconciliation: proves from the rows that balances, sequence, charges, refunds and top-ups agree (docs/domain.md §4).
//!
//! The database reads each row once and hands over only what does not agree, so the length of a ledger costs time and no
//! memory. It proves sums and references; it cannot know whether a text, an actor or a date was changed.

mod queries;

use std::fmt::Write as _;

use sea_orm::ConnectionTrait;
use shared::vocab::{LedgerAccountKind, LedgerCheck, LedgerEntryId, ResellerId};

use crate::error::Error;
use queries::{Crooked, GroupSums};

/// Differences that are told per check; a check that fails is known to fail from the first.
const MOST_TOLD: usize = 20;

/// What was found about a reseller's books.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Proof {
    /// How many entries were read.
    pub entry_count: i64,
    /// The wallet's cached balance, in minor units.
    pub balance_minor: i64,
    /// What the entries of each account add up to, in minor units.
    pub accounts: Vec<(LedgerAccountKind, i64)>,
    /// Every check, in the order of [`LedgerCheck::ALL`].
    pub checks: Vec<Check>,
}

/// The result of one check.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Check {
    /// What was checked.
    pub check: LedgerCheck,
    /// How many rows were looked at.
    pub checked_count: i64,
    /// The first differences.
    pub differences: Vec<Difference>,
}

/// Something that does not agree.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Difference {
    /// What was found and what was expected.
    pub message: String,
    /// The entry, where it is one.
    pub entry_id: Option<LedgerEntryId>,
}

impl Proof {
    /// Whether every check passed.
    pub fn is_proven(&self) -> bool {
        self.checks.iter().all(|check| check.differences.is_empty())
    }

    /// Every difference, with its check in front.
    pub fn differences(&self) -> Vec<String> {
        let told = |check: &Check| {
            let name = check.check;
            check
                .differences
                .iter()
                .map(move |difference| format!("{name}: {}", difference.message))
                .collect::<Vec<_>>()
        };
        self.checks.iter().flat_map(told).collect()
    }

    fn tell(&mut self, check: LedgerCheck, message: String, entry_id: Option<LedgerEntryId>) {
        if let Some(check) = self.checks.iter_mut().find(|known| known.check == check)
            && check.differences.len() < MOST_TOLD
        {
            check.differences.push(Difference { message, entry_id });
        }
    }

    fn count(&mut self, check: LedgerCheck, checked_count: i64) {
        if let Some(check) = self.checks.iter_mut().find(|known| known.check == check) {
            check.checked_count = checked_count;
        }
    }
}

/// Every difference between what the entries say and what was kept, in words; empty if the books agree.
pub async fn verify(connection: &impl ConnectionTrait, reseller_id: ResellerId) -> Result<Vec<String>, Error> {
    Ok(prove(connection, reseller_id).await?.differences())
}

/// Runs every check on one snapshot.
pub async fn prove(connection: &impl ConnectionTrait, reseller_id: ResellerId) -> Result<Proof, Error> {
    let empty = |check: &LedgerCheck| Check { check: *check, checked_count: 0, differences: Vec::new() };
    let mut proof = Proof {
        entry_count: 0,
        balance_minor: 0,
        accounts: LedgerAccountKind::ALL.iter().map(|kind| (*kind, 0)).collect(),
        checks: LedgerCheck::ALL.iter().map(empty).collect(),
    };
    let wallet = queries::wallet(connection, reseller_id).await?;
    let sums = queries::sums(connection, reseller_id).await?;
    add_up(&mut proof, &sums);
    let currency = wallet.as_ref().map(|wallet| wallet.currency.clone()).unwrap_or_default();
    for row in queries::crooked(connection, reseller_id, &currency).await? {
        tell_crooked(&mut proof, &row, &currency);
    }
    // Each has the one before it, so there are as many as the highest number says, unless a number is there twice.
    let highest = queries::highest_sequence(connection, reseller_id).await?;
    if highest != proof.entry_count {
        let message = format!("There are {} entries, the highest number is {highest}.", proof.entry_count);
        proof.tell(LedgerCheck::Sequence, message, None);
    }
    let sum: i64 = sums.iter().map(|row| row.wallet).sum();
    check_wallet(&mut proof, wallet, sum);
    check_charges(&mut proof, connection, reseller_id, &sums).await?;
    check_refunds(&mut proof, connection, reseller_id).await?;
    check_top_ups(&mut proof, connection, reseller_id).await?;
    Ok(proof)
}

fn add_up(proof: &mut Proof, sums: &[GroupSums]) {
    proof.entry_count = sums.iter().map(|row| row.entries).sum();
    for row in sums {
        for (account, balance) in &mut proof.accounts {
            let effect = |side: &str| if side == account.as_str() { row.amount } else { 0 };
            *balance += effect(&row.credit_account) - effect(&row.debit_account);
        }
    }
    for check in [LedgerCheck::Sequence, LedgerCheck::DoubleEntry, LedgerCheck::RunningBalance, LedgerCheck::Wallet] {
        proof.count(check, proof.entry_count);
    }
}

/// A row that breaks at least one rule of single entries or of their order.
fn tell_crooked(proof: &mut Proof, row: &Crooked, currency: &str) {
    let id = Some(LedgerEntryId(row.id));
    let expected = row.previous_sequence.saturating_add(1);
    if row.sequence != expected {
        let message = match row.previous_sequence {
            0 => format!("The first entry has the number {}.", row.sequence),
            previous => format!("Entry {previous} is followed by {}.", row.sequence),
        };
        proof.tell(LedgerCheck::Sequence, message, id);
    }
    let sum = i128::from(row.previous_balance) + i128::from(row.wallet_minor);
    if i128::from(row.balance_after_minor) != sum || row.balance_after_minor < 0 {
        let message =
            format!("Entry {} says the balance is {}, the sum is {sum}.", row.sequence, row.balance_after_minor);
        proof.tell(LedgerCheck::RunningBalance, message, id);
    }
    let mut wrong = String::new();
    let effect = if row.credit_account == "wallet" { row.amount_minor } else { row.amount_minor.saturating_neg() };
    if row.wallet_minor != effect || !(1..=shared::vocab::MAX_MINOR).contains(&row.amount_minor) {
        let _ = write!(wrong, " moves {} but changes the wallet by {},", row.amount_minor, row.wallet_minor);
    }
    if !queries::KINDS.contains(&(&*row.kind, &*row.debit_account, &*row.credit_account)) {
        let _ = write!(wrong, " is a {} from {} to {},", row.kind, row.debit_account, row.credit_account);
    }
    if row.currency != currency {
        let _ = write!(wrong, " is in {}, the wallet in {currency},", row.currency);
    }
    if !wrong.is_empty() {
        let message = format!("Entry {}{}.", row.sequence, wrong.trim_end_matches(','));
        proof.tell(LedgerCheck::DoubleEntry, message, id);
    }
}

fn check_wallet(proof: &mut Proof, wallet: Option<queries::CachedWallet>, sum: i64) {
    let check = LedgerCheck::Wallet;
    let Some(wallet) = wallet else {
        proof.tell(check, "There is no wallet.".to_owned(), None);
        return;
    };
    proof.balance_minor = wallet.balance_minor;
    if wallet.balance_minor != sum {
        let message = format!("The wallet says {}, the entries sum to {sum}.", wallet.balance_minor);
        proof.tell(check, message, None);
    }
    if wallet.last_sequence != proof.entry_count {
        let message = format!("The wallet counted {} entries, there are {}.", wallet.last_sequence, proof.entry_count);
        proof.tell(check, message, None);
    }
}

/// Each charge is that of its period; and as there are as many paid periods as charges, each period has its charge.
async fn check_charges(
    proof: &mut Proof,
    connection: &impl ConnectionTrait,
    reseller_id: ResellerId,
    sums: &[GroupSums],
) -> Result<(), Error> {
    let check = LedgerCheck::Charges;
    for row in queries::charges_without_period(connection, reseller_id).await? {
        let what =
            format!("Entry {} charges {} for period {}.{}", row.sequence, row.amount_minor, row.term_no, row.period_no);
        let message = match (row.price_minor, row.charge_entry_id) {
            (None, _) => format!("{what}, which does not exist."),
            (Some(price), Some(id)) if id == row.id => format!("{what}, which costs {price}."),
            _ => format!("{what}, which another entry paid."),
        };
        proof.tell(check, message, Some(LedgerEntryId(row.id)));
    }
    let is_charge = |row: &&GroupSums| matches!(&*row.kind, "activation_charge" | "renewal_charge");
    let charges: i64 = sums.iter().filter(is_charge).map(|row| row.entries).sum();
    let paid = queries::paid_periods(connection, reseller_id).await?;
    proof.count(check, paid);
    if charges != paid {
        for row in queries::periods_without_charge(connection, reseller_id).await? {
            let message =
                format!("Period {}.{} costs {} and was not charged.", row.term_no, row.period_no, row.price_minor);
            proof.tell(check, message, None);
        }
        proof.tell(check, format!("There are {charges} charges for {paid} paid periods."), None);
    }
    for row in queries::gaps_between_periods(connection, reseller_id).await? {
        let message = format!("Period {}.{} does not follow the one before it.", row.term_no, row.period_no);
        proof.tell(check, message, None);
    }
    Ok(())
}

async fn check_refunds(
    proof: &mut Proof,
    connection: &impl ConnectionTrait,
    reseller_id: ResellerId,
) -> Result<(), Error> {
    let check = LedgerCheck::Refunds;
    let refunds = queries::refunds(connection, reseller_id).await?;
    proof.count(check, refunds.refunds);
    for row in refunds.wrong {
        let message = match row.charged_minor {
            Some(charged) if row.refunded_minor > charged => {
                format!("{} was given back of a charge of {charged}.", row.refunded_minor)
            }
            Some(_) => format!("{} was given back for another period than was charged.", row.refunded_minor),
            None => format!("{} was given back of no charge.", row.refunded_minor),
        };
        proof.tell(check, message, row.corrects_entry_id.map(LedgerEntryId));
    }
    Ok(())
}

async fn check_top_ups(
    proof: &mut Proof,
    connection: &impl ConnectionTrait,
    reseller_id: ResellerId,
) -> Result<(), Error> {
    let check = LedgerCheck::TopUps;
    proof.count(check, queries::settled_top_ups(connection, reseller_id).await?);
    for row in queries::wrong_top_ups(connection, reseller_id).await? {
        let message = match row.entry_minor {
            Some(entry_minor) => format!("A top-up of {} was settled with {entry_minor}.", row.amount_minor),
            None => format!("A settled top-up of {} has no entry.", row.amount_minor),
        };
        proof.tell(check, message, row.ledger_entry_id.map(LedgerEntryId));
    }
    Ok(())
}
