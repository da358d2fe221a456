//! Request and response types, one file a resource.
//!
//! Instants end in `_at` (RFC 3339, UTC), calendar dates in `_on` (ISO, in the reseller's zone unless said otherwise),
//! money is a [`Money`](crate::vocab::Money). Knows no rule and no storage.

pub mod activation;
pub mod active_users;
pub mod catalogue;
pub mod client;
pub mod dashboard;
pub mod end_user;
pub mod explanation;
pub mod forecast;
pub mod ledger;
pub mod lifecycle;
pub mod marker;
pub mod note;
pub mod notice;
pub mod operator;
pub mod overview;
pub mod page;
pub mod promotion;
pub mod recurring_costs;
pub mod renewal_run;
pub mod report;
pub mod session;
pub mod top_up;
pub mod usage_event;
pub mod wallet;
