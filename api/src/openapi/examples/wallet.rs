//! Examples of money: the wallet, its ledger and proof, top-ups, and what operators do.

use serde_json::Value;
use shared::dto::activation::{ActivationClient, ActivationProduct, Actor};
use shared::dto::ledger::{LedgerEntry, LedgerEntryDetail, LedgerPeriod, LedgerSide, LedgerTotals};
use shared::dto::notice::{Notice, NoticeItem, UnreadNotices};
use shared::dto::operator::{OperatorPrice, OperatorProduct, OperatorReseller, OperatorTopUp, PriceMigration, SetUp};
use shared::dto::recurring_costs::Due;
use shared::dto::renewal_run::{HeldRenewals, OperatorRenewalRun, RenewalRun};
use shared::dto::top_up::TopUp;
use shared::dto::wallet::{AccountBalance, LedgerProof, LowBalanceAlerts, ProofCheck, Wallet};
use shared::vocab::{
    ActivationId, ActivationStatus, ActorKind, BillingInterval, ClientId, LedgerAccountKind, LedgerCheck,
    LedgerEntryId, LedgerEntryKind, NoticeId, NoticeKind, PriceId, PriceMigrationId, ProductId, ProductStatus,
    Provisioning, RenewalRunId, ResellerId, RunTrigger, TopUpId, TopUpMethod, TopUpStatus,
};

use super::{day, euro, id, json, moment, page};
use crate::features::ledger_entries;

/// The answer of an operation, by its id.
pub fn of(operation_id: &str) -> Option<Value> {
    match operation_id {
        "get_wallet" => json(&wallet()?),
        "get_low_balance_alerts" | "set_low_balance_alerts" => json(&alerts()?),
        "get_wallet_proof" | "get_operator_proof" => json(&proof()?),
        "list_renewal_runs" => json(&page(run(), 31)),
        "list_operator_renewal_runs" => json(&page(operator_run(), 31)),
        "list_held_renewals" => json(&page(held()?, 1)),
        "release_held_renewals" => json(&held()?),
        "list_notices" => json(&page(notice()?, 3)),
        "mark_notices_read" => json(&UnreadNotices { unread_count: 1 }),
        "list_ledger_entries" => json(&page(entry()?, 214)),
        "get_ledger_entries_csv" => Some(Value::String(ledger_entries::dto::csv_header())),
        "get_ledger_totals" => json(&totals()?),
        "get_ledger_entry" => json(&detail()?),
        "list_top_ups" => json(&page(top_up(TopUpStatus::Pending)?, 7)),
        "create_top_up" | "get_top_up" => json(&top_up(TopUpStatus::Pending)?),
        "cancel_top_up" => json(&top_up(TopUpStatus::Cancelled)?),
        "list_operator_top_ups" => json(&page(owned(TopUpStatus::Pending)?, 7)),
        "settle_top_up" => json(&owned(TopUpStatus::Settled)?),
        "reject_top_up" => json(&owned(TopUpStatus::Rejected)?),
        "list_resellers" => json(&page(reseller()?, 12)),
        "get_reseller" | "unblock_wallet" => json(&reseller()?),
        "create_adjustment" => json(&adjustment()?),
        "list_set_ups" => json(&page(set_up(ActivationStatus::Pending)?, 2)),
        "provision_activation" => json(&set_up(ActivationStatus::Active)?),
        "fail_activation" => json(&set_up(ActivationStatus::Failed)?),
        "list_operator_products" => json(&page(product()?, 12)),
        "get_operator_product" | "create_product" | "retire_product" | "create_price" => json(&product()?),
        "list_price_migrations" => json(&page(migration(), 2)),
        "create_price_migration" => json(&migration()),
        _ => None,
    }
}

fn run() -> RenewalRun {
    RenewalRun {
        id: RenewalRunId(id(31)),
        trigger: RunTrigger::Schedule,
        started_at: moment(0, 0),
        duration_ms: 41,
        due_count: 12,
        charged_count: 11,
        charged: euro(31_900),
        short_count: 1,
        failed_count: 0,
        held_count: 0,
        ended_count: 0,
        resumed_count: 0,
    }
}

