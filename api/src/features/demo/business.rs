//! Carries the plan out, action by action, in the order of time.

use chrono::{DateTime, Days, NaiveDate, NaiveTime, TimeZone, Utc};
use chrono_tz::Tz;
use shared::vocab::{ActivationId, BillingInterval, ClientId, ProductId, TakesEffect};
use uuid::Uuid;

use super::Cast;
use super::dice::Dice;
use super::figures::euros;
use super::names::{CLIENTS, PRODUCTS};
use super::plan::{Fate, Planned, Story, before};
use crate::auth::{Actor, Reseller};
use crate::db::{Db, WriteTx};
use crate::error::Error;
use crate::features::catalogue::store::{PriceDetails, ProductDetails, Provisioning, insert_price, insert_product};
use crate::features::clients::store::{ClientDetails, insert as insert_client};
use crate::features::ledger::store::find_wallet;
use crate::features::lifecycle::service::{
    Context, NewActivation, activate, deactivate, pause, provision, replay_until, resume, run_due, set_auto_renew,
    top_up,
};
use crate::features::lifecycle::store::{Which, due_renewals};

const SEED: u64 = 7_919;
/// What the wallet holds when all is done: less than the renewal that waits in grace.
const FINAL_BALANCE_MINOR: i64 = 47_610;
/// The wallet is looked at every so many days, and filled when it does not cover the days ahead.
const LOOK_EVERY_DAYS: usize = 3;
const COVER_DAYS: u64 = 6;
const FILL_DAYS: u64 = 21;

/// Something that is done at a moment.
#[derive(Debug, Clone, Copy)]
enum Step {
    Activate(usize),
    Provision(usize),
    Pause(usize),
    Resume(usize),
    AutoRenewOff(usize),
    ScheduleEnd(usize),
    Deactivate(usize),
    LookAtWallet,
    FillExactly,
}

/// Runs the whole story, and returns the activations in the order of the plan.
pub async fn run(
    db: &Db,
    reseller: &Reseller,
    now: DateTime<Utc>,
    story: &Story,
    cast: &Cast,
) -> Result<Vec<ActivationId>, Error> {
    let mut dice = Dice::new(SEED);
    let steps = steps(story, reseller.time_zone, now, &mut dice);
    let first_day = story.activations.first().map_or(story.today, |planned| planned.on);
    let opened = moment(before(first_day, 3), 9 * 60, reseller.time_zone);
    let ids: Vec<ActivationId> = story
        .activations
        .iter()
        .map(|planned| ActivationId(id_at(moment(planned.on, 540, reseller.time_zone), &mut dice)))
        .collect();
    let clients: Vec<ClientId> = CLIENTS.iter().map(|_| ClientId(id_at(opened, &mut dice))).collect();
    let stage = Stage { reseller, story, cast, now, ids: &ids, clients: &clients };
    db.write(reseller.id, async |tx| {
        let products = stage.catalogue(tx, opened, first_day).await?;
        for (at, step) in &steps {
            stage.take(tx, &products, *at, *step).await?;
        }
        replay_until(tx, &stage.context(now, &cast.operator), now).await
    })
    .await?;
    Ok(ids)
}

struct Stage<'a> {
    reseller: &'a Reseller,
    story: &'a Story,
    cast: &'a Cast,
    now: DateTime<Utc>,
    ids: &'a [ActivationId],
    clients: &'a [ClientId],
}

