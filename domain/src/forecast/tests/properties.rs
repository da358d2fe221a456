//! Groups against a simulation that knows only single activations and single days.

use std::collections::{BTreeMap, HashMap};

use proptest::prelude::*;

use super::*;

#[derive(Debug, Clone)]
struct One {
    id: ActivationId,
    priority: i16,
    term: Term,
    price_minor: i64,
}

const INTERVALS: [BillingInterval; 4] =
    [BillingInterval::Monthly, BillingInterval::Quarterly, BillingInterval::Semiannual, BillingInterval::Yearly];
const ZONES: [Tz; 3] = [ZONE, Tz::America__Sao_Paulo, Tz::Pacific__Auckland];
const NOW: &str = "2026-11-22T13:02:00Z";

fn ones() -> impl Strategy<Value = Vec<One>> {
    let one = (0_i64..400, 0_usize..4, 0_usize..3, 1_i16..=9, 0_usize..5, 0_u32..4);
    proptest::collection::vec(one, 0..14).prop_map(|drawn| {
        let build = |(number, (days, interval, zone, priority, price, clamp)): (
            usize,
            (i64, usize, usize, i16, usize, u32),
        )| {
            use chrono::Datelike;
            // Up to 40 days overdue, on few different days, so that many fall together.
            let start_on = day("2026-10-15") + TimeDelta::days(days / 9 * 9);
            let is_last_of_month = start_on.succ_opt().unwrap().day() == 1;
            let anchor_day = if is_last_of_month { (start_on.day() + clamp).min(31) } else { start_on.day() };
            let term = Term::continuing(start_on, anchor_day, INTERVALS[interval], ZONES[zone]).unwrap();
            One { id: id(number as u128), priority, term, price_minor: [0, 500, 1_000, 1_000, 2_900][price] }
        };
        drawn.into_iter().enumerate().map(build).collect()
    })
}

fn grouped(ones: &[One]) -> (Vec<Group>, HashMap<ActivationId, usize>) {
    let mut groups: Vec<Group> = Vec::new();
    let mut of = HashMap::new();
    for one in ones {
        let renews_at = one.term.period_starts_at(0).unwrap();
        let group = Group {
            renews_at,
            interval: one.term.interval,
            anchor_day: one.term.anchor_day,
            zone: one.term.zone,
            price_minor: one.price_minor,
            changes: Vec::new(),
            count: 0,
        };
        let index = groups.iter().position(|known| Group { count: 0, ..known.clone() } == group).unwrap_or_else(|| {
            groups.push(group);
            groups.len() - 1
        });
        groups[index].count += 1;
        of.insert(one.id, index);
    }
    (groups, of)
}

type Failed = Vec<(DateTime<Utc>, ActivationId)>;

