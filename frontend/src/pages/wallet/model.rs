//! What the wallet's pages ask for and say. Plain Rust.

use chrono::NaiveDate;
use shared::dto::forecast::{Forecast, Runway, UpcomingRenewal};
use shared::paths;
use shared::vocab::{LedgerAccountKind, LedgerEntryKind, Money, NoticeKind, RunwayState, TopUpId, TopUpMethod};

use crate::format::words::{DateForm, Texts, counted};
pub use crate::pages::dashboard::model::{needed, reach_alone};
use crate::url::encoded;

/// Horizons of the projected balance: word, label, days.
pub const HORIZONS: [(&str, &str, i64); 3] = [("30", "30 days", 30), ("60", "60 days", 60), ("90", "90 days", 90)];

/// Days of upcoming renewals that are listed unless the address says otherwise, and the most.
const UPCOMING_DAYS: (i64, i64) = (30, 90);

/// As many days of upcoming renewals as the address asks for.
pub fn upcoming_days(asked: Option<&str>) -> i64 {
    let days = asked.and_then(|days| days.parse().ok()).filter(|days| (1..=UPCOMING_DAYS.1).contains(days));
    days.unwrap_or(UPCOMING_DAYS.0)
}

/// Where a page of upcoming renewals is read; the cursor stands at its end where there is one.
pub fn upcoming_path(days: i64, cursor: &str) -> String {
    let cursor = if cursor.is_empty() { String::new() } else { format!("&cursor={cursor}") };
    format!("{}?days={days}&limit=25&include_total=true{cursor}", paths::UPCOMING_RENEWALS)
}

/// The wallet's page that lists them, up to where a cursor would stand.
pub fn upcoming_page(days: i64) -> String {
    if days == UPCOMING_DAYS.0 { "/wallet?".to_owned() } else { format!("/wallet?days={days}&") }
}

/// Kinds of entries with their names.
pub const KINDS: [LedgerEntryKind; 5] = [
    LedgerEntryKind::TopUp,
    LedgerEntryKind::ActivationCharge,
    LedgerEntryKind::RenewalCharge,
    LedgerEntryKind::Refund,
    LedgerEntryKind::Adjustment,
];

/// "Activation"
pub const fn kind_name(kind: LedgerEntryKind) -> &'static str {
    match kind {
        LedgerEntryKind::TopUp => "Top-up",
        LedgerEntryKind::ActivationCharge => "Activation",
        LedgerEntryKind::RenewalCharge => "Renewal",
        LedgerEntryKind::Refund => "Refund",
        LedgerEntryKind::Adjustment => "Adjustment",
    }
}

/// The account of one side of an entry.
pub const fn account_name(account: LedgerAccountKind) -> &'static str {
    match account {
        LedgerAccountKind::Wallet => "Wallet",
        LedgerAccountKind::Revenue => "Charges",
        LedgerAccountKind::TopUpClearing => "Top-ups",
        LedgerAccountKind::Adjustments => "Adjustments",
    }
}

/// How a top-up is paid.
pub const fn method_name(method: TopUpMethod) -> &'static str {
    match method {
        TopUpMethod::BankTransfer => "Bank transfer",
        TopUpMethod::Cash => "Cash or cheque",
        TopUpMethod::Other => "As agreed",
    }
}

/// The page of a top-up; `next` is what was interrupted by it, to be gone on with once the money is there.
pub fn top_up_path(id: TopUpId, next: Option<&str>) -> String {
    let next = next.map(|next| format!("?next={}", encoded(next, b"/"))).unwrap_or_default();
    format!("/wallet/top-ups/{id}{next}")
}

/// What a notice is about: icon, tone, words.
pub fn notice_title(kind: NoticeKind, count: i64, texts: Texts<'_>) -> (&'static str, &'static str, String) {
    let said = |one: &str, many: &str| counted(count, one, many, texts);
    match kind {
        NoticeKind::NotCovered => ("warn", "warn", said("renewal is not covered", "renewals are not covered")),
        NoticeKind::Failed => ("bad", "warn", said("renewal failed", "renewals failed")),
        NoticeKind::Expired => ("bad", "s-expired", said("activation expired", "activations expired")),
        NoticeKind::Held => ("warn", "s-paused", said("renewal is held", "renewals are held")),
        NoticeKind::BalanceLow => ("warn", "wallet", "The balance is low".to_owned()),
    }
}

