//! Who is calling, and what they may do.
//!
//! A handler names its policy in its signature: [`Caller<policy::ActivationsRead>`](Caller). Extraction authenticates the
//! session or key, checks the permission and hands over the reseller every query is limited to.

pub mod access_token;
mod authenticate;
mod caller;
pub mod cookies;
pub mod guess_limit;
pub mod identities;
pub mod password;
pub mod policy;
mod principal;
pub mod secret_token;

pub use authenticate::{FromApp, OpenSession, authentication_layer, unauthenticated};
pub use caller::{Caller, Operator};
pub use principal::{Actor, Credential, Principal, Reseller};

use crate::config::Config;

/// What logging in needs beside the database.
#[derive(Debug)]
pub struct AuthState {
    /// Makes and reads access tokens.
    pub access_tokens: access_token::AccessTokens,
    /// Names and flags of the cookies.
    pub cookies: cookies::Cookies,
    /// Hashes and verifies passwords.
    pub passwords: password::Passwords,
    /// Who is behind a session or key.
    pub identities: identities::Identities,
    /// Limits how often passwords are guessed.
    pub guesses: guess_limit::GuessLimit,
}

impl AuthState {
    /// For an instance with this configuration; its public address must be known.
    pub fn new(config: &Config) -> Self {
        Self {
            access_tokens: access_token::AccessTokens::new(&config.secrets.token),
            cookies: cookies::Cookies::new(config.is_https()),
            passwords: password::Passwords::default(),
            identities: identities::Identities::default(),
            guesses: guess_limit::GuessLimit::default(),
        }
    }
}
