//! Every address of the app and what it shows. Plain Rust.

/// Where operators begin.
pub const OPERATOR_HOME: &str = "/operator/top-ups";

/// Whether somebody who acts for no reseller has anything to do at a path.
pub fn is_for_operators(path: &str) -> bool {
    path.starts_with("/operator") || path.starts_with("/settings")
}

/// What an address shows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Place {
    /// The log-in page.
    LogIn,
    /// What to do when the password is forgotten.
    Forgot,
    /// A one-time link, with its token.
    Invite(String),
    /// The dashboard.
    Dashboard,
    /// The list of activations.
    Activations,
    /// One activation, with its id as written.
    Activation(String),
    /// How much one activation is used, with its id as written.
    ActivationUsage(String),
    /// The list of clients.
    Clients,
    /// One client, with its id as written.
    Client(String),
    /// Balance, what it covers, top-ups, renewals ahead.
    Wallet,
    /// Every movement of money.
    Ledger,
    /// One of them, with its id as written.
    LedgerEntry(String),
    /// Money on its way, with its id as written.
    TopUp(String),
    /// Messages about renewals.
    Notices,
    /// A step of putting a product in service.
    Activate(Step),
    /// What was put in service, with its id as written.
    Activated(String),
    /// The people behind the figure of active users.
    ActiveUsers,
    /// How much one product is used, with its id as written.
    ProductUsage(String),
    /// The list of reports, or one of them, with the last part of its address.
    Report(String),
    /// One's own password.
    Security,
    /// For operators: the top-ups of all resellers.
    OperatorTopUps,
    /// For operators: what waits to be set up by hand.
    OperatorSetUps,
    /// For operators: promotions and launches.
    OperatorEvents,
    /// For operators: what the renewal runs did.
    OperatorJobs,
    /// Another address to go to.
    Elsewhere(&'static str),
    /// No page.
    Unknown,
}

/// A step of putting a product in service.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Step {
    /// Which product.
    Product,
    /// For whom.
    Client,
    /// How it is paid.
    Price,
    /// All answers and what they cost.
    Review,
}

impl Place {
    /// The place at a path.
    pub fn at(path: &str) -> Self {
        let segments: Vec<&str> = path.split('/').filter(|segment| !segment.is_empty()).collect();
        match segments[..] {
            [] => Self::Elsewhere("/dashboard"),
            ["login"] => Self::LogIn,
            ["forgot"] => Self::Forgot,
            ["invite", token] => Self::Invite(token.to_owned()),
            ["dashboard"] => Self::Dashboard,
            ["activations"] => Self::Activations,
            ["activations", id] => Self::Activation(id.to_owned()),
            ["activations", id, "usage"] => Self::ActivationUsage(id.to_owned()),
            ["clients"] => Self::Clients,
            ["clients", id] => Self::Client(id.to_owned()),
            ["wallet"] => Self::Wallet,
            ["wallet", "ledger"] => Self::Ledger,
            ["wallet", "ledger", id] => Self::LedgerEntry(id.to_owned()),
            ["wallet", "top-ups", id] => Self::TopUp(id.to_owned()),
            ["wallet", "notices"] => Self::Notices,
            ["activate"] => Self::Elsewhere("/activate/product"),
            ["activate", "product"] => Self::Activate(Step::Product),
            ["activate", "client"] => Self::Activate(Step::Client),
            ["activate", "price"] => Self::Activate(Step::Price),
            ["activate", "review"] => Self::Activate(Step::Review),
            ["activate", "done", id] => Self::Activated(id.to_owned()),
            ["reports"] => Self::Report(String::new()),
            ["reports", "active-users"] => Self::ActiveUsers,
            ["reports", "products", id] => Self::ProductUsage(id.to_owned()),
            ["reports", report] => Self::Report(report.to_owned()),
            ["settings"] => Self::Elsewhere("/settings/security"),
            ["settings", "security"] => Self::Security,
            ["operator"] => Self::Elsewhere(OPERATOR_HOME),
            ["operator", "top-ups"] => Self::OperatorTopUps,
            ["operator", "set-ups"] => Self::OperatorSetUps,
            ["operator", "events"] => Self::OperatorEvents,
            ["operator", "jobs"] => Self::OperatorJobs,
            _ => Self::Unknown,
        }
    }

    /// Whether somebody who is not logged in may see it.
    pub const fn is_public(&self) -> bool {
        matches!(self, Self::LogIn | Self::Forgot | Self::Invite(_))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_lead_to_their_pages() {
        for (path, place) in [
            ("/", Place::Elsewhere("/dashboard")),
            ("/dashboard", Place::Dashboard),
            ("/dashboard/", Place::Dashboard),
            ("/activations", Place::Activations),
            ("/activations/act_1", Place::Activation("act_1".to_owned())),
            ("/activations/act_1/usage", Place::ActivationUsage("act_1".to_owned())),
            ("/activations/act_1/x", Place::Unknown),
            ("/clients/cli_1", Place::Client("cli_1".to_owned())),
            ("/reports/active-users", Place::ActiveUsers),
            ("/reports/products/prd_1", Place::ProductUsage("prd_1".to_owned())),
            ("/invite/abc", Place::Invite("abc".to_owned())),
            ("/invite", Place::Unknown),
            ("/settings", Place::Elsewhere("/settings/security")),
            ("/wallet/ledger/led_1", Place::LedgerEntry("led_1".to_owned())),
            ("/wallet/top-ups/top_1", Place::TopUp("top_1".to_owned())),
            ("/wallet/notices", Place::Notices),
            ("/operator", Place::Elsewhere(OPERATOR_HOME)),
            ("/operator/set-ups", Place::OperatorSetUps),
            ("/operator/events", Place::OperatorEvents),
            ("/operator/jobs", Place::OperatorJobs),
            ("/operator/resellers", Place::Unknown),
            ("/activate", Place::Elsewhere("/activate/product")),
            ("/activate/review", Place::Activate(Step::Review)),
            ("/activate/done/act_1", Place::Activated("act_1".to_owned())),
            ("/reports", Place::Report(String::new())),
            ("/reports/unused", Place::Report("unused".to_owned())),
            ("/reports/active-users", Place::ActiveUsers),
            ("/Dashboard", Place::Unknown),
        ] {
            assert_eq!(Place::at(path), place, "{path}");
        }
    }

    #[test]
    fn operators_have_pages_of_their_own_and_the_settings() {
        assert!(is_for_operators(OPERATOR_HOME) && is_for_operators("/settings/security"));
        assert!(!is_for_operators("/dashboard") && !is_for_operators("/wallet/top-ups/top_1"));
    }

    #[test]
    fn only_the_ways_in_are_public() {
        for path in ["/login", "/forgot", "/invite/abc"] {
            assert!(Place::at(path).is_public(), "{path}");
        }
        for path in ["/", "/dashboard", "/activations/act_1", "/nowhere", "/settings/security"] {
            assert!(!Place::at(path).is_public(), "{path}");
        }
    }
}
