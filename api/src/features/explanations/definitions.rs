//! What each figure means, in words. The rules themselves are in docs/domain.md.

use shared::vocab::Figure;

/// A figure's name and what is counted.
#[derive(Debug, Clone, Copy)]
pub struct Definition {
    /// Its name as shown.
    pub title: &'static str,
    /// What is counted and how.
    pub text: &'static str,
}

/// What a figure means.
pub const fn of(figure: Figure) -> Definition {
    match figure {
        Figure::TotalActiveUsers => Definition {
            title: "Total active users",
            text: "Different people who used something you activated in the last 30 days, today included. Somebody who uses \
                   two products counts once. A use counts if the product was on at that moment. The change compares with \
                   the 30 full days before.",
        },
        Figure::TotalActiveSoftware => Definition {
            title: "Total active software",
            text: "Activations that are on now. One whose renewal failed counts until its grace ends; paused, expired and \
                   deactivated ones do not count, and neither does what is still being set up. The change compares with the \
                   same time of day 30 days ago.",
        },
        Figure::Balance => Definition {
            title: "Balance",
            text: "What your wallet holds: the sum of all entries of its ledger, from the first one on. Every entry shows the \
                   balance after it, and the last of these is this figure.",
        },
        Figure::MonthlyEquivalent => Definition {
            title: "A month all together",
            text: "What everything that renews by itself costs by the month: monthly prices as they are, quarterly ones divided \
                   by 3, half-yearly ones by 6, yearly ones by 12. It is added up exactly and rounded once, so it may differ \
                   by a little from the sum of rounded parts. Paused and ending activations are left out.",
        },
        Figure::DueIn30Days => Definition {
            title: "Due in 30 days",
            text: "What the next renewals take until 30 days from today, overdue ones included: of every activation that renews \
                   by itself and whose next renewal falls into these days, that renewal once, at the interval that was chosen \
                   for it and the price that was announced for it.",
        },
        Figure::CoveredUntil => Definition {
            title: "Covers renewals until",
            text: "The last day on which your wallet pays every renewal if nothing is topped up. The exact charges of everything \
                   that renews by itself are taken from the balance in the order of their dates, with changes of interval and \
                   price that are known; nothing is estimated. The charges listed are those up to the first day that is not \
                   covered, 90 days at most.",
        },
        Figure::ActiveUsers => Definition {
            title: "Active users",
            text: "Different people who used something you activated on these days. Each counts once, however often and whatever \
                   they used, so days do not add up to weeks or months. Days are calendar days in your time zone.",
        },
    }
}
