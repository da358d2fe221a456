//! Commands about money: proving, top-ups, wallets, the catalogue, backups.

use std::path::PathBuf;

use chrono::NaiveDate;
use clap::{Args, Subcommand};
use shared::vocab::{BillingInterval, LedgerEntryId, PriceId, TopUpId, TopUpStatus};

use super::DatabaseSettings;

/// `verify-ledger`.
#[derive(Debug, Args)]
pub struct VerifyLedgerArguments {
    /// Id (res_…) or exact name of one reseller; all of them without it
    #[arg(long)]
    pub reseller: Option<String>,
    /// Of the database.
    #[command(flatten)]
    pub settings: DatabaseSettings,
}

/// `backup`.
#[derive(Debug, Args)]
pub struct BackupArguments {
    /// The file to write, a tar archive; it must not exist
    pub file: PathBuf,
    /// Write the secrets alone: the database is backed up by other means, such as pg_dump
    #[arg(long)]
    pub secrets_only: bool,
    /// Of the database.
    #[command(flatten)]
    pub settings: DatabaseSettings,
}

/// `top-up …`.
#[derive(Debug, Subcommand)]
pub enum TopUpCommand {
    /// List top-ups of all resellers, the newest first
    List {
        /// pending, settled, rejected or cancelled
        #[arg(long, default_value = "pending")]
        status: TopUpStatus,
        /// Of the database.
        #[command(flatten)]
        settings: DatabaseSettings,
    },
    /// The money has come: put it on the wallet, once, and try at once what waits for it
    #[command(
        after_help = "Example:\n  resellportal top-up settle top_01k4kneba5pr8v6j2c0d3f7g9h --note \"Statement 47\""
    )]
    Settle {
        /// Id of the top-up (top_…)
        id: TopUpId,
        /// What to remember about it; the reseller reads it
        #[arg(long)]
        note: Option<String>,
        /// Of the database.
        #[command(flatten)]
        settings: DatabaseSettings,
    },
    /// The money will not come
    #[command(
        after_help = "Example:\n  resellportal top-up reject top_01k4kneba5pr8v6j2c0d3f7g9h --reason \"No payment came.\""
    )]
    Reject {
        /// Id of the top-up (top_…)
        id: TopUpId,
        /// Why; the reseller reads it
        #[arg(long)]
        reason: String,
        /// Of the database.
        #[command(flatten)]
        settings: DatabaseSettings,
    },
}

/// `wallet …`.
#[derive(Debug, Subcommand)]
pub enum WalletCommand {
    /// Correct a reseller's balance
    #[command(after_help = "Example:\n  resellportal wallet adjust --reseller \"Harbour Digital\" --amount=-5.00 \
        --reason \"Credited twice\"")]
    Adjust {
        /// Id (res_…) or exact name of the reseller
        #[arg(long)]
        reseller: String,
        /// By how much, in the reseller's currency; negative takes money out
        #[arg(long, allow_hyphen_values = true)]
        amount: String,
        /// Why; the reseller reads it
        #[arg(long)]
        reason: String,
        /// Id of the entry that is corrected (led_…)
        #[arg(long, value_name = "ENTRY")]
        corrects: Option<LedgerEntryId>,
        /// Of the database.
        #[command(flatten)]
        settings: DatabaseSettings,
    },
    /// Lift the block of a wallet whose books agree again
    Unblock {
        /// Id (res_…) or exact name of the reseller
        #[arg(long)]
        reseller: String,
        /// What had happened, for the record
        #[arg(long)]
        reason: String,
        /// Of the database.
        #[command(flatten)]
        settings: DatabaseSettings,
    },
}

/// `product …`.
#[derive(Debug, Subcommand)]
pub enum ProductCommand {
    /// List the catalogue with the prices that are or will be in force
    List {
        /// Of the database.
        #[command(flatten)]
        settings: DatabaseSettings,
    },
    /// Add a product; resellers see it as soon as it has a price in their currency
    #[command(after_help = "Example:\n  resellportal product add --reference ai-writer --name \"AI Writer\"\n  \
        resellportal price add --product ai-writer --interval monthly --amount 29.00 --currency EUR")]
    Add {
        /// The catalogue's own reference, unique
        #[arg(long)]
        reference: String,
        /// Its name
        #[arg(long)]
        name: String,
        /// One sentence about it
        #[arg(long, default_value = "")]
        description: String,
        /// An operator puts it in service by hand
        #[arg(long)]
        manual: bool,
        /// Days of grace after a failed renewal, 0 to 30
        #[arg(long, default_value_t = 7)]
        grace_days: u32,
        /// Where a client signs in; {client} stands for the client's reference
        #[arg(long)]
        access_url: Option<String>,
        /// How to sign in
        #[arg(long)]
        access_note: Option<String>,
        /// Of the database.
        #[command(flatten)]
        settings: DatabaseSettings,
    },
    /// Take a product out of the catalogue; what runs keeps running
    Retire {
        /// Its reference
        reference: String,
        /// Of the database.
        #[command(flatten)]
        settings: DatabaseSettings,
    },
}

/// `price …`.
#[derive(Debug, Subcommand)]
pub enum PriceCommand {
    /// Add a price to a product; what runs keeps the price it holds
    #[command(after_help = "Example:\n  resellportal price add --product ai-writer --interval monthly --amount 29.00 \
        --currency EUR --from 2027-01-01")]
    Add {
        /// Reference of the product
        #[arg(long)]
        product: String,
        /// monthly, quarterly, semiannual or yearly
        #[arg(long)]
        interval: BillingInterval,
        /// What one period costs
        #[arg(long)]
        amount: String,
        /// Its currency, such as EUR
        #[arg(long)]
        currency: String,
        /// From when on new terms take it; today without it
        #[arg(long, value_name = "DATE")]
        from: Option<NaiveDate>,
        /// Of the database.
        #[command(flatten)]
        settings: DatabaseSettings,
    },
    /// Announce, at least 30 days ahead, that what runs on one price goes over to another
    #[command(after_help = "Example:\n  resellportal price migrate --from prc_01k4kneba5pr8v6j2c0d3f7g9h \
        --to prc_01k4kneba5pr8v6j2c0d3f7g9j --on 2027-02-01")]
    Migrate {
        /// Id of the price that is held now (prc_…)
        #[arg(long)]
        from: PriceId,
        /// Id of the price that replaces it (prc_…)
        #[arg(long)]
        to: PriceId,
        /// Periods that start on this day or later cost the new price
        #[arg(long, value_name = "DATE")]
        on: NaiveDate,
        /// Of the database.
        #[command(flatten)]
        settings: DatabaseSettings,
    },
}
