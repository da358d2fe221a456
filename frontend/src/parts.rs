//! The parts of the app that come in a file of their own when they are first wanted: the first load carries the frame and
//! the dashboard alone. `cargo xtask app` cuts the files out of the one that the compiler writes.
//!
//! Everything one function here leads to, and nothing else does, goes into its file; what several need stays in the first.

#![expect(clippy::unnecessary_wraps, reason = "the error is the one of a file that does not arrive")]

use crate::chart::late;
use crate::chart::{Chart, Layer};
use crate::components::{did_not_arrive, follow_runway};
use crate::pages;
use crate::places::Place;
use leptos::prelude::*;
use leptos::wasm_split::{SplitLoaderError, wasm_split};
use send_wrapper::SendWrapper;
use shared::vocab::Figure;
use std::pin::Pin;

type Arrival = Result<AnyView, SplitLoaderError>;

/// The page of somebody who is not logged in.
pub fn public_page(place: Place) -> AnyView {
    arriving(entrance(place))
}

/// A page of a member other than the dashboard.
pub fn page(place: Place) -> AnyView {
    match place {
        Place::Wallet
        | Place::Ledger
        | Place::LedgerEntry(_)
        | Place::TopUp(_)
        | Place::Notices
        | Place::Activate(_)
        | Place::Activated(_) => arriving(money_page(place)),
        Place::OperatorTopUps | Place::OperatorSetUps | Place::OperatorEvents | Place::OperatorJobs => {
            arriving(operator_page(place))
        }
        Place::Report(report) => arriving(report_page(report)),
        _ => arriving(member_page(place)),
    }
}

/// The form in the dialog of a session that ended.
pub fn log_in_again(email: String) -> AnyView {
    arriving(log_in_form(email))
}

/// The lane of marks under a chart, and its keys.
pub fn chart_late(chart: Chart) -> AnyView {
    arriving_or(Box::pin(chart_marks(chart)), part_did_not_arrive)
}

/// What is open over a chart.
pub fn chart_layer(chart: Chart, layer: Layer) -> AnyView {
    arriving_or(Box::pin(chart_dialog(chart, layer)), part_did_not_arrive)
}

/// The rows of a chart.
pub fn chart_table(chart: Chart) -> AnyView {
    arriving_or(Box::pin(chart_rows(chart)), part_did_not_arrive)
}

#[wasm_split(chart, wasm_split_path = leptos::wasm_split, fallible)]
fn chart_marks(chart: Chart) -> Arrival {
    Ok(late::late(chart))
}

#[wasm_split(chart, wasm_split_path = leptos::wasm_split, fallible)]
fn chart_dialog(chart: Chart, layer: Layer) -> Arrival {
    Ok(late::layer(chart, layer))
}

#[wasm_split(chart, wasm_split_path = leptos::wasm_split, fallible)]
fn chart_rows(chart: Chart) -> Arrival {
    Ok(late::table(chart))
}

/// What a figure means, read when somebody asks for it.
pub fn explanation(figure: Figure) -> AnyView {
    arriving_or(Box::pin(explained(figure)), part_did_not_arrive)
}

#[wasm_split(reports, wasm_split_path = leptos::wasm_split, fallible)]
fn report_page(report: String) -> Arrival {
    Ok(view! { {follow_runway()}{pages::reports::page(&report)} }.into_any())
}

#[wasm_split(explained, wasm_split_path = leptos::wasm_split, fallible)]
fn explained(figure: Figure) -> Arrival {
    Ok(view! { <pages::reports::ExplanationText figure=figure/> }.into_any())
}

#[wasm_split(entrance, wasm_split_path = leptos::wasm_split, fallible)]
fn log_in_form(email: String) -> Arrival {
    Ok(view! { <pages::login::LogInForm email_id="again-email" password_id="again-password" email=email/> }.into_any())
}

#[wasm_split(entrance, wasm_split_path = leptos::wasm_split, fallible)]
fn entrance(place: Place) -> Arrival {
    Ok(match place {
        Place::LogIn => view! { <pages::login::LogInPage/> }.into_any(),
        Place::Forgot => view! { <pages::login::ForgotPage/> }.into_any(),
        Place::Invite(token) => view! { <pages::invite::InvitePage token=token/> }.into_any(),
        _ => ().into_any(),
    })
}

#[wasm_split(pages, wasm_split_path = leptos::wasm_split, fallible)]
fn member_page(place: Place) -> Arrival {
    let page = match place {
        Place::Activations => view! { <pages::activations::ActivationsPage/> }.into_any(),
        Place::Activation(id) => view! { <pages::activation::ActivationPage id=id.parse().ok()/> }.into_any(),
        Place::ActivationUsage(id) => {
            view! { <pages::activation::usage::ActivationUsagePage id=id.parse().ok()/> }.into_any()
        }
        Place::Clients => view! { <pages::clients::ClientsPage/> }.into_any(),
        Place::Client(id) => view! { <pages::clients::ClientPage id=id.parse().ok()/> }.into_any(),
        Place::ActiveUsers => view! { <pages::active_users_report::ActiveUsersReportPage/> }.into_any(),
        Place::ProductUsage(id) => view! { <pages::product_usage::ProductUsagePage id=id.parse().ok()/> }.into_any(),
        Place::Security => view! { <pages::security::SecurityPage/> }.into_any(),
        Place::Unknown => view! { <pages::not_found::NotFoundPage/> }.into_any(),
        _ => ().into_any(),
    };
    Ok(view! { {follow_runway()}{page} }.into_any())
}

#[wasm_split(money, wasm_split_path = leptos::wasm_split, fallible)]
fn money_page(place: Place) -> Arrival {
    let page = match place {
        Place::Wallet => view! { <pages::wallet::WalletPage/> }.into_any(),
        Place::Ledger => view! { <pages::wallet::LedgerPage/> }.into_any(),
        Place::LedgerEntry(id) => view! { <pages::wallet::LedgerEntryPage id=id.parse().ok()/> }.into_any(),
        Place::TopUp(id) => view! { <pages::wallet::TopUpPage id=id.parse().ok()/> }.into_any(),
        Place::Notices => view! { <pages::wallet::NoticesPage/> }.into_any(),
        Place::Activate(step) => view! { <pages::activate::ActivatePage step=step/> }.into_any(),
        Place::Activated(id) => view! { <pages::activate::ActivatedPage id=id.parse().ok()/> }.into_any(),
        _ => ().into_any(),
    };
    Ok(view! { {follow_runway()}{page} }.into_any())
}

#[wasm_split(operator, wasm_split_path = leptos::wasm_split, fallible)]
fn operator_page(place: Place) -> Arrival {
    Ok(pages::operator::page(&place))
}

/// The page once its file is there; until then nothing, which is shorter than the eye.
fn arriving(page: impl Future<Output = Arrival> + 'static) -> AnyView {
    arriving_or(Box::pin(page), did_not_arrive)
}

/// Boxed, so that the machinery of waiting is compiled once.
fn arriving_or(part: Pin<Box<dyn Future<Output = Arrival>>>, otherwise: fn() -> AnyView) -> AnyView {
    let part = SendWrapper::new(part);
    Suspend::new(async move { part.await.unwrap_or_else(|_| otherwise()) }).into_any()
}

fn part_did_not_arrive() -> AnyView {
    view! { <span class="note part-missing" role="alert">"This did not arrive. Load the page again."</span> }.into_any()
}
