//! What the operators' pages ask for and say. Plain Rust.

use shared::dto::operator::SetUp;
use shared::dto::renewal_run::RenewalRun;
use shared::paths;
use shared::vocab::{RunTrigger, TopUpStatus};

use crate::format::words::{Texts, counted};

/// What the list of top-ups shows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TopUpsView {
    /// Only of this status; none for all.
    pub status: Option<TopUpStatus>,
    /// The page.
    pub cursor: String,
}

/// The word for all of them in the address.
const ALL: &str = "all";

impl TopUpsView {
    /// What an address asks for. Those that wait are what one comes for.
    pub fn read(status: &str, cursor: String) -> Self {
        let status = if status == ALL { None } else { Some(status.parse().unwrap_or(TopUpStatus::Pending)) };
        Self { status, cursor }
    }

    /// The word of the choice, for the address and the form.
    pub fn word(&self) -> &'static str {
        self.status.map_or(ALL, TopUpStatus::as_str)
    }

    /// The page's own address; the default is left out.
    pub fn page_path(&self) -> String {
        let mut parts = Vec::new();
        if self.status != Some(TopUpStatus::Pending) {
            parts.push(format!("status={}", self.word()));
        }
        if !self.cursor.is_empty() {
            parts.push(format!("cursor={}", self.cursor));
        }
        joined("/operator/top-ups", &parts)
    }

    /// The address of the rows.
    pub fn data_path(&self) -> String {
        let mut parts = vec!["limit=25".to_owned()];
        parts.extend(self.status.map(|status| format!("status={status}")));
        if !self.cursor.is_empty() {
            parts.push(format!("cursor={}", self.cursor));
        }
        joined(paths::OPERATOR_TOP_UPS, &parts)
    }
}

fn joined(path: &str, parts: &[String]) -> String {
    if parts.is_empty() { path.to_owned() } else { format!("{path}?{}", parts.join("&")) }
}

/// What is set up, for whom and whose: "AI Writer for Ana Ferreira of Harbour Digital"
pub fn subject(row: &SetUp) -> String {
    format!("{} for {} of {}", row.product.name, row.client.name, row.reseller_name)
}

/// "1 activation", "3 activations"
pub fn held_count(count: i64, texts: Texts<'_>) -> String {
    counted(count, "activation", "activations", texts)
}

/// What set a run going.
pub const fn trigger_name(trigger: RunTrigger) -> &'static str {
    match trigger {
        RunTrigger::Schedule => "The clock",
        RunTrigger::Credit => "Money that came in",
        RunTrigger::Command => "Command line",
        RunTrigger::Release => "Release of what was held",
    }
}

/// "41 ms", "3.2 s", "2 min 5 s"
pub fn duration(milliseconds: i64) -> String {
    match milliseconds {
        ..1_000 => format!("{milliseconds} ms"),
        1_000..60_000 => format!("{}.{} s", milliseconds / 1_000, milliseconds % 1_000 / 100),
        _ => format!("{} min {} s", milliseconds / 60_000, milliseconds % 60_000 / 1_000),
    }
}

/// What a run did in one line, for where there are no columns: only what there was.
pub fn in_short(run: &RenewalRun, texts: Texts<'_>) -> String {
    let parts = [
        (run.due_count, "due"),
        (run.charged_count, "charged"),
        (run.short_count, "short"),
        (run.failed_count, "failed"),
        (run.held_count, "held"),
        (run.ended_count, "ended"),
        (run.resumed_count, "resumed"),
    ];
    let said: Vec<String> = parts
        .into_iter()
        .filter(|(count, word)| *count > 0 || *word == "due")
        .map(|(count, word)| counted(count, word, word, texts))
        .collect();
    said.join(" · ")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::format::words::PLAIN;

    #[test]
    fn the_address_names_what_is_not_the_default() {
        let view = TopUpsView::read("", String::new());
        assert_eq!((view.status, view.page_path().as_str()), (Some(TopUpStatus::Pending), "/operator/top-ups"));
        assert_eq!(view.data_path(), "/api/v1/operator/top-ups?limit=25&status=pending");
        let all = TopUpsView::read("all", "next".to_owned());
        assert_eq!((all.status, all.page_path().as_str()), (None, "/operator/top-ups?status=all&cursor=next"));
        assert_eq!(all.data_path(), "/api/v1/operator/top-ups?limit=25&cursor=next");
        let settled = TopUpsView::read("settled", String::new());
        assert_eq!((settled.word(), settled.page_path().as_str()), ("settled", "/operator/top-ups?status=settled"));
        assert_eq!(TopUpsView::read("nonsense", String::new()).status, Some(TopUpStatus::Pending));
    }

    #[test]
    fn durations_are_said_in_the_unit_that_fits() {
        for (milliseconds, text) in [
            (0, "0 ms"),
            (999, "999 ms"),
            (1_000, "1.0 s"),
            (3_249, "3.2 s"),
            (59_999, "59.9 s"),
            (125_400, "2 min 5 s"),
        ] {
            assert_eq!(duration(milliseconds), text);
        }
    }

    #[test]
    fn a_run_is_said_without_what_there_was_not() {
        let run = RenewalRun {
            id: "run_01k4kneba5pr8v6j2c0d3f7g9h".parse().unwrap(),
            trigger: RunTrigger::Schedule,
            started_at: "2026-11-22T13:02:00Z".parse().unwrap(),
            duration_ms: 41,
            due_count: 12,
            charged_count: 11,
            charged: None,
            short_count: 1,
            failed_count: 0,
            held_count: 0,
            ended_count: 0,
            resumed_count: 2,
        };
        assert_eq!(in_short(&run, PLAIN), "12 due · 11 charged · 1 short · 2 resumed");
        let nothing =
            RenewalRun { due_count: 0, charged_count: 0, short_count: 0, resumed_count: 0, ended_count: 3, ..run };
        assert_eq!(in_short(&nothing, PLAIN), "0 due · 3 ended");
    }
}
