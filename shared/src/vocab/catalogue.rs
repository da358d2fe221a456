//! What the catalogue says about a product.

use super::word_enum;

word_enum! {
    /// Whether a product can be activated.
    ProductStatus {
        /// It can.
        Active = "active",
        /// It cannot any more; what runs keeps running.
        Retired = "retired",
    }
}

word_enum! {
    /// How a product is put in service.
    Provisioning {
        /// At once.
        Automatic = "automatic",
        /// By hand, by an operator.
        Manual = "manual",
    }
}
