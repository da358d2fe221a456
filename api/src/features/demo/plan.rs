//! Who gets what, when, and what becomes of it.

use std::collections::HashSet;

use chrono::{Datelike, Days, Months, NaiveDate};
use shared::vocab::BillingInterval::{self, Monthly, Quarterly, Semiannual, Yearly};

use super::dice::Dice;
use super::names::{CLIENTS, PRODUCTS};

const SEED: u64 = 2_026;
const WRITER: usize = 0;
const CHAT: usize = 1;
const IMAGES: usize = 2;
const BUSINESS: usize = 3;
const BOOKING: usize = 4;
const INVOICES: usize = 5;
const ANALYTICS: usize = 6;
const SOCIAL: usize = 7;

/// What becomes of an activation; days count back from today.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fate {
    /// Renews by itself.
    Stays,
    /// Its yearly renewal of today is the one the wallet does not cover.
    InGrace,
    /// Waits to be set up.
    Pending,
    /// Its end is scheduled.
    EndScheduled(u64),
    /// Auto-renew was switched off: it ends, or has ended, with what is paid.
    AutoRenewOff(u64),
    /// Paused since then.
    Paused(u64),
    /// Paused for some days, then resumed.
    PausedAndResumed(u64, u64),
    /// Ended at once, with the refund there was.
    Deactivated(u64),
    /// Its end was scheduled then, and has come.
    Ended(u64),
}

/// One planned activation.
#[derive(Debug, Clone, Copy)]
pub struct Planned {
    /// Position in [`PRODUCTS`].
    pub product: usize,
    /// Position in [`CLIENTS`].
    pub client: usize,
    /// How often it is paid.
    pub interval: BillingInterval,
    /// Local day of activation.
    pub on: NaiveDate,
    /// What becomes of it.
    pub fate: Fate,
    /// How many people use it; 0 for the few that nobody uses.
    pub people: usize,
}

impl Planned {
    /// What a period costs, in cents.
    pub fn price_minor(&self) -> i64 {
        let position = BillingInterval::ALL.iter().position(|interval| *interval == self.interval);
        PRODUCTS[self.product].prices[position.unwrap_or(0)]
    }
}

/// The plan as of a day.
#[derive(Debug)]
pub struct Story {
    /// The day.
    pub today: NaiveDate,
    /// All activations, in the order of their dates.
    pub activations: Vec<Planned>,
}

/// What the newest rows of the list show.
const RECENT: [(usize, usize, BillingInterval, u64, Fate); 27] = [
    (BUSINESS, 0, Quarterly, 1, Fate::Pending),
    (WRITER, 1, Monthly, 1, Fate::Stays),
    (CHAT, 2, Yearly, 3, Fate::Stays),
    (WRITER, 3, Monthly, 4, Fate::Stays),
    (BOOKING, 4, Monthly, 5, Fate::Stays),
    (IMAGES, 5, Monthly, 9, Fate::Stays),
    (SOCIAL, 6, Monthly, 11, Fate::Paused(2)),
    (BOOKING, 7, Yearly, 12, Fate::Stays),
    (INVOICES, 8, Monthly, 16, Fate::Stays),
    (CHAT, 9, Monthly, 18, Fate::Stays),
    (ANALYTICS, 10, Semiannual, 19, Fate::Stays),
    (WRITER, 11, Monthly, 24, Fate::EndScheduled(5)),
    (CHAT, 12, Monthly, 27, Fate::Stays),
    (WRITER, 5, Monthly, 32, Fate::Stays),
    (WRITER, 13, Monthly, 34, Fate::Stays),
    (CHAT, 11, Monthly, 39, Fate::Stays),
    (BOOKING, 6, Monthly, 41, Fate::AutoRenewOff(20)),
    (CHAT, 14, Semiannual, 45, Fate::Stays),
    (WRITER, 10, Monthly, 47, Fate::Stays),
    (ANALYTICS, 15, Monthly, 52, Fate::Stays),
    (CHAT, 16, Monthly, 54, Fate::Stays),
    (ANALYTICS, 17, Monthly, 58, Fate::Paused(12)),
    (WRITER, 18, Monthly, 61, Fate::Stays),
    (WRITER, 19, Monthly, 66, Fate::Stays),
    (IMAGES, 19, Quarterly, 70, Fate::Stays),
    (IMAGES, 17, Monthly, 6, Fate::Deactivated(3)),
    (WRITER, 20, Monthly, 246, Fate::PausedAndResumed(22, 19)),
];

/// How many older activations each product has: with the recent ones, 96 besides those that ended for good.
const OLDER: [(usize, usize); 8] =
    [(WRITER, 8), (CHAT, 9), (IMAGES, 6), (BUSINESS, 5), (BOOKING, 12), (INVOICES, 13), (ANALYTICS, 8), (SOCIAL, 8)];

