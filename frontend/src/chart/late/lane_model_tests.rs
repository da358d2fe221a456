use super::*;
use crate::format::words::PLAIN;
use shared::dto::activation::ActivationProduct;

fn on(text: &str) -> NaiveDate {
    text.parse().unwrap()
}

fn event(kind: MarkerKind, day: &str, title: &str) -> MarkerEvent {
    MarkerEvent {
        kind,
        title: title.to_owned(),
        text: None,
        on: on(day),
        at: None,
        ends_on: None,
        activation_id: None,
        product: None,
        client: None,
        price_migration_id: None,
        price_before: None,
        price_after: None,
        promotion_id: None,
        note_id: None,
        visibility: None,
        by: None,
    }
}

fn marker(kind: MarkerKind, day: &str, titles: &[&str]) -> Marker {
    let events: Vec<MarkerEvent> = titles.iter().map(|title| event(kind, day, title)).collect();
    Marker { on: on(day), kind, count: i64::try_from(events.len()).unwrap(), events }
}

fn days(count: u64) -> Vec<ActiveUsersPoint> {
    let point = |day| {
        let from_on = on("2026-11-01") + chrono::Days::new(day);
        ActiveUsersPoint {
            from_on,
            to_on: from_on,
            value: Some(1),
            previous: None,
            previous_from_on: None,
            is_running: false,
        }
    };
    (0..count).map(point).collect()
}

#[test]
fn marks_that_are_too_close_are_one_with_all_that_happened() {
    let points = days(10);
    let markers = [
        marker(MarkerKind::Activation, "2026-11-01", &["a"]),
        marker(MarkerKind::Activation, "2026-11-02", &["b", "c"]),
        marker(MarkerKind::Promotion, "2026-11-02", &["Autumn offer"]),
        marker(MarkerKind::Note, "2026-11-04", &["Newsletter"]),
        marker(MarkerKind::Note, "2026-12-24", &["not in the picture"]),
    ];
    let centers: Vec<f64> = (0..10).map(|day| 38.0 + 19.0 * f64::from(day)).collect();
    let found = marks(&markers, &points, &centers);
    assert_eq!(found.iter().map(|mark| (mark.count(), mark.sign())).collect::<Vec<_>>(), [(4, "promo"), (1, "note")]);
    assert_eq!(found[0].label(PLAIN), "2026-11-01 Short – 2026-11-02 Medium: a, 2 activations, Autumn offer");
    assert_eq!(found[1].label(PLAIN), "2026-11-04 Medium: Newsletter");
    // With more room they are apart.
    let roomy: Vec<f64> = (0..10).map(|day| 38.0 + 27.0 * f64::from(day)).collect();
    assert_eq!(marks(&markers, &points, &roomy).len(), 3);
}

#[test]
fn marks_never_touch_however_much_they_count() {
    let points = days(365);
    for each in [1, 3, 40] {
        let marker = |point: &ActiveUsersPoint| {
            let marker = marker(MarkerKind::Activation, &point.from_on.to_string(), &["x"]);
            Marker { count: each, ..marker }
        };
        let markers: Vec<Marker> = points.iter().map(marker).collect();
        for width in [120.0, 300.0, 1_000.0, 9_000.0] {
            let centers: Vec<f64> = (0..365).map(|day| width * f64::from(day) / 364.0).collect();
            let found = marks(&markers, &points, &centers);
            let is_free = |pair: &[Mark]| {
                let digits = pair[0].number(PLAIN).map_or(0, |number| number.len());
                pair[1].x - pair[0].x >= [27.0, 27.0, 37.0, 46.0][digits]
            };
            assert!(found.windows(2).all(is_free), "{each} a day at {width}");
            assert_eq!(found.iter().map(Mark::count).sum::<i64>(), 365 * each, "nothing is lost at {width}");
        }
    }
}

#[test]
fn a_mark_counts_up_to_99() {
    let mark = |count| Mark { x: 0.0, days: vec![Marker { count, ..marker(MarkerKind::Pause, "2026-11-01", &[]) }] };
    for (count, number) in [(1, None), (2, Some("2")), (99, Some("99")), (100, Some("99+")), (12_345, Some("99+"))] {
        assert_eq!(mark(count).number(PLAIN).as_deref(), number);
    }
}

