//! The reference model of M8: one activation and its wallet, written from the rules and from nothing else.
//!
//! It counts hours from 1970 on and lives in UTC. It shares no code with the product.

use crate::m6_calendar::{civil, model_day};

/// Hours since the beginning of 1970.
pub type Hour = i64;

/// Where it stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Status {
    Active,
    Paused,
    Expired,
    Deactivated,
}

/// What is asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Ask {
    /// Time passes, and a run comes.
    Wait(Hour),
    TopUp(i64),
    Renew,
    Pause,
    Resume,
    DeactivateNow,
    DeactivateAtPeriodEnd,
    Keep,
    AutoRenew(bool),
    /// At the next renewal, by months.
    ChangeInterval(u32),
}

#[derive(Debug, Clone)]
struct Charge {
    start_day: i64,
    end_day: i64,
    charged_day: i64,
    minor: i64,
}

/// The model.
#[derive(Debug, Clone)]
pub struct Model {
    pub now: Hour,
    pub balance: i64,
    pub status: Status,
    pub auto_renew: bool,
    pub paid_until: Hour,
    pub grace_until: Option<Hour>,
    pub ends_at: Option<Hour>,
    pub is_held: bool,
    paused_at: Option<Hour>,
    skips_grace: bool,
    first: (i64, u32, u32),
    months: u32,
    wanted_months: Option<u32>,
    next_period: u32,
    charges: Vec<Charge>,
    price_of_month: i64,
}

/// It is refused, and nothing has happened.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Refused;

impl Model {
    /// Activates; the balance must suffice.
    pub fn activate(now: Hour, balance: i64, price_of_month: i64, months: u32) -> Self {
        let mut model = Self {
            now,
            balance,
            status: Status::Active,
            auto_renew: true,
            paid_until: now,
            grace_until: None,
            ends_at: None,
            is_held: false,
            paused_at: None,
            skips_grace: false,
            first: civil(now.div_euclid(24)),
            months,
            wanted_months: None,
            next_period: 0,
            charges: Vec::new(),
            price_of_month,
        };
        assert!(model.open_term());
        model
    }

    /// Does what is asked, after what time has done.
    pub fn ask(&mut self, ask: Ask) -> Result<(), Refused> {
        if let Ask::Wait(hours) = ask {
            self.now += hours;
            self.settle();
            return Ok(());
        }
        let before = self.clone();
        if let Ask::TopUp(minor) = ask {
            self.balance += minor;
        }
        self.settle();
        let is_done = self.act(ask);
        if !is_done {
            *self = before;
        }
        if is_done { Ok(()) } else { Err(Refused) }
    }

    fn act(&mut self, ask: Ask) -> bool {
        match ask {
            Ask::Wait(_) | Ask::TopUp(_) => true,
            Ask::Renew => match self.status {
                Status::Active if self.ends_at.is_some() => false,
                // One period paid by hand releases nothing of the others.
                Status::Active => {
                    let was_held = self.is_held;
                    let is_paid = self.may_renew_ahead() && self.pay();
                    self.is_held = was_held && self.paid_until <= self.now;
                    is_paid
                }
                Status::Expired => self.open_term(),
                _ => false,
            },
            Ask::Pause if self.status == Status::Active => {
                self.status = Status::Paused;
                self.paused_at = Some(self.now);
                (self.grace_until, self.is_held) = (None, false);
                true
            }
            Ask::Resume if self.status == Status::Paused => {
                if self.now < self.paid_until {
                    (self.status, self.paused_at) = (Status::Active, None);
                    return true;
                }
                self.open_term()
            }
            Ask::DeactivateNow if self.status != Status::Deactivated => {
                self.refund();
                self.end(Status::Deactivated);
                true
            }
            Ask::DeactivateAtPeriodEnd => {
                let is_possible = self.is_on_or_paused()
                    && self.ends_at.is_none()
                    && self.grace_until.is_none()
                    && self.now < self.paid_until;
                if is_possible {
                    self.ends_at = Some(self.paid_until);
                    self.wanted_months = None;
                }
                is_possible
            }
            Ask::Keep => self.is_on_or_paused() && self.ends_at.take().is_some(),
            Ask::AutoRenew(on) => {
                if self.is_on_or_paused() {
                    self.auto_renew = on;
                }
                self.is_on_or_paused()
            }
            Ask::ChangeInterval(months) => {
                let is_possible = self.is_on_or_paused() && self.ends_at.is_none();
                if is_possible {
                    self.wanted_months = (months != self.months).then_some(months);
                }
                is_possible
            }
            _ => false,
        }
    }

    fn is_on_or_paused(&self) -> bool {
        matches!(self.status, Status::Active | Status::Paused)
    }

    /// What time has done up to now.
    fn settle(&mut self) {
        while self.step() {}
    }

