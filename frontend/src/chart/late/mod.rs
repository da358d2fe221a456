//! What of a chart nobody needs at first; it comes in a file of its own (see `parts`).

mod dates;
mod keys;
mod lane;
pub mod lane_model;
mod notes;
mod options;
pub mod steps;
mod table;
mod table_model;

use chrono::NaiveDate;
use leptos::prelude::*;
use shared::dto::active_users::ActiveUsersSeries;

use super::{Chart, Layer};

/// The lane of marks; and single keys.
pub fn late(chart: Chart) -> AnyView {
    keys::listen(chart);
    lane::lane(chart)
}

/// What is open over the chart.
pub fn layer(chart: Chart, layer: Layer) -> AnyView {
    match layer {
        Layer::Options => options::options(chart),
        Layer::Dates => dates::dialog(chart),
        Layer::NewNote(on) => notes::new(chart, on),
        Layer::EditNote(id) => notes::change(chart, id),
        Layer::DeleteNote(id) => notes::deletion(chart, id),
    }
}

/// The rows of the series.
pub fn table(chart: Chart) -> AnyView {
    table::table(chart)
}

/// Today in the reseller's zone, by the server's clock; this device's until something was read.
fn today(chart: Chart) -> NaiveDate {
    chart.series.with_untracked(|series| match series {
        Some(ActiveUsersSeries { range: Some(_), to_on, .. }) => *to_on,
        Some(series) => crate::format::date_in(series.as_of, &series.time_zone),
        None => crate::format::today("UTC"),
    })
}
