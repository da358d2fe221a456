//! What reconciliation asks the database. Every query runs on both, and reads words as texts: a tampered row must show,
//! not fail to be read.

use sea_orm::{ConnectionTrait, FromQueryResult, Statement};
use shared::vocab::ResellerId;
use uuid::Uuid;

use crate::error::Error;

/// Rows that are handed over at most; one is enough to know.
const LIMIT: i64 = 100;

/// Which kind of entry moves money from which account to which.
pub const KINDS: [(&str, &str, &str); 6] = [
    ("top_up", "top_up_clearing", "wallet"),
    ("activation_charge", "wallet", "revenue"),
    ("renewal_charge", "wallet", "revenue"),
    ("refund", "revenue", "wallet"),
    ("adjustment", "adjustments", "wallet"),
    ("adjustment", "wallet", "adjustments"),
];

async fn rows<T: FromQueryResult>(
    connection: &impl ConnectionTrait,
    reseller_id: ResellerId,
    sql: &str,
    more: impl IntoIterator<Item = sea_orm::Value>,
) -> Result<Vec<T>, Error> {
    let values = std::iter::once(reseller_id.0.into()).chain(more);
    let statement = Statement::from_sql_and_values(connection.get_database_backend(), sql, values);
    let rows = connection.query_all_raw(statement).await?;
    Ok(rows.iter().map(|row| T::from_query_result(row, "")).collect::<Result<_, _>>()?)
}

/// The wallet as it is cached.
#[derive(Debug, FromQueryResult)]
pub struct CachedWallet {
    pub currency: String,
    pub balance_minor: i64,
    pub last_sequence: i64,
}

pub async fn wallet(connection: &impl ConnectionTrait, reseller_id: ResellerId) -> Result<Option<CachedWallet>, Error> {
    let sql = "SELECT currency, balance_minor, last_sequence FROM ledger_accounts \
               WHERE reseller_id = $1 AND kind = 'wallet'";
    Ok(rows(connection, reseller_id, sql, []).await?.pop())
}

/// Entries of one kind between the same accounts.
#[derive(Debug, FromQueryResult)]
pub struct GroupSums {
    pub kind: String,
    pub debit_account: String,
    pub credit_account: String,
    pub entries: i64,
    pub amount: i64,
    pub wallet: i64,
}

/// Sums by kind and accounts. An amount beyond the range counts as zero: it shows as a crooked row.
pub async fn sums(connection: &impl ConnectionTrait, reseller_id: ResellerId) -> Result<Vec<GroupSums>, Error> {
    let sql = "SELECT kind, debit_account, credit_account, COUNT(*) AS entries, \
         CAST(SUM(CASE WHEN amount_minor BETWEEN 0 AND 1000000000000 THEN amount_minor ELSE 0 END) AS BIGINT) AS amount, \
         CAST(SUM(CASE WHEN wallet_minor BETWEEN -1000000000000 AND 1000000000000 THEN wallet_minor ELSE 0 END) AS BIGINT) \
         AS wallet FROM ledger_entries WHERE reseller_id = $1 GROUP BY kind, debit_account, credit_account";
    rows(connection, reseller_id, sql, []).await
}

/// An entry that breaks a rule, with what stands before it.
#[derive(Debug, FromQueryResult)]
pub struct Crooked {
    pub id: Uuid,
    pub sequence: i64,
    pub previous_sequence: i64,
    pub kind: String,
    pub debit_account: String,
    pub credit_account: String,
    pub currency: String,
    pub amount_minor: i64,
    pub wallet_minor: i64,
    pub balance_after_minor: i64,
    pub previous_balance: i64,
}

