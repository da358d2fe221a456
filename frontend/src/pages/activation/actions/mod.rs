//! What can be done with an activation: the buttons its status and the member's role allow, and the dialog of each.

mod again;
mod auto_renew;
mod dialog;
mod fields;
pub mod words;

use crate::components::dynamic;
use crate::state::watch;
use leptos::html;
use leptos::prelude::*;
use leptos_router::NavigateOptions;
use leptos_router::hooks::{use_location, use_navigate};
use shared::dto::activation::Activation;
use shared::vocab::{ActivationAction, LedgerEntryId, Permission};

use super::support::copy_summary;
use crate::components::icon;
use crate::format::date;
use crate::format::words::DateForm;
use crate::state::app_state;
use crate::state::query::Query;
use auto_renew::AutoRenewDialog;
use dialog::ActionDialog;
use words::{Choice, action_icon, action_name, permission_for};

/// The dialog that is open.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Opened {
    Action(ActivationAction),
    /// An action that was left for a top-up, with what was chosen.
    Again(Choice),
    AutoRenew,
}

/// What an action led to.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Said {
    text: String,
    entry: Option<LedgerEntryId>,
    /// What undoes it.
    undo: Option<ActivationAction>,
}

/// Buttons, the open dialog, and what the last action led to.
#[derive(Debug, Clone, Copy)]
pub struct Actions {
    query: Query<Activation>,
    opened: RwSignal<Option<Opened>>,
    said: RwSignal<Option<Said>>,
    allowed: Memo<Vec<ActivationAction>>,
}

/// The actions that have a button of their own, the one to expect first.
const BUTTONS: [ActivationAction; 5] = [
    ActivationAction::Keep,
    ActivationAction::Resume,
    ActivationAction::Renew,
    ActivationAction::Retry,
    ActivationAction::Pause,
];
const MENU: [ActivationAction; 2] = [ActivationAction::ChangeInterval, ActivationAction::Deactivate];

impl Actions {
    /// For the activation of `query`.
    pub fn new(query: Query<Activation>) -> Self {
        let session = app_state().session;
        let allowed = Memo::new(move |_| {
            let allowed = query.data.with(|data| data.as_ref().map(|data| data.allowed_actions.clone()));
            let mut allowed = allowed.unwrap_or_default();
            allowed.retain(|action| session.may(permission_for(*action)));
            allowed
        });
        Self { query, opened: RwSignal::new(None), said: RwSignal::new(None), allowed }
    }

    fn of(self, order: &[ActivationAction]) -> Vec<ActivationAction> {
        self.allowed.with(|allowed| order.iter().copied().filter(|action| allowed.contains(action)).collect())
    }

    /// The buttons.
    pub fn buttons(self) -> AnyView {
        let first = Memo::new(move |_| self.of(&BUTTONS).first().copied());
        let button = move |action: ActivationAction| {
            let class = move || if first.get() == Some(action) { "btn btn--primary" } else { "btn" };
            view! {
                <button class=class type="button" on:click=move |_| self.open(Opened::Action(action))>
                    {icon(action_icon(action), 14)}{action_name(action)}
                </button>
            }
            .into_any()
        };
        // Keyed, so that a button that stays keeps the focus.
        view! {
            <For each=move || self.of(&BUTTONS) key=|action| *action children=button/>
            {self.menu()}
        }
        .into_any()
    }

    fn menu(self) -> AnyView {
        let session = app_state().session;
        let is_open = RwSignal::new(false);
        let root = NodeRef::<html::Div>::new();
        let opener = NodeRef::<html::Button>::new();
        let has_auto_renew = Memo::new(move |_| {
            let is_over = self.allowed.with(Vec::is_empty);
            !is_over && session.may(Permission::ActivationsSpend)
        });
        let is_empty = move || self.query.data.with(Option::is_none);
        let close = move || {
            is_open.set(false);
            if let Some(opener) = opener.get_untracked() {
                let _ = opener.focus();
            }
        };
        let listener = window_event_listener(leptos::ev::pointerdown, move |event| {
            let target = event.target().map(wasm_bindgen::JsCast::unchecked_into::<web_sys::Node>);
            if !root.get_untracked().is_some_and(|root| root.contains(target.as_ref())) {
                is_open.set(false);
            }
        });
        on_cleanup(move || listener.remove());
        let key = move |event: leptos::ev::KeyboardEvent| {
            if event.key() == "Escape" && is_open.get_untracked() {
                close();
            }
        };
        let item = move |symbol: &'static str, name: &'static str, opened: Opened| {
            let choose = move |_| {
                close();
                self.open(opened);
            };
            view! { <button class="menu__item" type="button" on:click=choose>{icon(symbol, 16)}{name}</button> }
        };
        let items = move || {
            let is_on = self.query.data.with(|data| data.as_ref().is_some_and(|data| data.row.auto_renew));
            let name = if is_on { "Turn auto-renew off" } else { "Turn auto-renew on" };
            let auto_renew = has_auto_renew.get().then(|| item("renew", name, Opened::AutoRenew));
            let actions = self.of(&MENU).into_iter();
            let actions = actions.map(|action| item(action_icon(action), action_name(action), Opened::Action(action)));
            let copy = move |_| {
                close();
                if let Some(data) = self.query.data.get_untracked() {
                    copy_summary(data);
                }
            };
            let copy = view! { <button class="menu__item" type="button" on:click=copy>{icon("copy", 16)}"Copy support summary"</button> };
            view! { {auto_renew}{actions.collect_view()}{copy} }
        };
        view! {
            <div class="more-menu" node_ref=root on:keydown=key hidden=is_empty>
                <button
                    class="icon-btn icon-btn--box"
                    type="button"
                    node_ref=opener
                    aria-label="More actions"
                    aria-expanded=move || if is_open.get() { "true" } else { "false" }
                    aria-controls="more-actions"
                    on:click=move |_| is_open.update(|open| *open = !*open)
                >
                    {icon("more", 16)}
                </button>
                <div class="menu more-menu__panel" id="more-actions" hidden=move || !is_open.get()>{dynamic(items)}</div>
            </div>
        }
        .into_any()
    }

