//! A reseller of size: an import folder with mixed products, clients, intervals and states, and half a year of usage.
//!
//! The same for the same sizes: one seed, one clock.

use std::fmt::Write as _;
use std::path::Path;

use chrono::{Days, NaiveDate, TimeDelta};
use tests::Dice;

/// How much of it.
#[derive(Debug, Clone, Copy)]
pub struct Portfolio {
    /// Rows of activations.csv.
    pub activations: usize,
    /// Rows of usage.csv.
    pub usage_rows: usize,
    /// The day before the clock's.
    pub last_day: NaiveDate,
}

const PRODUCTS: usize = 40;
const DAYS: usize = 180;
/// Days of business; each month more has to be replayed.
const SPAN: u64 = 200;
const INTERVALS: [(&str, usize); 4] = [("monthly", 60), ("quarterly", 15), ("semiannual", 10), ("yearly", 15)];
const PEOPLE_EACH: usize = 4;

impl Portfolio {
    /// Writes the folder, and one with the usage alone inside it.
    pub fn write(&self, folder: &Path) {
        let mut dice = Dice::new(20_261_122);
        let clients = (self.activations / 4).max(1);
        let file = |name: &str, text: String| std::fs::write(folder.join(name), text).unwrap();
        let mut products = "external_id,name,description,provisioning,grace_days\n".to_owned();
        let mut prices = "product,billing_interval,amount,currency,valid_from_on\n".to_owned();
        for product in 0..PRODUCTS {
            writeln!(products, "p{product},Product {} {product},Does what it says,automatic,7", word(product)).unwrap();
            let monthly = 5 + product;
            for (interval, months) in [("monthly", 1), ("quarterly", 3), ("semiannual", 6), ("yearly", 11)] {
                writeln!(prices, "p{product},{interval},{}.50,,", monthly * months).unwrap();
            }
        }
        file("products.csv", products);
        file("prices.csv", prices);
        let mut rows = "external_id,name,email,notes\n".to_owned();
        for client in 0..clients {
            let (first, last) = (word(client * 7), word(client / 20 + 3));
            writeln!(rows, "c{client},{first} {last} {client},office{client}@{last}.example,").unwrap();
        }
        file("clients.csv", rows);
        let start = self.last_day - Days::new(SPAN);
        file(
            "balance_movements.csv",
            format!("external_id,kind,amount,occurred_at,reference\nm1,top_up,1000000000.00,{start},Bank transfer\n"),
        );
        let (rows, served) = self.activation_rows(&mut dice, start, clients);
        file("activations.csv", rows);
        std::fs::create_dir(folder.join("usage")).unwrap();
        file("usage/usage.csv", self.usage_lines(&mut dice, &served));
    }

    /// The rows, and of each activation from when to when somebody uses it.
    fn activation_rows(
        &self,
        dice: &mut Dice,
        start: NaiveDate,
        clients: usize,
    ) -> (String, Vec<(NaiveDate, NaiveDate)>) {
        let mut rows =
            "external_id,product,client,billing_interval,activated_on,auto_renew,priority,paused_on,resumed_on,\
            deactivated_on\n"
                .to_owned();
        let mut served = Vec::with_capacity(self.activations);
        for activation in 0..self.activations {
            let mut ticket = dice.below(100);
            let interval = INTERVALS.iter().find(|(_, share)| {
                let is_this = ticket < *share;
                ticket = ticket.saturating_sub(*share);
                is_this
            });
            let interval = interval.unwrap().0;
            let on = start + Days::new(u64::try_from(1 + dice.below(usize::try_from(SPAN).unwrap() - 2)).unwrap());
            let after = |dice: &mut Dice| {
                let left = usize::try_from((self.last_day - on).num_days()).unwrap();
                on + Days::new(u64::try_from(dice.below(left + 1)).unwrap())
            };
            let (mut auto_renew, mut paused, mut resumed, mut ended) = ("true", None, None, None);
            match dice.below(100) {
                0..8 => paused = Some(after(dice)),
                8..14 => {
                    paused = Some(after(dice));
                    resumed = paused.map(|on| (on + Days::new(9)).min(self.last_day));
                }
                14..24 => ended = Some(after(dice)),
                24..30 => auto_renew = "false",
                _ => {}
            }
            let text = |date: Option<NaiveDate>| date.map(|date| date.to_string()).unwrap_or_default();
            writeln!(
                rows,
                "a{activation},p{},c{},{interval},{on},{auto_renew},{},{},{},{}",
                dice.below(PRODUCTS),
                dice.below(clients),
                1 + dice.below(9),
                text(paused),
                text(resumed),
                text(ended)
            )
            .unwrap();
            served.push((on, paused.or(ended).unwrap_or(self.last_day)));
        }
        (rows, served)
    }

    fn usage_lines(&self, dice: &mut Dice, served: &[(NaiveDate, NaiveDate)]) -> String {
        let mut rows = String::with_capacity(self.usage_rows * 48);
        rows.push_str("id,activation,end_user,occurred_at\n");
        for event in 0..self.usage_rows {
            let activation = dice.below(served.len());
            let (from, to) = served[activation];
            let from = from.max(self.last_day - Days::new(u64::try_from(DAYS).unwrap()));
            let span = usize::try_from((to - from).num_days()).unwrap_or(0);
            let day = from.max(from + TimeDelta::days(i64::try_from(dice.below(span + 1)).unwrap()));
            let (person, second) = (dice.below(PEOPLE_EACH), dice.below(86_000));
            let (hour, minute) = (second / 3_600, second / 60 % 60);
            writeln!(rows, "e{event},a{activation},u{person}@a{activation}.example,{day}T{hour:02}:{minute:02}:07Z")
                .unwrap();
        }
        rows
    }
}

fn word(number: usize) -> &'static str {
    const WORDS: [&str; 24] = [
        "harbour",
        "lindenhof",
        "kestrel",
        "moreau",
        "fjord",
        "bakery",
        "northwind",
        "atlas",
        "copper",
        "meadow",
        "orchard",
        "granite",
        "juniper",
        "saffron",
        "willow",
        "beacon",
        "summit",
        "cobalt",
        "amber",
        "velvet",
        "cedar",
        "ember",
        "raven",
        "quartz",
    ];
    WORDS[number % WORDS.len()]
}
