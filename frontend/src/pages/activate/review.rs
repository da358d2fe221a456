//! All answers and what they cost; the button names the sum and acts once.

use crate::components::dynamic;
use crate::state::watch;
use leptos::prelude::*;
use leptos_router::NavigateOptions;
use leptos_router::hooks::use_navigate;
use shared::dto::lifecycle::{ActivationChange, CreateActivationRequest, Expected, Quote, QuoteNewActivationRequest};
use shared::paths;

use super::draft::{Draft, path_of};
use crate::api::{ApiError, transport};
use crate::components::decision::{
    Confirm, Fact, Well, alert, buttons, facts, progress, reach_of, short, shortfall_of, well,
};
use crate::components::skeleton_rows;
use crate::format::words::{DateForm, interval_name};
use crate::format::{BROWSER, date, money};
use crate::pages::activation::{difference, interval_length, next_renewal};
use crate::places::Step;
use crate::state::commit::{Commit, Write};
use crate::state::query::Query;

const DEFAULT_PRIORITY: u8 = 5;

/// The quote's question for these answers.
pub fn quote_request(draft: &Draft) -> Option<String> {
    let product_id = draft.product.as_ref()?.id;
    let billing_interval = draft.billing_interval?;
    super::price::body_of(&QuoteNewActivationRequest { product_id, billing_interval, auto_renew: draft.auto_renew })
}

/// What a quote says of the balance and of what comes next; with the price where that does not stand above.
pub fn facts_of(quote: &Quote, with_price: bool) -> Vec<Fact> {
    let mut shown = Vec::new();
    if with_price {
        shown.push(Fact::known("You pay now", money(quote.amount)));
    }
    if quote.due_first.minor > 0 {
        shown.push(Fact::known("Due already, charged first", money(quote.due_first)));
    }
    if let (Some(before), Some(after)) = (quote.balance_before, quote.balance_after) {
        shown.push(Fact::change("Balance", money(before), money(after)));
    }
    shown.extend(reach_of(quote));
    if let Some(on) = quote.paid_until_on {
        shown.push(Fact::known("Paid until", date(on, DateForm::Medium)));
    }
    shown.push(Fact::known("Next automatic renewal", next_renewal(quote.next_renewal.as_ref(), BROWSER)));
    shown
}

/// Review and commit.
#[component]
pub fn ReviewStep(
    /// The answers.
    draft: StoredValue<Draft>,
) -> impl IntoView {
    let draft = draft.get_value();
    let commit = Commit::new();
    let quote = Query::<Quote>::new();
    if let Some(body) = quote_request(&draft) {
        quote.ask(paths::ACTIVATIONS_QUOTE.to_owned(), body);
    }
    let changed = RwSignal::new(None::<String>);
    watch(move || {
        let Some(ApiError::Problem(problem)) = commit.error.get() else { return };
        if let (Some(new), Some(old)) = (problem.quote, quote.data.get_untracked()) {
            changed.set(Some(difference(&old, &new, BROWSER)));
            quote.data.set(Some(*new));
        }
    });
    let shortfall = move || shortfall_of(commit, quote.data.with(|quote| quote.as_ref()?.shortfall));
    let label = move || {
        let amount = quote.data.with(|quote| quote.as_ref().map(|quote| quote.amount));
        amount.map_or_else(|| "Activate".to_owned(), |amount| format!("Activate for {}", money(amount)))
    };
    let navigate = use_navigate();
    let leave = navigate.clone();
    let asked = draft.clone();
    let run = Callback::new(move |()| {
        let write = quote.data.get_untracked().ok_or(ApiError::Unreadable).and_then(|quote| request(&asked, &quote));
        let (navigate, asked) = (navigate.clone(), asked.clone());
        commit.send(write, move |text| {
            let change: ActivationChange = transport::parse(text)?;
            commit.state().changed(change.balance);
            // Another one is likely to be the same product for somebody else.
            Draft { client: None, ..asked }.save();
            let path = format!("/activate/done/{}", change.activation.row.id);
            navigate(&path, NavigateOptions { replace: true, ..Default::default() });
            Ok(())
        });
    });
    let cancel = Callback::new(move |()| leave("/activations", NavigateOptions::default()));
    let confirm = Confirm {
        label: Signal::derive(label),
        busy: "Activating…",
        is_danger: Signal::stored(false),
        is_ready: Signal::derive(move || {
            !quote.is_loading.get() && quote.error.with(Option::is_none) && quote.data.with(Option::is_some)
        }),
        shortfall: Signal::derive(shortfall),
        again: Some(("activate", Signal::stored(path_of(Step::Review).to_owned()))),
        run,
    };
    let interval = draft.billing_interval;
    let quoted = move || match (quote.error.get(), quote.data.get()) {
        (Some(error), _) => alert("banner--bad", "This is not possible now.", error.sentence()),
        (None, Some(quote)) => {
            let sub = match (&quote.period, interval) {
                (Some(period), Some(interval)) => format!(
                    "{}, {} – {}",
                    interval_length(interval),
                    date(period.start_on, DateForm::Medium),
                    date(period.end_on, DateForm::Medium)
                ),
                _ => String::new(),
            };
            let sum = Well { label: "You pay now", value: money(quote.amount), sub };
            view! { {well(sum)}{facts(facts_of(&quote, false))} }.into_any()
        }
        (None, None) => skeleton_rows(3),
    };
    view! {
        <div class="page-head"><div><h1 tabindex="-1">"Is everything right?"</h1></div></div>
        <section class="card wizard__review" aria-label="Review">
            <div class="card__body wizard__body">
                {answers(&draft)}
                <div aria-busy=move || quote.is_loading.get().then_some("true")>{dynamic(quoted)}</div>
                {dynamic(move || shortfall().map(short))}
                {progress(commit, changed.into())}
            </div>
            <div class="dialog__foot">{buttons(commit, cancel, confirm)}</div>
        </section>
    }
}

fn answers(draft: &Draft) -> AnyView {
    let row = |name: &'static str, answer: String, step: Step, what: &'static str| {
        let path = format!("{}?change=1", path_of(step));
        view! {
            <div class="facts__row">
                <dt>{name}</dt>
                <dd>{answer}<a class="change" href=path>"Change"<span class="vh">{format!(" {what}")}</span></a></dd>
            </div>
        }
    };
    let product = draft.product.as_ref().map(|product| product.name.clone()).unwrap_or_default();
    let client = draft.client.as_ref().map(|client| client.name.clone()).unwrap_or_default();
    let renewal = if draft.auto_renew { "renews by itself" } else { "does not renew" };
    let interval = draft.billing_interval.map(interval_name).unwrap_or_default();
    view! {
        <dl class="facts facts--money">
            {row("Product", product, Step::Product, "product")}
            {row("Client", client, Step::Client, "client")}
            {row("Billing interval", format!("{interval}, {renewal}"), Step::Price, "price")}
        </dl>
    }
    .into_any()
}

fn request(draft: &Draft, quote: &Quote) -> Result<Write, ApiError> {
    let (Some(client), Some(product), Some(billing_interval)) = (&draft.client, &draft.product, draft.billing_interval)
    else {
        return Err(ApiError::Unreadable);
    };
    let period_start_on = quote.period.as_ref().map(|period| period.start_on);
    let request = CreateActivationRequest {
        client_id: client.id,
        product_id: product.id,
        billing_interval,
        auto_renew: draft.auto_renew,
        priority: DEFAULT_PRIORITY,
        external_reference: None,
        notes: None,
        expected: Some(Expected { amount: quote.amount, period_start_on }),
    };
    Write::post(paths::ACTIVATIONS.to_owned(), &request)
}