/// Fates of older activations paid by the month; the others stay.
const OLDER_FATES: [Fate; 15] = [
    Fate::AutoRenewOff(4),
    Fate::EndScheduled(3),
    Fate::Paused(20),
    Fate::Paused(38),
    Fate::Paused(55),
    // Ended with what was paid, and one after a long pause.
    Fate::AutoRenewOff(45),
    Fate::AutoRenewOff(80),
    Fate::Paused(130),
    Fate::Deactivated(33),
    Fate::Deactivated(75),
    Fate::Deactivated(140),
    Fate::Ended(60),
    Fate::Ended(110),
    Fate::Ended(200),
    Fate::PausedAndResumed(160, 148),
];

/// Writes the plan as of `today`.
pub fn write(today: NaiveDate) -> Story {
    let mut dice = Dice::new(SEED);
    let mut activations: Vec<Planned> = RECENT
        .iter()
        .map(|(product, client, interval, days, fate)| Planned {
            product: *product,
            client: *client,
            interval: *interval,
            on: before(today, *days),
            fate: *fate,
            people: 0,
        })
        .collect();
    let mut taken: HashSet<(usize, usize)> = RECENT.iter().map(|row| (row.0, row.1)).collect();
    activations.extend(older(today, &mut dice, &mut taken));
    for (position, planned) in activations.iter_mut().enumerate() {
        let (low, high) = if planned.product == WRITER || planned.product == CHAT { (14, 36) } else { (6, 24) };
        let people = dice.between(low, high);
        // A few are paid for and used by nobody.
        planned.people = if position % 23 == 20 { 0 } else { usize::try_from(people).unwrap_or(0) };
    }
    activations.sort_by_key(|planned| planned.on);
    Story { today, activations }
}

fn older(today: NaiveDate, dice: &mut Dice, taken: &mut HashSet<(usize, usize)>) -> Vec<Planned> {
    let mut products: Vec<usize> = OLDER.iter().flat_map(|(product, count)| vec![*product; *count]).collect();
    // Those that ended for good come on top.
    products.extend([WRITER, CHAT, BOOKING, SOCIAL, ANALYTICS, INVOICES]);
    dice.shuffle(&mut products);
    let mut long = [vec![Quarterly; 9], vec![Semiannual; 7], vec![Yearly; 5]].concat();
    dice.shuffle(&mut long);
    let mut fates = OLDER_FATES.to_vec();
    let mut planned = Vec::with_capacity(products.len() + 1);
    for product in products {
        let may_be_long = product != BUSINESS && dice.between(0, 2) == 0;
        let interval = if may_be_long { long.pop().unwrap_or(Monthly) } else { Monthly };
        let fate = if interval == Monthly { fates.pop().unwrap_or(Fate::Stays) } else { Fate::Stays };
        let client = free_client(product, dice, taken);
        let on = before(today, age(interval, fate, dice));
        planned.push(Planned { product, client, interval, on, fate, people: 0 });
    }
    let client = free_client(BUSINESS, dice, taken);
    let on = today.checked_sub_months(Months::new(12)).unwrap_or(today);
    planned.push(Planned { product: BUSINESS, client, interval: Yearly, on, fate: Fate::InGrace, people: 0 });
    planned
}

/// Days since activation: old enough for what becomes of it.
fn age(interval: BillingInterval, fate: Fate, dice: &mut Dice) -> u64 {
    let least = match fate {
        // Three weeks into the running month, so that its end is still to come.
        Fate::AutoRenewOff(4) | Fate::EndScheduled(_) => return [70, 101, 131][dice.index(3)],
        Fate::AutoRenewOff(days) | Fate::Paused(days) | Fate::Ended(days) | Fate::PausedAndResumed(days, _) => {
            days + 40
        }
        // Within the days in which there is a refund.
        Fate::Deactivated(days) => return days + dice.between(2, 5).unsigned_abs(),
        _ => 72,
    };
    let most = match interval {
        Yearly => 330,
        _ => 540,
    };
    let least = i64::try_from(least).unwrap_or(72);
    dice.between(least, most.max(least + 1)).unsigned_abs()
}

fn free_client(product: usize, dice: &mut Dice, taken: &mut HashSet<(usize, usize)>) -> usize {
    loop {
        let client = dice.index(CLIENTS.len());
        if taken.insert((product, client)) {
            return client;
        }
    }
}

/// The day so many days before; on a weekend the Friday before it, as offices do.
pub fn before(today: NaiveDate, days: u64) -> NaiveDate {
    let day = today.checked_sub_days(Days::new(days)).unwrap_or(today);
    let weekend = u64::from(day.weekday().num_days_from_monday()).saturating_sub(4);
    day.checked_sub_days(Days::new(if days > 7 { weekend } else { 0 })).unwrap_or(day)
}