/// Entries whose number does not follow, whose balance is not the one before plus their effect, or whose form is wrong.
///
/// As each balance is compared with the one before, all are running sums if none differs. Two entries of one number are
/// not seen here, but by [`highest_sequence`]. The one before is looked up, which takes a third of the time of a window.
pub async fn crooked(
    connection: &impl ConnectionTrait,
    reseller_id: ResellerId,
    currency: &str,
) -> Result<Vec<Crooked>, Error> {
    let forms = KINDS
        .map(|(kind, debit, credit)| {
            format!("(e.kind = '{kind}' AND e.debit_account = '{debit}' AND e.credit_account = '{credit}')")
        })
        .join(" OR ");
    // NUMERIC, because a tampered number may be so large that adding to it overflows.
    let sql = format!(
        "SELECT e.id, e.sequence, COALESCE((SELECT MAX(b.sequence) FROM ledger_entries b WHERE b.reseller_id = e.reseller_id \
         AND b.sequence < e.sequence), 0) AS previous_sequence, e.kind, e.debit_account, e.credit_account, e.currency, \
         e.amount_minor, e.wallet_minor, e.balance_after_minor, COALESCE(p.balance_after_minor, 0) AS previous_balance \
         FROM ledger_entries e LEFT JOIN ledger_entries p ON p.reseller_id = e.reseller_id AND p.sequence = e.sequence - 1 \
         WHERE e.reseller_id = $1 AND ((p.sequence IS NULL AND e.sequence <> 1) \
         OR CAST(e.balance_after_minor AS NUMERIC) <> CAST(COALESCE(p.balance_after_minor, 0) AS NUMERIC) + e.wallet_minor \
         OR e.balance_after_minor < 0 OR e.amount_minor NOT BETWEEN 1 AND 1000000000000 \
         OR e.wallet_minor <> CASE WHEN e.credit_account = 'wallet' THEN e.amount_minor ELSE -e.amount_minor END \
         OR e.currency <> $2 OR NOT ({forms})) ORDER BY e.sequence LIMIT {LIMIT}"
    );
    rows(connection, reseller_id, &sql, [currency.into()]).await
}

/// The highest number of an entry.
pub async fn highest_sequence(connection: &impl ConnectionTrait, reseller_id: ResellerId) -> Result<i64, Error> {
    let sql = "SELECT COALESCE(MAX(sequence), 0) AS count FROM ledger_entries WHERE reseller_id = $1";
    count(connection, reseller_id, sql).await
}

/// A charge beside the period it names.
#[derive(Debug, FromQueryResult)]
pub struct ChargeRow {
    pub id: Uuid,
    pub sequence: i64,
    pub amount_minor: i64,
    pub term_no: i64,
    pub period_no: i64,
    /// None if there is no such period.
    pub price_minor: Option<i64>,
    pub charge_entry_id: Option<Uuid>,
}

/// Charges whose period is not there, costs something else or was paid by another entry.
pub async fn charges_without_period(
    connection: &impl ConnectionTrait,
    reseller_id: ResellerId,
) -> Result<Vec<ChargeRow>, Error> {
    let sql = format!(
        "SELECT e.id, e.sequence, e.amount_minor, COALESCE(e.term_no, -1) AS term_no, COALESCE(e.period_no, -1) AS period_no, \
         p.price_minor AS price_minor, p.charge_entry_id FROM ledger_entries e LEFT JOIN periods p ON p.reseller_id = e.reseller_id \
         AND p.activation_id = e.activation_id AND p.term_no = e.term_no AND p.period_no = e.period_no \
         WHERE e.reseller_id = $1 AND e.kind IN ('activation_charge', 'renewal_charge') \
         AND (p.charge_entry_id IS NULL OR p.charge_entry_id <> e.id OR p.price_minor <> e.amount_minor) LIMIT {LIMIT}"
    );
    rows(connection, reseller_id, &sql, []).await
}

#[derive(Debug, FromQueryResult)]
struct Counted {
    count: i64,
}

async fn count(connection: &impl ConnectionTrait, reseller_id: ResellerId, sql: &str) -> Result<i64, Error> {
    let counted: Option<Counted> = rows(connection, reseller_id, sql, []).await?.pop();
    Ok(counted.map_or(0, |counted| counted.count))
}

/// Periods that cost something.
pub async fn paid_periods(connection: &impl ConnectionTrait, reseller_id: ResellerId) -> Result<i64, Error> {
    let sql = "SELECT COUNT(*) AS count FROM periods WHERE reseller_id = $1 \
               AND (price_minor > 0 OR charge_entry_id IS NOT NULL)";
    count(connection, reseller_id, sql).await
}

/// A period.
#[derive(Debug, FromQueryResult)]
pub struct PeriodRow {
    pub term_no: i64,
    pub period_no: i64,
    pub price_minor: i64,
}

/// Periods that cost something and whose charge is not there.
pub async fn periods_without_charge(
    connection: &impl ConnectionTrait,
    reseller_id: ResellerId,
) -> Result<Vec<PeriodRow>, Error> {
    let sql = format!(
        "SELECT p.term_no, p.period_no, p.price_minor AS price_minor FROM periods p LEFT JOIN ledger_entries e \
         ON e.reseller_id = p.reseller_id AND e.id = p.charge_entry_id \
         AND e.kind IN ('activation_charge', 'renewal_charge') \
         WHERE p.reseller_id = $1 AND e.id IS NULL AND (p.price_minor > p.credit_minor OR p.charge_entry_id IS NOT NULL) LIMIT {LIMIT}"
    );
    rows(connection, reseller_id, &sql, []).await
}