fn held() -> Option<HeldRenewals> {
    Some(HeldRenewals {
        reseller_id: ResellerId(id(30)),
        reseller_name: "Harbour Digital".to_owned(),
        balance: euro(41_200)?,
        activation_count: 3,
        held_at: moment(0, 0),
        due_at: moment(0, 0) - chrono::TimeDelta::days(120),
        due_count: 12,
        due: euro(34_800)?,
    })
}

fn operator_run() -> OperatorRenewalRun {
    let (reseller_id, reseller_name) = (ResellerId(id(30)), "Harbour Digital".to_owned());
    OperatorRenewalRun { reseller_id, reseller_name, run: run() }
}

fn notice() -> Option<Notice> {
    let row = super::activation_row()?;
    Some(Notice {
        id: NoticeId(id(32)),
        kind: NoticeKind::NotCovered,
        created_at: moment(0, 0),
        read_at: None,
        balance_low: None,
        total: euro(2_900)?,
        item_count: 1,
        items: vec![NoticeItem {
            activation_id: row.id,
            product: row.product,
            client: row.client,
            renews_on: day(6),
            amount: euro(2_900)?,
            within_days: Some(7),
        }],
    })
}

fn due(count: i64, minor: i64) -> Option<Due> {
    Some(Due { count, amount: euro(minor)? })
}

fn wallet() -> Option<Wallet> {
    Some(Wallet {
        as_of: moment(0, 14),
        balance: euro(43_210)?,
        blocked_at: None,
        overdue: due(0, 0)?,
        due_in_7_days: due(4, 11_600)?,
        due_in_30_days: due(61, 139_500)?,
        pending_top_ups: due(1, 100_000)?,
        entry_count: 214,
    })
}

fn alerts() -> Option<LowBalanceAlerts> {
    Some(LowBalanceAlerts { thresholds: vec![euro(50_000)?, euro(10_000)?] })
}

fn proof() -> Option<LedgerProof> {
    let balances = [43_210, 256_790, -300_000, 0];
    let accounts = LedgerAccountKind::ALL.iter().zip(balances);
    let check = |check: &LedgerCheck| ProofCheck {
        check: *check,
        is_passed: true,
        checked_count: 214,
        differences: Vec::new(),
    };
    Some(LedgerProof {
        as_of: moment(0, 14),
        is_proven: true,
        blocked_at: None,
        entry_count: 214,
        balance: euro(43_210)?,
        accounts: accounts
            .map(|(account, minor)| Some(AccountBalance { account: *account, balance: euro(minor)? }))
            .collect::<Option<_>>()?,
        checks: LedgerCheck::ALL.iter().map(check).collect(),
    })
}

fn entry() -> Option<LedgerEntry> {
    Some(LedgerEntry {
        id: LedgerEntryId(id(5)),
        sequence: 214,
        kind: LedgerEntryKind::RenewalCharge,
        occurred_at: moment(-18, 0),
        occurred_on: day(-18),
        reason: "AI Writer · Ana Ferreira".to_owned(),
        amount: euro(-2_900)?,
        balance_after: euro(43_210)?,
        actor: Actor { kind: ActorKind::System, name: None },
        activation_id: Some(ActivationId(id(2))),
        corrects_entry_id: None,
        external_reference: None,
    })
}

fn detail() -> Option<LedgerEntryDetail> {
    let side = |account, minor| Some(LedgerSide { account, amount: euro(minor)? });
    Some(LedgerEntryDetail {
        entry: entry()?,
        recorded_at: moment(-18, 0),
        sides: vec![side(LedgerAccountKind::Wallet, -2_900)?, side(LedgerAccountKind::Revenue, 2_900)?],
        period: Some(LedgerPeriod { term_no: 1, period_no: 8, start_on: day(-18), end_on: day(12) }),
        product_name: Some("AI Writer".to_owned()),
        client_name: Some("Ana Ferreira".to_owned()),
        corrected_by: Vec::new(),
        top_up_id: None,
        request_id: None,
        idempotency_key: None,
    })
}

fn totals() -> Option<LedgerTotals> {
    Some(LedgerTotals { count: 214, money_in: euro(300_000)?, money_out: euro(-256_790)?, net: euro(43_210)? })
}

fn member() -> Actor {
    Actor { kind: ActorKind::Member, name: Some("Mara Lindqvist".to_owned()) }
}

