//! A chart that reads its series by itself and shows what the page's address says: of a product, a client, an activation.

use chrono::NaiveDate;
use leptos::prelude::*;
use leptos_router::NavigateOptions;
use leptos_router::hooks::{use_location, use_navigate};
use shared::dto::active_users::ActiveUsersSeries;
use shared::paths;

use super::model::is_answered;
use super::view::{ChartView, Scope};
use super::{UsersChart, asked_view, not_understood};
use crate::components::{dynamic, error_panel};
use crate::state::query::Query;
use crate::state::{app_state, watch};

/// The series of a page that shows whose use `scope` says.
#[derive(Debug, Clone, Copy)]
pub struct Usage {
    /// What was read last.
    pub series: Query<ActiveUsersSeries>,
    scope: Scope,
    asked: Memo<(ChartView, bool)>,
    show: Callback<ChartView>,
}

impl Usage {
    /// Reads what the address asks for, and again when that changes or this tab changed something.
    pub fn new(scope: Scope, page: String) -> Self {
        let asked = asked_view(use_location().query);
        let series = Query::<ActiveUsersSeries>::new();
        let writes = app_state().writes;
        watch(move || {
            writes.track();
            series.load(asked.get().0.data_path(paths::ACTIVE_USERS, scope));
        });
        let navigate = use_navigate();
        let show = Callback::new(move |view: ChartView| {
            navigate(&view.page_path(&page), NavigateOptions { scroll: false, ..Default::default() });
        });
        Self { series, scope, asked, show }
    }

    /// That the address was not understood in full.
    pub fn note(self) -> AnyView {
        not_understood(self.asked)
    }

    /// The chart.
    pub fn chart(
        self,
        id: &'static str,
        title: &'static str,
        height: u32,
        paused: Signal<Vec<(NaiveDate, NaiveDate)>>,
    ) -> AnyView {
        let Self { series, scope, asked, show } = self;
        let view = Signal::derive(move || asked.get().0);
        let is_answered =
            move || series.data.with(|series| series.as_ref().is_none_or(|series| is_answered(view.get(), series)));
        // Old data under a new question would be a wrong answer.
        let failure =
            Memo::new(move |_| series.error.get().filter(|_| series.data.with(Option::is_none) || !is_answered()));
        let retry = Callback::new(move |()| series.reload());
        dynamic(move || match failure.get() {
            Some(error) => {
                let panel = error_panel("Active users could not be loaded", &error, retry);
                view! { <section class="card">{panel}</section> }.into_any()
            }
            None => view! {
                <UsersChart
                    id=id
                    title=title
                    series=series.data
                    scope=scope
                    view=view
                    show=show
                    is_loading=Signal::derive(move || series.is_loading.get() && !is_answered())
                    paused=paused
                    height=height
                />
            }
            .into_any(),
        })
    }
}
