//! Commands about who may log in or call.

use clap::Subcommand;
use shared::vocab::{Permission, Role};

use super::DatabaseSettings;

/// `operator …`.
#[derive(Debug, Subcommand)]
pub enum OperatorCommand {
    /// Add an operator and print the one-time link where the password is set
    #[command(after_help = "Example:\n  resellportal operator create --email ops@example.com")]
    Create {
        /// Address to log in with
        #[arg(long)]
        email: String,
        /// Of the database.
        #[command(flatten)]
        settings: DatabaseSettings,
    },
}

/// `reseller …`.
#[derive(Debug, Subcommand)]
pub enum ResellerCommand {
    /// Open a reseller with its owner, and print the one-time link where the owner sets the password
    #[command(after_help = "Example:\n  resellportal reseller create --name \"Harbour Digital\" --currency EUR \
        --time-zone Europe/Berlin --owner-email mara@example.com")]
    Create {
        /// Its name
        #[arg(long)]
        name: String,
        /// The one currency it pays in, such as EUR; it stays for good
        #[arg(long)]
        currency: String,
        /// IANA time zone of its dates, such as Europe/Berlin
        #[arg(long)]
        time_zone: String,
        /// Address of the owner
        #[arg(long)]
        owner_email: String,
        /// Name of the owner as shown [default: the address before the at sign]
        #[arg(long)]
        owner_name: Option<String>,
        /// Of the database.
        #[command(flatten)]
        settings: DatabaseSettings,
    },
    /// Change the time zone of a reseller's dates and figures
    #[command(
        long_about = "Changes the time zone of a reseller's dates and figures. Everything that was used is counted anew, by the \
        days of the new zone, while the old figures serve and usage goes on coming in; then all of it changes at once. \
        Activations keep the calendar they were activated with.\n\nStopped on the way, it goes on where it was: by the same \
        command, or by itself in a running server.",
        after_help = "Example:\n  resellportal reseller set-time-zone --reseller \"Harbour Digital\" --time-zone Europe/Lisbon"
    )]
    SetTimeZone {
        /// Id (res_…) or exact name of the reseller
        #[arg(long)]
        reseller: String,
        /// IANA time zone, such as Europe/Berlin
        #[arg(long)]
        time_zone: String,
        /// Of the database.
        #[command(flatten)]
        settings: DatabaseSettings,
    },
    /// Keep the names that come with usage, and show them beside the pseudonyms
    #[command(
        after_help = "Example:\n  resellportal reseller keep-labels --reseller \"Harbour Digital\"\n\nSee also: forget-labels"
    )]
    KeepLabels {
        /// Id (res_…) or exact name of the reseller
        #[arg(long)]
        reseller: String,
        /// Of the database.
        #[command(flatten)]
        settings: DatabaseSettings,
    },
    /// Keep no names of end users any more, and remove those that are kept
    #[command(after_help = "Example:\n  resellportal reseller forget-labels --reseller \"Harbour Digital\"")]
    ForgetLabels {
        /// Id (res_…) or exact name of the reseller
        #[arg(long)]
        reseller: String,
        /// Of the database.
        #[command(flatten)]
        settings: DatabaseSettings,
    },
}

/// `member …`.
#[derive(Debug, Subcommand)]
pub enum MemberCommand {
    /// Add a member to a reseller and print the one-time link where the password is set
    #[command(after_help = "Example:\n  resellportal member create --reseller \"Harbour Digital\" \
        --email jon@example.com --name \"Jon Dahl\" --role support")]
    Create {
        /// Id (res_…) or exact name of the reseller
        #[arg(long)]
        reseller: String,
        /// Address to log in with
        #[arg(long)]
        email: String,
        /// Name as shown
        #[arg(long)]
        name: String,
        /// owner, admin, billing, support or viewer
        #[arg(long)]
        role: Role,
        /// Of the database.
        #[command(flatten)]
        settings: DatabaseSettings,
    },
    /// Print a new one-time link, also to reset a forgotten password
    #[command(after_help = "Example:\n  resellportal member link --email mara@example.com")]
    Link {
        /// Address of a member or operator
        #[arg(long)]
        email: String,
        /// Of the database.
        #[command(flatten)]
        settings: DatabaseSettings,
    },
}

/// `api-key …`.
#[derive(Debug, Subcommand)]
pub enum ApiKeyCommand {
    /// Make an API key and print it; it is not shown again
    #[command(after_help = "Example:\n  resellportal api-key create --reseller \"Harbour Digital\" --name Shop \
        --scope activations_read --scope usage_write\n\nThen:\n  \
        curl -H \"Authorization: Bearer rsp_live_…\" http://127.0.0.1:8080/api/v1/session")]
    Create {
        /// Id (res_…) or exact name of the reseller
        #[arg(long)]
        reseller: String,
        /// Name of the key as shown
        #[arg(long)]
        name: String,
        /// What the key may do; may be given several times
        #[arg(long = "scope", value_name = "PERMISSION", required = true)]
        scopes: Vec<Permission>,
        /// Of the database.
        #[command(flatten)]
        settings: DatabaseSettings,
    },
}
