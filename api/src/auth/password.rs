//! Passwords: the rule for new ones, and Argon2id with a limit of its own.
//!
//! A hash costs about 30 ms and 19 MiB, so only one runs at a time for every two cores, a short queue waits, and whoever
//! comes on top is asked to come back. An unknown account costs the same time as a known one.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use argon2::{Argon2, PasswordHash, PasswordHasher as _, PasswordVerifier as _};
use secrecy::{ExposeSecret, SecretString};
use shared::problem::ProblemCode;
use tokio::sync::Semaphore;

use crate::error::Error;

/// Fewest characters of a new password.
pub const MIN_CHARACTERS: usize = 12;
/// Most characters of any password.
pub const MAX_CHARACTERS: usize = 200;
/// How many may wait for their turn: about three seconds.
const MAX_WAITING: usize = 100;
const RETRY_AFTER_SECONDS: u64 = 2;
/// Of a password that nobody has, with the same parameters as all others.
const HASH_OF_NOBODY: &str =
    "$argon2id$v=19$m=19456,t=2,p=1$bm9ib2R5J3Mtc2FsdC4uLg$VM8CcBgQ1Pp5aw0UcKe2nNn2fQmCqkSgYpaWjzqXnXQ";

/// Checks a new password against the rule; `pointer` is where it stands in the request.
pub fn check_new(password: &str, email: &str, pointer: &str) -> Result<(), Error> {
    let characters = password.chars().count();
    if characters < MIN_CHARACTERS {
        let message = format!("must have at least {MIN_CHARACTERS} characters");
        return Err(Error::field(pointer, "too_short", message));
    }
    check_length(password, pointer)?;
    if password.trim().to_lowercase() == email.trim().to_lowercase() {
        return Err(Error::field(pointer, "same_as_email", "must not be the email address"));
    }
    Ok(())
}

/// Refuses what is longer than any password: it cannot be right, and would only cost time.
pub fn check_length(password: &str, pointer: &str) -> Result<(), Error> {
    if password.chars().count() > MAX_CHARACTERS {
        return Err(Error::field(pointer, "too_long", format!("must have at most {MAX_CHARACTERS} characters")));
    }
    Ok(())
}

/// Hashes with the present parameters. Blocks for about 30 ms: servers go through [`Passwords`].
pub fn hash_blocking(password: &SecretString) -> Result<String, Error> {
    let hash = Argon2::default().hash_password(password.expose_secret().as_bytes());
    hash.map(|hash: PasswordHash| hash.to_string()).map_err(|error| Error::internal(error.to_string()))
}

fn verify_blocking(password: &SecretString, hash: &str) -> bool {
    let verified =
        |hash: &PasswordHash| Argon2::default().verify_password(password.expose_secret().as_bytes(), hash).is_ok();
    PasswordHash::new(hash).is_ok_and(|hash| verified(&hash))
}

/// Hashes and verifies, as many at a time as the machine bears.
#[derive(Debug, Clone)]
pub struct Passwords {
    turns: Arc<Semaphore>,
    waiting: Arc<AtomicUsize>,
}

impl Default for Passwords {
    fn default() -> Self {
        let cores = std::thread::available_parallelism().map_or(2, usize::from);
        Self::with_turns((cores / 2).max(1))
    }
}

/// Leaves the queue also where the caller hung up.
struct Place<'a>(&'a AtomicUsize);

impl Drop for Place<'_> {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::SeqCst);
    }
}

impl Passwords {
    fn with_turns(turns: usize) -> Self {
        Self { turns: Arc::new(Semaphore::new(turns)), waiting: Arc::default() }
    }

    /// Whether the password is the one behind `hash`. Without a hash (no such account) it takes as long and says no.
    pub async fn verify(&self, password: SecretString, hash: Option<String>) -> Result<bool, Error> {
        let is_somebody = hash.is_some();
        let hash = hash.unwrap_or_else(|| HASH_OF_NOBODY.to_owned());
        let is_right = self.run(move || verify_blocking(&password, &hash)).await?;
        Ok(is_somebody && is_right)
    }