impl Stage<'_> {
    fn context<'a>(&'a self, at: DateTime<Utc>, actor: &'a Actor) -> Context<'a> {
        Context { recorded_at: at, ..Context::new(self.reseller, at, actor) }
    }

    async fn catalogue(
        &self,
        tx: &WriteTx,
        opened: DateTime<Utc>,
        first_day: NaiveDate,
    ) -> Result<Vec<ProductId>, Error> {
        let mut products = Vec::with_capacity(PRODUCTS.len());
        for line in &PRODUCTS {
            let details = ProductDetails {
                external_reference: line.reference.to_owned(),
                name: line.name.to_owned(),
                description: line.description.to_owned(),
                provisioning: line.provisioning,
                grace_days: 7,
                access_url: Some(format!("https://{}.apps.example/{{client}}", line.access_url)),
                access_note: Some("With the client’s email address; the first sign-in sets the password.".to_owned()),
            };
            let product_id = insert_product(tx, &details, opened).await?;
            for (interval, amount_minor) in BillingInterval::ALL.iter().zip(line.prices) {
                let price = PriceDetails {
                    product_id,
                    interval: *interval,
                    currency: self.reseller.currency,
                    amount_minor,
                    valid_from_on: before(first_day, 30),
                };
                insert_price(tx, &price, opened).await?;
            }
            products.push(product_id);
        }
        for ((name, email), id) in CLIENTS.iter().zip(self.clients) {
            let details = ClientDetails {
                name: (*name).to_owned(),
                email: Some((*email).to_owned()),
                external_reference: Some(slug(name)),
                notes: None,
            };
            insert_client(tx, self.reseller.id, *id, &details, opened).await?;
        }
        Ok(products)
    }

    async fn take(&self, tx: &WriteTx, products: &[ProductId], at: DateTime<Utc>, step: Step) -> Result<(), Error> {
        let system = Actor::system();
        replay_until(tx, &self.context(at, &system), at).await?;
        let owner = self.context(at, &self.cast.owner);
        let support = self.context(at, &self.cast.support);
        match step {
            Step::Activate(index) => self.activate(tx, products, &owner, index).await?,
            Step::Provision(index) => {
                provision(tx, &self.context(at, &self.cast.operator), self.ids[index]).await?;
            }
            Step::Pause(index) => {
                pause(tx, &support, self.ids[index], None, Some("Client asked: office closed")).await?;
            }
            Step::Resume(index) => {
                resume(tx, &support, self.ids[index], Some("No charge, renewal day unchanged")).await?;
            }
            Step::AutoRenewOff(index) => {
                set_auto_renew(tx, &owner, self.ids[index], false).await?;
            }
            Step::ScheduleEnd(index) => {
                deactivate(tx, &owner, self.ids[index], TakesEffect::PeriodEnd).await?;
            }
            Step::Deactivate(index) => {
                deactivate(tx, &owner, self.ids[index], TakesEffect::Now).await?;
            }
            Step::LookAtWallet => {
                let balance_minor = self.balance_minor(tx).await?;
                // Not beyond the last filling, which leaves exactly what is wanted in the end.
                let last_fill_at = last_fill_at(self.story, self.reseller.time_zone);
                let ahead = |days| plus_days(at, days).min(last_fill_at);
                if balance_minor < self.needed_minor(tx, at, ahead(COVER_DAYS)).await? {
                    let needed_minor = self.needed_minor(tx, at, ahead(FILL_DAYS)).await?;
                    self.fill(tx, at, euros(needed_minor - balance_minor)).await?;
                }
            }
            Step::FillExactly => {
                let needed_minor = self.needed_minor(tx, at, self.now).await?;
                let missing_minor = FINAL_BALANCE_MINOR + needed_minor - self.balance_minor(tx).await?;
                if missing_minor > 0 {
                    self.fill(tx, at, missing_minor).await?;
                }
            }
        }
        Ok(())
    }

    async fn activate(
        &self,
        tx: &WriteTx,
        products: &[ProductId],
        context: &Context<'_>,
        index: usize,
    ) -> Result<(), Error> {
        let planned = &self.story.activations[index];
        let reference = format!("HD-{}", 2_000 + index);
        let is_school = CLIENTS[planned.client].0 == "Zentrum Musikschule";
        let new = NewActivation {
            id: Some(self.ids[index]),
            client_id: self.clients[planned.client],
            product_id: products[planned.product],
            interval: planned.interval,
            auto_renew: true,
            // What the wallet cannot cover waits until everything else of that day is paid.
            priority: if planned.fate == Fate::InGrace { 9 } else { 5 },
            price_id: None,
            external_reference: Some(&reference),
            notes: is_school.then_some("Invoice goes to the head office. Renew before the spring term."),
        };
        activate(tx, context, &new).await?;
        Ok(())
    }

    async fn fill(&self, tx: &WriteTx, at: DateTime<Utc>, amount_minor: i64) -> Result<(), Error> {
        let context = self.context(at, &self.cast.operator);
        top_up(tx, &context, amount_minor, "Bank transfer", None).await?;
        run_due(tx, &context).await?;
        Ok(())
    }

    async fn balance_minor(&self, tx: &WriteTx) -> Result<i64, Error> {
        let wallet = find_wallet(tx.connection(), self.reseller.id).await?;
        Ok(wallet.map_or(0, |wallet| wallet.balance_minor))
    }

    /// What renewals and planned activations take until then; not the one that is to stay unpaid.
    async fn needed_minor(&self, tx: &WriteTx, at: DateTime<Utc>, until: DateTime<Utc>) -> Result<i64, Error> {
        let which = Which { retries: true, released: false, after: None, limit: 10_000 };
        let renewals = due_renewals(tx, self.reseller.id, until, which).await?;
        let unpaid = |id: ActivationId| {
            let planned = self.ids.iter().position(|known| *known == id).map(|index| self.story.activations[index]);
            planned.is_some_and(|planned| planned.fate == Fate::InGrace)
        };
        let renewals: i64 = renewals.iter().filter(|due| !unpaid(due.id)).map(|due| due.price_minor).sum();
        let (from, to) = (self.reseller.date_of(at), self.reseller.date_of(until));
        let is_ahead = |planned: &&Planned| from <= planned.on && planned.on <= to;
        let new: i64 = self.story.activations.iter().filter(is_ahead).map(Planned::price_minor).sum();
        Ok(renewals + new)
    }
}

