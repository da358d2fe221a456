//! One file a table, as sea-orm reads and writes it. Only stores and this crate's `db` use these.

pub mod activation;
pub mod activation_history;
pub mod activation_word;
pub mod api_key;
pub mod client;
pub mod end_user;
pub mod event;
pub mod imported_row;
pub mod ledger_account;
pub mod ledger_entry;
pub mod member;
pub mod one_time_link;
pub mod operator;
pub mod period;
pub mod price;
pub mod product;
pub mod refresh_token;
pub mod reseller;
pub mod service_interval;
pub mod session;
pub mod term;
pub mod usage_bucket_count;
pub mod usage_day_count;
pub mod usage_event;
pub mod usage_presence;
pub mod usage_state;
