//! Who may do what.

use super::word_enum;

word_enum! {
    /// What a member is to the reseller.
    Role {
        /// Everything, other owners and closing included.
        Owner = "owner",
        /// Everything but owners and closing.
        Admin = "admin",
        /// Whatever costs or returns money, the wallet, exports.
        Billing = "billing",
        /// Reads all; pauses, resumes when free, edits clients.
        Support = "support",
        /// Reads, without the wallet.
        Viewer = "viewer",
    }
}

word_enum! {
    /// One thing a caller may be allowed to do. API keys carry these as scopes.
    Permission {
        /// Read activations, their history and the catalogue.
        ActivationsRead = "activations_read",
        /// Activate, renew, deactivate, change intervals: whatever costs or returns money.
        ActivationsSpend = "activations_spend",
        /// Pause, and resume when it is free.
        ActivationsPause = "activations_pause",
        /// Read clients.
        ClientsRead = "clients_read",
        /// Create and edit clients.
        ClientsWrite = "clients_write",
        /// Read the balance, costs and the ledger.
        WalletRead = "wallet_read",
        /// Request top-ups.
        WalletTopUp = "wallet_top_up",
        /// Read active-user figures and the people behind them.
        UsageRead = "usage_read",
        /// Send usage events.
        UsageWrite = "usage_write",
        /// Write notes on the calendar; to read them it takes `usage_read`.
        NotesWrite = "notes_write",
        /// Export data.
        ReportsExport = "reports_export",
        /// Manage API keys and webhooks.
        IntegrationsManage = "integrations_manage",
        /// Manage members other than owners.
        MembersManage = "members_manage",
        /// Manage owners and close the account.
        OwnersManage = "owners_manage",
    }
}

impl Role {
    /// The permissions of a role.
    pub const fn permissions(self) -> &'static [Permission] {
        use Permission as P;
        match self {
            Self::Owner => Permission::ALL,
            Self::Admin => &[
                P::ActivationsRead,
                P::ActivationsSpend,
                P::ActivationsPause,
                P::ClientsRead,
                P::ClientsWrite,
                P::WalletRead,
                P::WalletTopUp,
                P::UsageRead,
                P::UsageWrite,
                P::NotesWrite,
                P::ReportsExport,
                P::IntegrationsManage,
                P::MembersManage,
            ],
            Self::Billing => &[
                P::ActivationsRead,
                P::ActivationsSpend,
                P::ActivationsPause,
                P::ClientsRead,
                P::ClientsWrite,
                P::WalletRead,
                P::WalletTopUp,
                P::UsageRead,
                P::NotesWrite,
                P::ReportsExport,
            ],
            Self::Support => &[
                P::ActivationsRead,
                P::ActivationsPause,
                P::ClientsRead,
                P::ClientsWrite,
                P::WalletRead,
                P::UsageRead,
                P::NotesWrite,
            ],
            Self::Viewer => &[P::ActivationsRead, P::ClientsRead, P::UsageRead],
        }
    }
}

word_enum! {
    /// Whether a member may log in.
    MemberStatus {
        /// Invited; has not set a password yet.
        Invited = "invited",
        /// May log in.
        Active = "active",
        /// May not.
        Suspended = "suspended",
    }
}

word_enum! {
    /// Who caused a change.
    ActorKind {
        /// A member in the browser.
        Member = "member",
        /// An API key.
        ApiKey = "api_key",
        /// A person who runs the instance.
        Operator = "operator",
        /// The platform itself: renewal runs, expiries.
        System = "system",
        /// Data moved in from elsewhere.
        Import = "import",
    }
}