    /// Hashes a new password.
    pub async fn hash(&self, password: SecretString) -> Result<String, Error> {
        self.run(move || hash_blocking(&password)).await?
    }

    async fn run<T: Send + 'static>(&self, work: impl FnOnce() -> T + Send + 'static) -> Result<T, Error> {
        let place = Place(&self.waiting);
        if self.waiting.fetch_add(1, Ordering::SeqCst) >= MAX_WAITING {
            return Err(Error::new(ProblemCode::Unavailable, "Too many people are logging in; try again.")
                .with_retry_after(RETRY_AFTER_SECONDS));
        }
        let turn = self.turns.clone().acquire_owned().await.map_err(Error::internal)?;
        let done = tokio::task::spawn_blocking(move || {
            let result = work();
            // Held until the work is done, also where the caller has hung up meanwhile.
            drop(turn);
            result
        });
        drop(place);
        done.await.map_err(Error::internal)
    }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::AtomicUsize;
    use std::time::Duration;

    use super::*;

    #[test]
    fn the_rule_for_new_passwords() {
        let refusal = |password: &str| check_new(password, "Mara@Example.com", "/password").map_err(|e| e.to_string());
        assert!(refusal("a".repeat(11).as_str()).is_err_and(|error| error.contains("at least 12")));
        assert!(refusal("ä".repeat(12).as_str()).is_ok(), "characters count, not bytes");
        assert!(refusal("a".repeat(200).as_str()).is_ok());
        assert!(refusal("a".repeat(201).as_str()).is_err_and(|error| error.contains("at most 200")));
        assert!(refusal("mara@example.COM").is_err_and(|error| error.contains("email")));
        assert!(refusal("mara@example.com!").is_ok());
    }

    #[test]
    fn a_hash_knows_its_password_and_carries_the_parameters() {
        let hash = hash_blocking(&"correct horse battery".into()).unwrap();
        assert!(hash.starts_with("$argon2id$v=19$m=19456,t=2,p=1$"), "{hash}");
        assert!(verify_blocking(&"correct horse battery".into(), &hash));
        assert!(!verify_blocking(&"correct horse batterz".into(), &hash));
        assert!(!verify_blocking(&"anything".into(), "not a hash"));
    }

    #[test]
    fn nobody_costs_as_much_as_somebody() {
        let nobody = PasswordHash::new(HASH_OF_NOBODY).unwrap();
        let somebody = PasswordHash::new(&hash_blocking(&"correct horse battery".into()).unwrap()).unwrap();
        assert_eq!((nobody.algorithm, nobody.version), (somebody.algorithm, somebody.version));
        assert_eq!(nobody.params, somebody.params);
        let length = |hash: &PasswordHash| (hash.salt.unwrap().len(), hash.hash.unwrap().len());
        assert_eq!(length(&nobody), length(&somebody));
    }

    #[tokio::test]
    async fn no_password_opens_an_account_that_is_not_there() {
        assert!(!Passwords::default().verify("".into(), None).await.unwrap());
    }

    #[tokio::test(flavor = "multi_thread")]
    async fn one_at_a_time_and_a_bounded_queue() {
        let passwords = Passwords::with_turns(1);
        let (running, most) = (Arc::new(AtomicUsize::new(0)), Arc::new(AtomicUsize::new(0)));
        let work = |_| {
            let (passwords, running, most) = (passwords.clone(), running.clone(), most.clone());
            tokio::spawn(async move {
                let work = move || {
                    most.fetch_max(running.fetch_add(1, Ordering::SeqCst) + 1, Ordering::SeqCst);
                    std::thread::sleep(Duration::from_millis(2));
                    running.fetch_sub(1, Ordering::SeqCst);
                };
                passwords.run(work).await.map_err(|error| error.code())
            })
        };
        let results = futures_util::future::join_all((0..MAX_WAITING + 50).map(work)).await;
        let refused = results.into_iter().filter(|result| *result.as_ref().unwrap() == Err(ProblemCode::Unavailable));
        assert!(refused.count() > 0);
        assert_eq!(most.load(Ordering::SeqCst), 1);
        assert_eq!(passwords.waiting.load(Ordering::SeqCst), 0);
    }
}
