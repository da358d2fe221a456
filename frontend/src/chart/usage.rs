//! A chart that reads its series by itself and shows what the page's address says: of a product, a client, an activation.

use chrono::NaiveDate;
use leptos::prelude::*;
use leptos_router::NavigateOptions;
use leptos_router::hooks::{use_location, use_navigate};
use shared::dto::active_users::ActiveUsersSeries;
use shared::paths;

use super::model::{failure, is_answered};
use super::view::{ChartView, Scope};
use super::{UsersChart, asked_view, not_understood, skeleton};
use crate::components::dynamic;
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
        let failure =
            Memo::new(move |_| series.data.with(|known| failure(view.get(), known.as_ref(), series.error.get())));
        // Old data under a new question that is not answered would be a wrong answer.
        let shown = Signal::derive(move || if failure.with(Option::is_some) { None } else { series.data.get() });
        let is_late = Signal::derive(move || {
            let is_open = series.data.with(|known| known.as_ref().is_none_or(|known| !is_answered(view.get(), known)));
            is_open && series.is_loading.get()
        });
        let is_begun = Memo::new(move |before| {
            before == Some(&true) || failure.with(Option::is_some) || series.data.with(Option::is_some)
        });
        dynamic(move || {
            if !is_begun.get() {
                return skeleton(height);
            }
            view! {
                <UsersChart
                    id=id
                    title=title
                    series=shown
                    failure=failure
                    retry=Callback::new(move |()| series.reload())
                    scope=scope
                    view=view
                    show=show
                    is_loading=is_late
                    paused=paused
                    height=height
                />
            }
            .into_any()
        })
    }
}
