//! How often somebody may guess a password.
//!
//! Wrong passwords cost a guess; right ones give it back. There are three buckets, each filling up evenly over an hour:
//! 10 guesses for an account from one address, 40 for an account from addresses that never logged in to it, 300 for one
//! address over all accounts. A full bucket that is emptied while it fills gives twice its size within an hour: at most
//! 100 guesses. Whoever logged in from an address before has that address' own 10 whatever others do, so that guessing
//! at an account does not lock its owner out; links and sessions are not concerned at all.
//! Counted in this process: replicas multiply the figures.

use std::net::IpAddr;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use chrono::{DateTime, Utc};
use moka::future::Cache;

use crate::error::Error;

const PER_ACCOUNT_AND_ADDRESS: u32 = 10;
const PER_ACCOUNT_FROM_STRANGERS: u32 = 40;
const PER_ADDRESS: u32 = 300;
const HOUR_SECONDS: i64 = 3600;
const MOST_BUCKETS: u64 = 100_000;
/// How long an address is known to an account after a log-in.
const KNOWN_FOR: Duration = Duration::from_hours(30 * 24);

#[derive(Debug, Clone, PartialEq, Eq, Hash)]
enum Key {
    AccountAndAddress(String, IpAddr),
    Account(String),
    Address(IpAddr),
}

impl Key {
    fn size(&self) -> u32 {
        match self {
            Self::AccountAndAddress(..) => PER_ACCOUNT_AND_ADDRESS,
            Self::Account(_) => PER_ACCOUNT_FROM_STRANGERS,
            Self::Address(_) => PER_ADDRESS,
        }
    }
}

/// Guesses left, in thousandths, at a moment.
#[derive(Debug)]
struct Bucket {
    left: i64,
    at: DateTime<Utc>,
    size: i64,
}

impl Bucket {
    fn full(size: u32, at: DateTime<Utc>) -> Self {
        let size = i64::from(size) * 1000;
        Self { left: size, at, size }
    }

    /// Takes one guess, or says in how many seconds there will be one.
    fn take(&mut self, now: DateTime<Utc>) -> Result<(), u64> {
        let elapsed = (now - self.at).num_milliseconds().clamp(0, HOUR_SECONDS * 1000);
        let refill = elapsed * self.size / (HOUR_SECONDS * 1000);
        if refill > 0 {
            self.left = (self.left + refill).min(self.size);
            self.at = now;
        }
        if self.left >= 1000 {
            self.left -= 1000;
            return Ok(());
        }
        let missing = 1000 - self.left;
        Err(u64::try_from(missing * HOUR_SECONDS / self.size + 1).unwrap_or(1))
    }

    fn give_back(&mut self) {
        self.left = (self.left + 1000).min(self.size);
    }
}

/// Counts guesses.
#[derive(Debug, Clone)]
pub struct GuessLimit {
    buckets: Cache<Key, Arc<Mutex<Bucket>>>,
    known: Cache<Key, ()>,
}

impl Default for GuessLimit {
    fn default() -> Self {
        let hour = Duration::from_hours(1);
        Self {
            buckets: Cache::builder().max_capacity(MOST_BUCKETS).time_to_idle(hour).build(),
            known: Cache::builder().max_capacity(MOST_BUCKETS).time_to_live(KNOWN_FOR).build(),
        }
    }
}

/// A guess that was taken; without a call of [`Guess::was_right`] it stays taken.
#[derive(Debug)]
pub struct Guess {
    taken: Vec<Arc<Mutex<Bucket>>>,
    known: Cache<Key, ()>,
    key: Key,
}

impl Guess {
    /// Gives the guess back and remembers the address.
    pub async fn was_right(self) {
        for bucket in &self.taken {
            bucket.lock().unwrap_or_else(PoisonError::into_inner).give_back();
        }
        self.known.insert(self.key, ()).await;
    }
}