/// The run as the rules tell it: always the smallest (due, priority, id), put back after a charge, gone after a failure.
fn simulate(ones: &[One], available_minor: i64, until: DateTime<Utc>) -> (HashMap<ActivationId, bool>, Failed) {
    let mut queue: BTreeMap<(DateTime<Utc>, i16, ActivationId), (usize, u32)> = BTreeMap::new();
    for (index, one) in ones.iter().enumerate() {
        queue.insert((one.term.period_starts_at(0).unwrap(), one.priority, one.id), (index, 0));
    }
    let (mut first, mut failed, mut left_minor) = (HashMap::new(), Vec::new(), available_minor);
    while let Some(((at, priority, id), (index, n))) = queue.pop_first().filter(|((at, ..), _)| *at <= until) {
        let one = &ones[index];
        let is_paid = one.price_minor <= left_minor;
        if n == 0 {
            first.insert(id, is_paid);
        }
        if is_paid {
            left_minor -= one.price_minor;
            queue.insert((one.term.period_starts_at(n + 1).unwrap(), priority, id), (index, n + 1));
        } else {
            failed.push((at, id));
        }
    }
    (first, failed)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(300))]

    #[test]
    fn the_projection_equals_a_day_by_day_sum(ones in ones(), available_minor in 0_i64..60_000) {
        let now: DateTime<Utc> = NOW.parse().unwrap();
        let (groups, _) = grouped(&ones);
        let forecast = Forecast::new(&by_date(&groups), available_minor, local_date(now, ZONE), ZONE).unwrap();
        let today = local_date(now, ZONE);
        let mut charges = Vec::new();
        for one in &ones {
            let dates = (0..40).map(|n| local_date(one.term.period_starts_at(n).unwrap(), ZONE).max(today));
            charges.extend(dates.map(|on| (on, one.price_minor)));
        }
        let horizon_on = day("2028-11-22");
        let (mut balance_minor, mut expected, mut on) = (available_minor, Vec::new(), today);
        let mut first_short = None;
        while on <= horizon_on {
            let due: Vec<i64> = charges.iter().filter(|(due_on, _)| *due_on == on).map(|(_, minor)| *minor).collect();
            balance_minor -= due.iter().sum::<i64>();
            if !due.is_empty() {
                let due = Due { count: due.len() as u64, minor: due.iter().sum() };
                expected.push(ProjectedBalance { on, due, balance_minor });
            }
            if balance_minor < 0 && first_short.is_none() {
                first_short = Some(Shortfall { on, minor: -balance_minor });
            }
            on = on.succ_opt().unwrap();
        }
        prop_assert_eq!(forecast.balances(NaiveDate::MAX).unwrap(), expected);
        prop_assert_eq!(forecast.runway().unwrap().shortfall, first_short);
        for days in TOP_UP_DAYS {
            let until_on = today + TimeDelta::days(days);
            let due: i64 = charges.iter().filter(|(on, _)| *on <= until_on).map(|(_, minor)| *minor).sum();
            prop_assert_eq!(forecast.top_up(days).unwrap().minor, (due - available_minor).max(0));
        }
    }

    #[test]
    fn coverage_equals_the_run_played_one_by_one(ones in ones(), available_minor in 0_i64..60_000) {
        let until: DateTime<Utc> = "2028-11-22T23:00:00Z".parse().unwrap();
        let (groups, of) = grouped(&ones);
        let mut coverage = Coverage::new(groups.into(), available_minor);
        while let Step::Ask(asked) = coverage.play(until).unwrap() {
            let of_asked = ones.iter().filter(|one| asked.contains(&of[&one.id]));
            let candidate = |one: &One| Candidate { group: of[&one.id], priority: one.priority, id: one.id };
            coverage.supply(of_asked.map(candidate).collect()).unwrap();
        }
        let (first, failed) = simulate(&ones, available_minor, until);
        for one in &ones {
            prop_assert_eq!(coverage.is_covered(of[&one.id], one.id), first[&one.id], "{:?}", one);
        }
        let mut expected: BTreeMap<(DateTime<Utc>, usize), u64> = BTreeMap::new();
        for (at, id) in failed {
            *expected.entry((at, of[&id])).or_default() += 1;
        }
        let found: BTreeMap<_, _> =
            coverage.failing().iter().map(|failing| ((failing.at, failing.group), failing.count)).collect();
        prop_assert_eq!(found, expected);
    }
    #[test]
    fn together_they_cost_what_each_costs(
        drawn in proptest::collection::vec((0_i64..3, 1_u64..5, proptest::collection::vec((0_i64..60, 0_i64..90), 0..4)), 1..8),
        after in 0_i64..80,
    ) {
        let start_on = day("2026-12-01") + TimeDelta::days(after);
        let build = |(on, count, announced): (i64, u64, Vec<(i64, i64)>)| {
            let mut changes: Vec<_> = announced.into_iter().map(|(days, price_minor)| {
                PriceChange { from_on: day("2026-12-01") + TimeDelta::days(days), price_minor }
            }).collect();
            changes.sort_by_key(|change| change.from_on);
            Group { changes, ..group(["2026-12-24", "2027-01-31", "2027-02-15"][usize::try_from(on).unwrap()], INTERVALS[0], 40, count) }
        };
        let groups: Vec<Group> = drawn.into_iter().map(build).collect();
        let each: i64 = groups.iter().map(|group| group.price_on(start_on) * i64::try_from(group.count).unwrap()).sum();
        let together: i64 = by_date(&groups).iter().map(|group| group.minor_on(start_on).unwrap()).sum();
        prop_assert_eq!(each, together);
    }
}
