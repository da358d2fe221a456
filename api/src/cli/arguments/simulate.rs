//! Flags of what helps while developing.

use clap::Args;

/// `simulate-usage`.
#[derive(Debug, Args)]
pub struct SimulateUsageArguments {
    /// Address of the running server
    #[arg(long, default_value = "http://127.0.0.1:8080")]
    pub url: String,
    /// Key with the scopes usage_write and activations_read
    #[arg(long)]
    pub api_key: String,
    /// Events a second
    #[arg(long, default_value_t = 20, value_parser = clap::builder::RangedU64ValueParser::<usize>::new().range(1..=100_000))]
    pub rate: usize,
    /// For so many seconds
    #[arg(long, default_value_t = 60, conflicts_with = "count")]
    pub seconds: u64,
    /// So many events instead
    #[arg(long)]
    pub count: Option<usize>,
    /// Days back from now over which what is not late is spread
    #[arg(long, default_value_t = 1, value_parser = clap::value_parser!(u32).range(1..=29))]
    pub days: u32,
}