fn operator() -> Actor {
    Actor { kind: ActorKind::Operator, name: Some("ops@example.com".to_owned()) }
}

fn top_up(status: TopUpStatus) -> Option<TopUp> {
    let is_pending = status == TopUpStatus::Pending;
    let by = if status == TopUpStatus::Cancelled { member() } else { operator() };
    Some(TopUp {
        id: TopUpId(id(9)),
        amount: euro(100_000)?,
        method: TopUpMethod::BankTransfer,
        status,
        payment_reference: "RP-2C0D3F7G9H".to_owned(),
        instructions: is_pending.then(|| "Transfer 1000.00 EUR with the reference RP-2C0D3F7G9H.".to_owned()),
        reference: Some("PO-2093".to_owned()),
        requested_at: moment(-1, 9),
        requested_by: member(),
        decided_at: (!is_pending).then(|| moment(0, 10)),
        decided_by: (!is_pending).then_some(by),
        reason: (status == TopUpStatus::Rejected).then(|| "No payment came within 30 days.".to_owned()),
        ledger_entry_id: (status == TopUpStatus::Settled).then(|| LedgerEntryId(id(5))),
    })
}

fn owned(status: TopUpStatus) -> Option<OperatorTopUp> {
    Some(OperatorTopUp {
        reseller_id: ResellerId(id(10)),
        reseller_name: "Harbour Digital".to_owned(),
        top_up: top_up(status)?,
    })
}

fn reseller() -> Option<OperatorReseller> {
    let balance = euro(43_210)?;
    Some(OperatorReseller {
        id: ResellerId(id(10)),
        name: "Harbour Digital".to_owned(),
        currency: balance.currency,
        time_zone: "Europe/Berlin".to_owned(),
        is_closed: false,
        created_at: moment(-300, 9),
        balance,
        blocked_at: None,
        blocked_reason: None,
        pending_top_ups: due(1, 100_000)?,
    })
}

fn set_up(status: ActivationStatus) -> Option<SetUp> {
    Some(SetUp {
        activation_id: ActivationId(id(1)),
        reseller_id: ResellerId(id(10)),
        reseller_name: "Harbour Digital".to_owned(),
        product: ActivationProduct { id: ProductId(id(2)), name: "AI Business Tool".to_owned() },
        client: ActivationClient {
            id: ClientId(id(3)),
            name: "Priya Nair".to_owned(),
            email: Some("priya@nair-hr.example".to_owned()),
        },
        status,
        billing_interval: BillingInterval::Quarterly,
        price: euro(13_900)?,
        requested_at: moment(0, 8),
        external_reference: Some("ORDER-1042".to_owned()),
        notes: None,
    })
}

fn adjustment() -> Option<LedgerEntry> {
    Some(LedgerEntry {
        kind: LedgerEntryKind::Adjustment,
        amount: euro(500)?,
        reason: "Goodwill for the outage of 3 March.".to_owned(),
        actor: operator(),
        activation_id: None,
        ..entry()?
    })
}

fn product() -> Option<OperatorProduct> {
    let price = |number, billing_interval, minor| {
        Some(OperatorPrice {
            id: PriceId(id(number)),
            billing_interval,
            amount: euro(minor)?,
            valid_from_on: day(-300),
            created_at: moment(-300, 9),
        })
    };
    Some(OperatorProduct {
        id: ProductId(id(1)),
        reference: "ai-writer".to_owned(),
        name: "AI Writer".to_owned(),
        description: "Drafts texts in your client's voice.".to_owned(),
        status: ProductStatus::Active,
        provisioning: Provisioning::Automatic,
        grace_days: 7,
        access_url: Some("https://writer.apps.example/{client}".to_owned()),
        access_note: Some("With the client's email address.".to_owned()),
        created_at: moment(-300, 9),
        prices: vec![price(7, BillingInterval::Monthly, 2_900)?, price(8, BillingInterval::Yearly, 29_000)?],
    })
}

fn migration() -> PriceMigration {
    PriceMigration {
        id: PriceMigrationId(id(11)),
        product_id: ProductId(id(1)),
        from_price_id: PriceId(id(7)),
        to_price_id: PriceId(id(12)),
        effective_on: day(60),
        announced_at: moment(0, 10),
        activation_count: 17,
    }
}