/// What follows from a notice, in a sentence.
pub const fn notice_sentence(kind: NoticeKind) -> &'static str {
    match kind {
        NoticeKind::NotCovered => "Not paid by the balance on its day, unless money comes in before.",
        NoticeKind::Failed => "On for the days of grace. Money that comes in until then renews at once.",
        NoticeKind::Expired => "Off, because it was not paid. Renewing starts a new term.",
        NoticeKind::Held => {
            "More periods were due at once than looks right. Nothing is charged until the operator has looked."
        }
        NoticeKind::BalanceLow => "It fell below an amount that you asked to be told of.",
    }
}

/// "3 Dec 2026": how far it reaches, below a label that says so.
pub fn reach(runway: &Runway, texts: Texts<'_>) -> String {
    reach_alone(runway.state, runway.covered_until_on, texts)
}

/// The sentence over the projected balance: before, what is strong, after.
pub fn summary(runway: &Runway, texts: Texts<'_>) -> (String, String, String) {
    let shortfall = runway.first_shortfall.as_ref().map(|shortfall| {
        let renewals = counted(shortfall.failing_count, "renewal", "renewals", texts);
        let on = (texts.date)(shortfall.on, DateForm::Short);
        format!(" First shortfall: {} on {on} ({renewals}).", (texts.money)(shortfall.amount))
    });
    let after = format!(".{}", shortfall.unwrap_or_default());
    match runway.state {
        RunwayState::Short => ("Covers every renewal until ".to_owned(), reach(runway, texts), after),
        RunwayState::ShortNow => (String::new(), "What is due today is not covered".to_owned(), after),
        RunwayState::BeyondHorizon => ("Covers every renewal for ".to_owned(), "more than 2 years".to_owned(), after),
        RunwayState::NothingRenews => (String::new(), "Nothing renews".to_owned(), after),
    }
}

/// One day of the projected balance.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Day {
    /// The day.
    pub on: NaiveDate,
    /// How many renewals are due on it.
    pub count: i64,
    /// What they cost together.
    pub due: Money,
    /// The balance at its end.
    pub balance: Money,
}

/// Every day up to the horizon; days on which nothing is due keep the balance of the day before.
pub fn days(forecast: &Forecast, horizon: i64) -> Vec<Day> {
    let nothing = Money::new(0, forecast.runway.available.currency);
    let mut balance = forecast.runway.available;
    let mut days = Vec::new();
    let mut on = forecast.today_on;
    for _ in 0..=horizon {
        let known = forecast.series.iter().find(|known| known.on == on);
        let (count, due) = known.map_or((0, nothing), |known| (known.due.count, known.due.amount));
        balance = known.map_or(balance, |known| known.balance);
        days.push(Day { on, count, due, balance });
        let Some(next) = on.succ_opt() else { break };
        on = next;
    }
    days
}

/// Where cover ends in a page of renewals: the index of the first row that is not covered, if the row before it is, or it
/// begins the list.
pub fn end_of_cover(rows: &[UpcomingRenewal], is_first_page: bool) -> Option<usize> {
    let index = rows.iter().position(|row| !row.covered)?;
    (index > 0 || is_first_page).then_some(index)
}

/// What the ledger's address asks for.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct LedgerView {
    /// Only of this kind.
    pub kind: Option<LedgerEntryKind>,
    /// Only of this activation.
    pub activation: Option<shared::vocab::ActivationId>,
    /// The page.
    pub cursor: String,
}

impl LedgerView {
    fn query(&self, with_cursor: bool) -> Vec<String> {
        let mut parts = Vec::new();
        parts.extend(self.kind.map(|kind| format!("kind={kind}")));
        parts.extend(self.activation.map(|id| format!("activation={id}")));
        if with_cursor && !self.cursor.is_empty() {
            parts.push(format!("cursor={}", self.cursor));
        }
        parts
    }

    /// The page's own address.
    pub fn page_path(&self) -> String {
        joined("/wallet/ledger", &self.query(true))
    }

    /// The address of the entries.
    pub fn data_path(&self) -> String {
        let mut parts = self.query(true);
        parts.extend(["limit=25".to_owned(), "include_total=true".to_owned()]);
        joined(paths::LEDGER_ENTRIES, &parts)
    }

    /// The address of what all of them add up to.
    pub fn totals_path(&self) -> String {
        joined(paths::LEDGER_TOTALS, &self.query(false))
    }

    /// The address of all of them as CSV.
    pub fn csv_path(&self) -> String {
        joined(paths::LEDGER_ENTRIES_CSV, &self.query(false))
    }
}

fn joined(path: &str, parts: &[String]) -> String {
    if parts.is_empty() { path.to_owned() } else { format!("{path}?{}", parts.join("&")) }
}

#[cfg(test)]
#[path = "model_tests.rs"]
mod tests;