/// Periods that do not begin where the one before them in their term ends; the first of a term has the number 0.
pub async fn gaps_between_periods(
    connection: &impl ConnectionTrait,
    reseller_id: ResellerId,
) -> Result<Vec<PeriodRow>, Error> {
    // In the order of the key: in any other, each look at the one before would be somewhere else.
    let sql = format!(
        "SELECT p.term_no, p.period_no, p.price_minor AS price_minor FROM periods p LEFT JOIN periods b \
         ON b.reseller_id = p.reseller_id AND b.activation_id = p.activation_id AND b.term_no = p.term_no \
         AND b.period_no = p.period_no - 1 WHERE p.reseller_id = $1 AND ((b.period_no IS NULL AND p.period_no <> 0) \
         OR p.start_on <> b.end_on OR p.starts_at <> b.ends_at) ORDER BY p.activation_id, p.term_no, p.period_no LIMIT {LIMIT}"
    );
    rows(connection, reseller_id, &sql, []).await
}

/// What was given back of a charge.
#[derive(Debug, FromQueryResult)]
pub struct RefundRow {
    pub corrects_entry_id: Option<Uuid>,
    pub refunded_minor: i64,
    /// None if it is no charge.
    pub charged_minor: Option<i64>,
}

/// Refunds.
#[derive(Debug)]
pub struct Refunds {
    pub refunds: i64,
    pub wrong: Vec<RefundRow>,
}

/// Refunds that refer to no charge or to another period, or are more than the charge.
pub async fn refunds(connection: &impl ConnectionTrait, reseller_id: ResellerId) -> Result<Refunds, Error> {
    let refunds = "SELECT COUNT(*) AS count FROM ledger_entries WHERE reseller_id = $1 AND kind = 'refund'";
    let wrong = format!(
        "SELECT corrects_entry_id, CAST(refunded AS BIGINT) AS refunded_minor, charged_minor FROM ( \
         SELECT r.corrects_entry_id, SUM(r.amount_minor) AS refunded, MAX(c.amount_minor) AS charged_minor, \
         SUM(CASE WHEN c.activation_id = r.activation_id AND c.term_no = r.term_no AND c.period_no = r.period_no \
         THEN 0 ELSE 1 END) AS misplaced FROM ledger_entries r LEFT JOIN ledger_entries c ON c.reseller_id = r.reseller_id \
         AND c.id = r.corrects_entry_id AND c.kind IN ('activation_charge', 'renewal_charge') \
         WHERE r.reseller_id = $1 AND r.kind = 'refund' GROUP BY r.corrects_entry_id) AS refunds \
         WHERE charged_minor IS NULL OR refunded > charged_minor OR misplaced > 0 LIMIT {LIMIT}"
    );
    Ok(Refunds {
        refunds: count(connection, reseller_id, refunds).await?,
        wrong: rows(connection, reseller_id, &wrong, []).await?,
    })
}

/// Top-ups that were settled.
pub async fn settled_top_ups(connection: &impl ConnectionTrait, reseller_id: ResellerId) -> Result<i64, Error> {
    let sql = "SELECT COUNT(*) AS count FROM top_ups WHERE reseller_id = $1 AND status = 'settled'";
    count(connection, reseller_id, sql).await
}

/// A settled top-up beside its entry.
#[derive(Debug, FromQueryResult)]
pub struct TopUpRow {
    pub ledger_entry_id: Option<Uuid>,
    pub amount_minor: i64,
    /// None if there is no such entry.
    pub entry_minor: Option<i64>,
}

/// Settled top-ups whose entry is not there or has another amount.
pub async fn wrong_top_ups(connection: &impl ConnectionTrait, reseller_id: ResellerId) -> Result<Vec<TopUpRow>, Error> {
    let sql = format!(
        "SELECT t.ledger_entry_id, t.amount_minor, e.amount_minor AS entry_minor FROM top_ups t \
         LEFT JOIN ledger_entries e ON e.reseller_id = t.reseller_id AND e.id = t.ledger_entry_id AND e.kind = 'top_up' \
         WHERE t.reseller_id = $1 AND t.status = 'settled' \
         AND (e.amount_minor IS NULL OR e.amount_minor <> t.amount_minor) LIMIT {LIMIT}"
    );
    rows(connection, reseller_id, &sql, []).await
}
