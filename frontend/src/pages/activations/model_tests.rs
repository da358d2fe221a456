use super::*;
use crate::format::words::PLAIN;

fn query(text: &str) -> Vec<(String, String)> {
    let pairs = text.split('&').filter(|pair| !pair.is_empty());
    pairs.filter_map(|pair| pair.split_once('=')).map(|(key, value)| (key.to_owned(), value.to_owned())).collect()
}

const PRODUCT: &str = "prd_01k4kneba5pr8v6j2c0d3f7g9h";

#[test]
fn no_query_is_the_default_view_and_has_no_query() {
    assert_eq!(read(&[]), (ListView::default(), true));
    assert_eq!(ListView::default().page_path(), "/activations");
}

#[test]
fn a_view_is_read_back_from_its_own_address() {
    for text in [
        "status=active",
        "status=active,paused&sort=renews_at&limit=50",
        "q=ana&billing_interval=monthly,yearly",
        "renewing=true&sort=renews_at",
        "billing_state=grace",
        "renews=30d&sort=renews_at",
        "activated_from=2026-06-01&activated_to=2026-06-30",
        "limit=100&cursor=abc_DEF-1",
    ] {
        let (view, is_understood) = read(&query(text));
        assert!(is_understood, "{text}");
        assert_eq!(view.page_path(), format!("/activations?{text}"));
    }
    let (view, _) = read(&query(&format!("product={PRODUCT}")));
    assert_eq!(view.page_path(), format!("/activations?product={PRODUCT}"));
}

#[test]
fn equal_views_have_equal_addresses() {
    let address = |text| read(&query(text)).0.page_path();
    assert_eq!(address("status=paused,active"), address("status=active,paused,active"));
    assert_eq!(address("sort=-activated_at&limit=25&q="), "/activations");
    assert_eq!(address("limit=50&status=active"), address("status=active&limit=50"));
}

#[test]
fn wrong_values_fall_back_and_are_noted() {
    for text in [
        "status=gone",
        "status=active,gone",
        "status=",
        "renewing=yes",
        "renews=soon",
        "limit=7",
        "limit=x",
        "sort=colour",
        "activated_from=yesterday",
        "product=prd_1",
        "client=ana@ferreira-studio.example",
        "billing_interval=biannual",
    ] {
        let (view, is_understood) = read(&query(text));
        assert!(!is_understood, "{text}");
        assert!(!view.page_path().contains("gone") && view.limit == 25 && view.sort == DEFAULT_SORT, "{text}");
    }
}

#[test]
fn unknown_keys_are_ignored_and_never_passed_on() {
    let (view, is_understood) = read(&query("utm_source=mail&token=secret&status=active"));
    assert!(is_understood);
    assert_eq!(view.page_path(), "/activations?status=active");
    assert!(!view.data_path().contains("secret"));
}

#[test]
fn the_data_is_asked_for_with_size_and_total() {
    let view = ListView { q: "a&b=c d/é".to_owned(), ..ListView::default() };
    assert_eq!(view.data_path(), "/api/v1/activations?q=a%26b%3Dc%20d%2F%C3%A9&limit=25&include_total=true");
}

#[test]
fn a_search_is_trimmed_and_cut() {
    let (view, _) = read(&[("q".to_owned(), format!("  {}  ", "é".repeat(200)))]);
    assert_eq!(view.q.chars().count(), LONGEST_SEARCH);
}

#[test]
fn sorting_cycles_descending_then_ascending_and_texts_begin_with_a() {
    let view = ListView { cursor: "c".to_owned(), ..ListView::default() };
    assert_eq!(view.sorted_by("activated_at").sort, "activated_at");
    assert_eq!(view.sorted_by("price").sort, "-price");
    assert_eq!(view.sorted_by("price").sorted_by("price").sort, "price");
    assert_eq!(view.sorted_by("client").sort, "client");
    assert_eq!(view.sorted_by("client").sorted_by("client").sort, "-client");
    assert_eq!(view.sorted_by("client").sorted_by("client").sorted_by("client").sort, "client");
    assert_eq!(view.sorted_by("price").cursor, "", "another order has other pages");
    assert_eq!(view.sort_sentence(), "sorted by activation date, newest first");
    assert_eq!(
        view.sorted_by("renews_at").sorted_by("renews_at").sort_sentence(),
        "sorted by next renewal, earliest first"
    );
}

#[test]
fn each_filter_is_a_chip_that_takes_only_itself_away() {
    let (view, _) =
        read(&query("status=active&renewing=true&billing_interval=monthly&q=ana&activated_from=2026-06-01&cursor=x"));
    let chips = view.chips(None, PLAIN);
    assert_eq!(
        chips.iter().map(|chip| chip.name).collect::<Vec<_>>(),
        ["Status", "Renewal", "Interval", "Activated from", "Search"]
    );
    assert_eq!(
        chips[0].without.page_path(),
        "/activations?q=ana&renewing=true&billing_interval=monthly&activated_from=2026-06-01"
    );
    let (view, _) = read(&query("renews=7d&status=active"));
    let chip = view.chips(None, PLAIN).remove(1);
    assert_eq!((chip.name, chip.value.as_str()), ("Renews", "Within 7 days"));
    assert_eq!(chip.without.page_path(), "/activations?status=active");
    assert!(view.is_about_renewals() && !chip.without.is_about_renewals());
    assert!(view.without_filters().chips(None, PLAIN).is_empty());
}

#[test]
fn members_are_put_in_and_taken_out_of_a_filter() {
    let mut members = vec![ActivationStatus::Paused];
    toggle(&mut members, ActivationStatus::Active);
    assert_eq!(members, [ActivationStatus::Active, ActivationStatus::Paused]);
    toggle(&mut members, ActivationStatus::Paused);
    assert_eq!(members, [ActivationStatus::Active]);
}
