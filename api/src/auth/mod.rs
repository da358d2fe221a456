//! Who is calling, and what they may do.
//!
//! A handler names its policy in its signature: [`Caller<policy::ActivationsRead>`](Caller). Extraction authenticates the
//! session or key, checks the permission and hands over the reseller every query is limited to.

mod authenticate;
mod caller;
pub mod password;
pub mod policy;
mod principal;
pub mod secret_token;

pub use caller::Caller;
pub use principal::{Actor, Credential, Principal, Reseller};

/// What logging in needs beside the database.
#[derive(Debug, Default)]
pub struct AuthState {}