fn steps(story: &Story, zone: Tz, now: DateTime<Utc>, dice: &mut Dice) -> Vec<(DateTime<Utc>, Step)> {
    let mut steps = Vec::new();
    for (index, planned) in story.activations.iter().enumerate() {
        let activated_at = moment(planned.on, dice.between(9 * 60, 16 * 60), zone);
        steps.push((activated_at, Step::Activate(index)));
        if PRODUCTS[planned.product].provisioning == Provisioning::ByHand && planned.fate != Fate::Pending {
            steps.push((activated_at + chrono::TimeDelta::minutes(95), Step::Provision(index)));
        }
        let mut at = |days: u64| moment(before(story.today, days), dice.between(17 * 60, 18 * 60), zone);
        match planned.fate {
            Fate::Stays | Fate::InGrace | Fate::Pending => {}
            Fate::EndScheduled(days) | Fate::Ended(days) => steps.push((at(days), Step::ScheduleEnd(index))),
            Fate::AutoRenewOff(days) => steps.push((at(days), Step::AutoRenewOff(index))),
            Fate::Paused(days) => steps.push((at(days), Step::Pause(index))),
            Fate::PausedAndResumed(from, to) => {
                steps.push((at(from), Step::Pause(index)));
                steps.push((at(to), Step::Resume(index)));
            }
            Fate::Deactivated(days) => steps.push((at(days), Step::Deactivate(index))),
        }
    }
    let first_day = story.activations.first().map_or(story.today, |planned| planned.on);
    let last_fill_at = last_fill_at(story, zone);
    let looks =
        before(first_day, 2).iter_days().step_by(LOOK_EVERY_DAYS).take_while(|day| *day < before(story.today, 2));
    steps.extend(looks.map(|day| (moment(day, 8 * 60 + 41, zone), Step::LookAtWallet)));
    steps.push((last_fill_at, Step::FillExactly));
    steps.retain(|(at, _)| *at <= now);
    steps.sort_by_key(|(at, _)| *at);
    steps
}

/// When the wallet is filled for the last time: after everything else of that day.
fn last_fill_at(story: &Story, zone: Tz) -> DateTime<Utc> {
    moment(before(story.today, 2), 19 * 60 + 12, zone)
}

/// A minute of a local day; where the clock skips it, the midnight in UTC will do.
pub fn moment(day: NaiveDate, minute_of_day: i64, zone: Tz) -> DateTime<Utc> {
    let local = day.and_time(NaiveTime::MIN) + chrono::TimeDelta::minutes(minute_of_day);
    zone.from_local_datetime(&local).earliest().map_or_else(|| local.and_utc(), |at| at.to_utc())
}

fn plus_days(at: DateTime<Utc>, days: u64) -> DateTime<Utc> {
    at.checked_add_days(Days::new(days)).unwrap_or(at)
}

/// An id that sorts by that moment.
fn id_at(at: DateTime<Utc>, dice: &mut Dice) -> Uuid {
    let milliseconds = u64::try_from(at.timestamp_millis()).unwrap_or(0);
    uuid::Builder::from_unix_timestamp_millis(milliseconds, &dice.bytes()).into_uuid()
}

/// `Café Lindenhof` as part of an address.
fn slug(name: &str) -> String {
    let letters = name.to_lowercase();
    let words: Vec<&str> = letters.split(|letter: char| !letter.is_alphanumeric()).filter(|w| !w.is_empty()).collect();
    words.join("-")
}