impl GuessLimit {
    /// Takes a guess at an account from an address, before the password is looked at.
    pub async fn take(&self, email: &str, address: IpAddr, now: DateTime<Utc>) -> Result<Guess, Error> {
        let own = Key::AccountAndAddress(email.to_owned(), address);
        let mut keys = vec![own.clone(), Key::Address(address)];
        if !self.known.contains_key(&own) {
            keys.push(Key::Account(email.to_owned()));
        }
        let mut taken = Vec::with_capacity(keys.len());
        for key in keys {
            let size = key.size();
            let bucket = self.buckets.get_with(key, async { Arc::new(Mutex::new(Bucket::full(size, now))) }).await;
            let outcome = bucket.lock().unwrap_or_else(PoisonError::into_inner).take(now);
            if let Err(seconds) = outcome {
                // What was refused as a whole costs nothing.
                for bucket in &taken {
                    let bucket: &Arc<Mutex<Bucket>> = bucket;
                    bucket.lock().unwrap_or_else(PoisonError::into_inner).give_back();
                }
                return Err(Error::rate_limited(seconds));
            }
            taken.push(bucket);
        }
        Ok(Guess { taken, known: self.known.clone(), key: own })
    }
}

#[cfg(test)]
mod tests {
    use chrono::TimeDelta;
    use shared::problem::ProblemCode;

    use super::*;

    const OWNER: IpAddr = IpAddr::V4(std::net::Ipv4Addr::new(192, 0, 2, 1));

    fn stranger(number: u8) -> IpAddr {
        IpAddr::from([198, 51, 100, number])
    }

    fn start() -> DateTime<Utc> {
        DateTime::from_timestamp(1_795_352_520, 0).unwrap()
    }

    async fn wrong_guesses(limit: &GuessLimit, address: IpAddr, tries: u32, now: DateTime<Utc>) -> u32 {
        let mut taken = 0;
        for _ in 0..tries {
            taken += u32::from(limit.take("mara@example.com", address, now).await.is_ok());
        }
        taken
    }

    #[tokio::test]
    async fn wrong_guesses_run_out_and_come_back_over_an_hour() {
        let limit = GuessLimit::default();
        assert_eq!(wrong_guesses(&limit, OWNER, 50, start()).await, 10);
        let error = limit.take("mara@example.com", OWNER, start()).await.unwrap_err();
        assert_eq!(error.code(), ProblemCode::RateLimited);
        assert_eq!(wrong_guesses(&limit, OWNER, 50, start() + TimeDelta::minutes(30)).await, 5);
    }

    #[tokio::test]
    async fn right_passwords_cost_nothing() {
        let limit = GuessLimit::default();
        for _ in 0..500 {
            limit.take("mara@example.com", OWNER, start()).await.unwrap().was_right().await;
        }
    }

    #[tokio::test]
    async fn from_many_addresses_an_account_is_guessed_at_most_100_times_an_hour() {
        let limit = GuessLimit::default();
        limit.take("mara@example.com", OWNER, start()).await.unwrap().was_right().await;
        let mut taken = 0;
        for minute in 0..60 {
            let now = start() + TimeDelta::minutes(minute);
            taken += wrong_guesses(&limit, OWNER, 30, now).await;
            for number in 0..20 {
                taken += wrong_guesses(&limit, stranger(number), 30, now).await;
            }
        }
        assert!((50..=100).contains(&taken), "{taken}");
    }

    #[tokio::test]
    async fn guessing_does_not_lock_the_owner_out() {
        let limit = GuessLimit::default();
        limit.take("mara@example.com", OWNER, start()).await.unwrap().was_right().await;
        for number in 0..200 {
            wrong_guesses(&limit, stranger(number), 30, start()).await;
        }
        assert!(limit.take("mara@example.com", stranger(250), start()).await.is_err());
        assert!(limit.take("mara@example.com", OWNER, start()).await.is_ok());
    }

    #[tokio::test]
    async fn one_address_cannot_try_all_accounts() {
        let limit = GuessLimit::default();
        let mut taken = 0;
        for number in 0..1000 {
            taken += u32::from(limit.take(&format!("{number}@example.com"), OWNER, start()).await.is_ok());
        }
        assert_eq!(taken, 300);
    }
}
