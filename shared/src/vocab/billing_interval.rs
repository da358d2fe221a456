//! How often an activation is paid.

use super::word_enum;

word_enum! {
    /// How often an activation is paid. `semiannual` is shown as "Bi-annual (every 6 months)".
    BillingInterval {
        /// Every month.
        Monthly = "monthly",
        /// Every three months.
        Quarterly = "quarterly",
        /// Every six months.
        Semiannual = "semiannual",
        /// Every twelve months.
        Yearly = "yearly",
    }
}

impl BillingInterval {
    /// Calendar months between two charges: 1, 3, 6 or 12.
    pub const fn months(self) -> u32 {
        match self {
            Self::Monthly => 1,
            Self::Quarterly => 3,
            Self::Semiannual => 6,
            Self::Yearly => 12,
        }
    }
}
