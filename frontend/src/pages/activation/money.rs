//! What was paid, what comes next, what would be returned.

use leptos::prelude::*;
use shared::dto::activation::Activation;

use crate::components::missing;
use crate::format::words::{DateForm, counted};
use crate::format::{BROWSER, date, money};

/// The panel; none for people who may not read the wallet.
pub fn panel(data: &Activation) -> Option<AnyView> {
    let paid = data.paid_so_far?;
    let since = date(data.row.activated_on, DateForm::Medium);
    let charges = format!("{} since {since}", counted(data.charge_count, "charge", "charges", BROWSER));
    let (next, when) = match data.row.renews_on {
        Some(on) => (money(data.row.price).into_any(), format!("{}, automatic", date(on, DateForm::Medium))),
        None => (missing(), "Nothing will be charged".to_owned()),
    };
    let until = match data.refundable_until_on {
        Some(on) => format!("If deactivated today; until {}", date(on, DateForm::Short)),
        None => "The days for a refund have passed".to_owned(),
    };
    let refundable = data.refundable_now.map(|amount| row("Refundable now", until, money(amount).into_any()));
    Some(
        view! {
            <section class="card" aria-labelledby="money">
                <div class="card__head"><h2 id="money">"Money"</h2></div>
                <div class="card__body card__body--facts">
                    <dl class="facts facts--money">
                        {row("Paid so far", charges, money(paid).into_any())}
                        {row("Next charge", when, next)}
                        {refundable}
                    </dl>
                </div>
            </section>
        }
        .into_any(),
    )
}

fn row(name: &'static str, note: String, value: AnyView) -> AnyView {
    view! { <div class="facts__row"><dt>{name}<span class="facts__note">{note}</span></dt><dd>{value}</dd></div> }
        .into_any()
}
