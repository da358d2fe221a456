//! What is noted beside a series.

use super::word_enum;

word_enum! {
    /// What happened on a day, as the lane under a chart tells it.
    MarkerKind {
        /// Put in service.
        Activation = "activation",
        /// Switched off by the reseller.
        Pause = "pause",
        /// Out of service: ended for good, or expired.
        Deactivation = "deactivation",
        /// What runs goes over to another price.
        PriceChange = "price_change",
        /// A promotion of the operator begins.
        Promotion = "promotion",
        /// A product or a feature of the operator starts.
        Launch = "launch",
        /// Somebody's note.
        Note = "note",
    }
}

word_enum! {
    /// What an operator announces.
    PromotionKind {
        /// A campaign.
        Promotion = "promotion",
        /// Something new.
        Launch = "launch",
    }
}

word_enum! {
    /// Who sees a promotion.
    PromotionScope {
        /// Every reseller.
        All = "all",
        /// Those that were chosen.
        Chosen = "chosen",
    }
}

word_enum! {
    /// Who reads a note.
    NoteVisibility {
        /// Its author.
        Personal = "personal",
        /// Everybody of the reseller.
        Team = "team",
    }
}