    fn step(&mut self) -> bool {
        if !self.is_on_or_paused() {
            return false;
        }
        if self.ends_at.is_some_and(|at| at <= self.now) {
            self.end(Status::Deactivated);
            return false;
        }
        if self.status == Status::Paused {
            let paused_day = self.paused_at.unwrap().div_euclid(24);
            if ((paused_day + 90) * 24).max(self.paid_until) <= self.now {
                self.skips_grace = false;
                self.end(Status::Expired);
            }
            return false;
        }
        if let Some(grace_until) = self.grace_until {
            if grace_until <= self.now {
                self.skips_grace = true;
                self.end(Status::Expired);
                return false;
            }
            return self.auto_renew && self.pay();
        }
        if self.now < self.paid_until {
            return false;
        }
        if !self.auto_renew {
            self.skips_grace = false;
            self.end(Status::Expired);
            return false;
        }
        if self.is_held || self.start_of_unpaid(3) * 24 <= self.now {
            self.is_held = true;
            return false;
        }
        if self.pay() {
            return true;
        }
        if self.skips_grace {
            self.end(Status::Expired);
        } else {
            self.grace_until = Some((self.paid_until + 7 * 24).max(self.now + 24));
        }
        false
    }

    /// The day on which a period begins that is so many after the first unpaid one.
    fn start_of_unpaid(&self, further: u32) -> i64 {
        match self.wanted_months {
            None => model_day(self.first, (self.next_period + further) * self.months),
            Some(months) => model_day(self.first, self.next_period * self.months + further * months),
        }
    }

    /// One period may be paid ahead of the one that runs; a term that was opened ahead is that already.
    fn may_renew_ahead(&self) -> bool {
        model_day(self.first, 0) * 24 <= self.now && self.paid_until <= self.end_of_running_period()
    }

    fn end_of_running_period(&self) -> Hour {
        let mut period = 0;
        while model_day(self.first, (period + 1) * self.months) * 24 <= self.now {
            period += 1;
        }
        model_day(self.first, (period + 1) * self.months) * 24
    }

    /// Pays the first unpaid period, if the money is there.
    fn pay(&mut self) -> bool {
        let (start, end) = (self.start_of_unpaid(0), self.start_of_unpaid(1));
        if !self.charge(start, end, self.wanted_months.unwrap_or(self.months)) {
            return false;
        }
        if let Some(months) = self.wanted_months.take() {
            // A new term that keeps the anchor's day.
            let (year, month, _) = civil(start);
            self.first = (year, month, self.first.2);
            (self.months, self.next_period) = (months, 0);
        }
        if self.next_period > 0 {
            self.skips_grace = false;
        }
        self.next_period += 1;
        (self.paid_until, self.grace_until, self.is_held) = (end * 24, None, false);
        true
    }

    /// A term from today on, with today's day.
    fn open_term(&mut self) -> bool {
        let (today, months) = (self.now.div_euclid(24), self.wanted_months.unwrap_or(self.months));
        let first = civil(today);
        if !self.charge(today, model_day(first, months), months) {
            return false;
        }
        (self.first, self.months, self.wanted_months, self.next_period) = (first, months, None, 1);
        self.status = Status::Active;
        self.paid_until = model_day(first, months) * 24;
        (self.grace_until, self.ends_at, self.paused_at, self.is_held) = (None, None, None, false);
        true
    }

    fn charge(&mut self, start_day: i64, end_day: i64, months: u32) -> bool {
        let minor = self.price_of_month * i64::from(months);
        if self.balance < minor {
            return false;
        }
        self.balance -= minor;
        self.charges.push(Charge { start_day, end_day, charged_day: self.now.div_euclid(24), minor });
        true
    }

    /// Unused days within the first seven; periods that have not begun in full.
    fn refund(&mut self) {
        let today = self.now.div_euclid(24);
        for charge in &mut self.charges {
            let (used, total) = (today - charge.start_day + 1, charge.end_day - charge.start_day);
            let back = if today < charge.start_day {
                charge.minor
            } else if today - charge.start_day.max(charge.charged_day) < 7 && used <= total {
                charge.minor * (total - used) / total
            } else {
                0
            };
            charge.minor -= back;
            self.balance += back;
        }
    }

    fn end(&mut self, status: Status) {
        self.status = status;
        (self.grace_until, self.ends_at, self.paused_at, self.is_held) = (None, None, None, false);
        if status == Status::Deactivated {
            self.wanted_months = None;
        }
    }
}

/// The hour of a moment.
pub fn hour_of(at: chrono::DateTime<chrono::Utc>) -> Hour {
    at.timestamp().div_euclid(3_600)
}

/// The moment of an hour.
pub fn moment_of(hour: Hour) -> chrono::DateTime<chrono::Utc> {
    chrono::DateTime::from_timestamp(hour * 3_600, 0).unwrap()
}