#[test]
fn the_list_of_all_is_asked_for_as_the_list_asks() {
    use crate::pages::activations::model::{ListView, read};
    let day = marker(MarkerKind::Activation, "2026-11-03", &["one of thirty"]);
    let (product, client) = ("prd_00000000000000000000000001", "cli_00000000000000000000000001");
    for (scope, scoped) in [
        (Scope::Everybody, ""),
        (Scope::Product(product.parse().unwrap()), "product=prd_00000000000000000000000001"),
        (Scope::Client(client.parse().unwrap()), "client=cli_00000000000000000000000001"),
    ] {
        let path = all_path(&day, scope).unwrap();
        let (_, query) = path.split_once('?').unwrap();
        let pairs: Vec<(String, String)> = query
            .split('&')
            .filter_map(|pair| pair.split_once('='))
            .map(|(key, value)| (key.into(), value.into()))
            .collect();
        let (view, is_understood) = read(&pairs);
        assert!(is_understood && path.contains(scoped), "{path}");
        let expected = ListView {
            status: ActivationStatus::ALL.to_vec(),
            activated_from: Some(day.on),
            activated_to: Some(day.on),
            product: view.product.clone(),
            client: view.client.clone(),
            ..ListView::default()
        };
        assert_eq!(view, expected);
    }
    let activation = Scope::Activation("act_00000000000000000000000001".parse().unwrap());
    assert_eq!(all_path(&day, activation), None);
    assert_eq!(all_path(&marker(MarkerKind::Pause, "2026-11-03", &["x"]), Scope::Everybody), None);
}

#[test]
fn the_sign_is_that_of_the_highest_rank() {
    for (kinds, expected) in [
        (vec![MarkerKind::Activation], "act"),
        (vec![MarkerKind::Activation, MarkerKind::Pause], "pause"),
        (vec![MarkerKind::Activation, MarkerKind::PriceChange, MarkerKind::Note], "note"),
        (vec![MarkerKind::Note, MarkerKind::Launch], "launch"),
        (vec![MarkerKind::Launch, MarkerKind::Promotion], "promo"),
    ] {
        let days = kinds.iter().map(|kind| marker(*kind, "2026-11-01", &["x"])).collect();
        assert_eq!(Mark { x: 0.0, days }.sign(), expected, "{kinds:?}");
    }
    assert_eq!(MarkerKind::ALL.len(), BY_RANK.len(), "every kind has its rank");
}

#[test]
fn buckets_tell_what_happened_in_them_by_rank() {
    let mut points = days(14);
    let week = |points: &[ActiveUsersPoint]| ActiveUsersPoint { to_on: points[6].to_on, ..points[0].clone() };
    let (first, second) = (week(&points[..7]), week(&points[7..]));
    points = vec![first, second];
    let mut many = marker(MarkerKind::Activation, "2026-11-03", &["one of thirty"]);
    many.count = 30;
    let markers = [
        marker(MarkerKind::Activation, "2026-11-02", &["AI Writer for Café Lindenhof"]),
        many,
        marker(MarkerKind::Note, "2026-11-05", &["Newsletter", "Fair"]),
        marker(MarkerKind::Pause, "2026-11-09", &["AI Chat paused"]),
    ];
    let told: Vec<(usize, &str, String)> =
        happenings(&markers, &points, PLAIN).into_iter().map(|one| (one.bucket, one.sign, one.text)).collect();
    let expected =
        [(0, "note", "Newsletter"), (0, "note", "Fair"), (0, "act", "31 activations"), (1, "pause", "AI Chat paused")];
    assert_eq!(told, expected.map(|(bucket, sign, text)| (bucket, sign, text.to_owned())));
}

#[test]
fn events_lead_where_there_is_more_to_see() {
    let mut activation = event(MarkerKind::Pause, "2026-11-01", "x");
    activation.activation_id = Some("act_00000000000000000000000001".parse().unwrap());
    assert_eq!(target(&activation).as_deref(), Some("/activations/act_00000000000000000000000001"));
    let mut change = event(MarkerKind::PriceChange, "2026-11-01", "x");
    let product =
        ActivationProduct { id: "prd_00000000000000000000000001".parse().unwrap(), name: "AI Writer".to_owned() };
    change.product = Some(product);
    assert_eq!(target(&change).as_deref(), Some("/reports/products/prd_00000000000000000000000001"));
    let money = |minor| Some(shared::vocab::Money { minor, currency: "EUR".parse().unwrap() });
    (change.price_before, change.price_after) = (money(1_000), money(1_200));
    assert_eq!(detail(&change, PLAIN).as_deref(), Some("10.00 EUR → 12.00 EUR"));
    let mut note = event(MarkerKind::Note, "2026-11-01", "Newsletter");
    assert_eq!((target(&note), detail(&note, PLAIN)), (None, None));
    note.by = Some("Mara Lindqvist".to_owned());
    note.visibility = Some(shared::vocab::NoteVisibility::Team);
    assert_eq!(detail(&note, PLAIN).as_deref(), Some("by Mara Lindqvist · seen by your team"));
}