    /// Opens what the address asks to confirm, once it is known that it can be done, and takes that out of the address.
    pub fn open_asked(self) {
        let (query, navigate) = (use_location().query, use_navigate());
        let announcer = app_state().announcer;
        watch(move || {
            let Some(asked) = query.with(|query| again::read(|key| query.get(key))) else { return };
            let known = self.query.data.with(|data| data.as_ref().map(|data| (data.row.id, data.row.paid_until_on)));
            let Some((id, paid_until_on)) = known else { return };
            if self.allowed.with(Vec::is_empty) {
                return;
            }
            navigate(
                &format!("/activations/{id}"),
                NavigateOptions { replace: true, scroll: false, ..Default::default() },
            );
            if asked.paid_until_on != paid_until_on {
                let until =
                    paid_until_on.map(|on| format!(" until {}", date(on, DateForm::Medium))).unwrap_or_default();
                let text = format!("It was paid{until} as soon as the money came. Nothing is left to confirm.");
                announcer.say(&text);
                self.said.set(Some(Said { text, entry: None, undo: None }));
            } else if self.allowed.with(|allowed| allowed.contains(&asked.choice.action)) {
                self.open(Opened::Again(asked.choice));
            }
        });
    }

    /// Opens the dialog of an action if it can be done; whether it can.
    pub fn ask(self, action: ActivationAction) -> bool {
        let is_allowed = self.allowed.with_untracked(|allowed| allowed.contains(&action));
        if is_allowed {
            self.open(Opened::Action(action));
        }
        is_allowed
    }

    fn open(self, opened: Opened) {
        self.said.set(None);
        self.opened.set(Some(opened));
    }

    /// The open dialog.
    pub fn dialog(self) -> AnyView {
        let close = Callback::new(move |()| {
            self.opened.set(None);
            // What was left open may have gone through all the same.
            self.query.reload();
        });
        let announcer = app_state().announcer;
        let done = Callback::new(move |said: Said| {
            announcer.say(&said.text);
            self.said.set(Some(said));
            self.opened.set(None);
            self.query.reload();
            set_timeout(crate::components::keep_focus, std::time::Duration::from_millis(600));
        });
        dynamic(move || {
            let opened = self.opened.get()?;
            let data = self.query.data.get_untracked()?;
            Some(match opened {
                Opened::Action(action) => {
                    view! { <ActionDialog action=action chosen=None data=data close=close done=done/> }.into_any()
                }
                Opened::Again(choice) => {
                    view! { <ActionDialog action=choice.action chosen=Some(choice) data=data close=close done=done/> }
                        .into_any()
                }
                Opened::AutoRenew => {
                    view! { <AutoRenewDialog data=StoredValue::new(data) close=close done=done/> }.into_any()
                }
            })
        })
    }

    /// What the last action led to.
    pub fn message(self) -> AnyView {
        let text = move |said: Said| {
            let entry = said.entry.filter(|_| app_state().session.may(Permission::WalletRead));
            let entry = entry.map(|id| view! { <a href=format!("/wallet/ledger/{id}")>"Ledger entry"</a> });
            let undo = said.undo.filter(|action| self.allowed.with(|allowed| allowed.contains(action)));
            let undo = undo.map(|action| {
                view! {
                    <button class="link-button" type="button" on:click=move |_| self.open(Opened::Action(action))>"Undo"</button>
                }
            });
            view! {
                <p class="status-message status-message--page">
                    {icon("check", 16)}
                    <span>{said.text}</span>
                    {entry}
                    {undo}
                    <button class="icon-btn ms-auto" type="button" aria-label="Dismiss this message" on:click=move |_| { self.said.set(None); crate::components::keep_focus() }>{icon("cross", 16)}</button>
                </p>
            }
        };
        dynamic(move || self.said.get().map(text))
    }
}
