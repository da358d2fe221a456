use super::*;
use crate::format::words::PLAIN;

fn id(last: char) -> ResellerId {
    format!("res_01k4kneba5pr8v6j2c0d3f7g9{last}").parse().unwrap()
}

fn event() -> Promotion {
    Promotion {
        id: "promo_01k4kneba5pr8v6j2c0d3f7g9h".parse().unwrap(),
        kind: PromotionKind::Promotion,
        title: "Autumn offer".to_owned(),
        text: None,
        starts_on: "2026-11-10".parse().unwrap(),
        ends_on: Some("2026-11-20".parse().unwrap()),
        scope: PromotionScope::Chosen,
        reseller_ids: vec![id('1'), id('2'), id('3')],
        created_at: "2026-11-22T13:02:00Z".parse().unwrap(),
        updated_at: "2026-11-22T13:02:00Z".parse().unwrap(),
    }
}

fn names() -> Names {
    [('1', "Nordlicht"), ('2', "Harbour Digital"), ('4', "atelier Sud")]
        .into_iter()
        .map(|(last, name)| (id(last), name.to_owned()))
        .collect()
}

#[test]
fn what_is_wrong_is_said_at_its_field() {
    let good = Form::from(&event());
    let request = good.request().unwrap();
    assert_eq!((request.text, request.ends_on, request.reseller_ids.len()), (None, event().ends_on, 3));
    let wrong = |form: Form| form.request().unwrap_err().into_iter().map(|(pointer, _)| pointer).collect::<Vec<_>>();
    assert_eq!(wrong(Form { title: "  ".to_owned(), ..good.clone() }), ["/title"]);
    assert_eq!(wrong(Form { ends_on: "2026-11-09".to_owned(), ..good.clone() }), ["/ends_on"]);
    assert_eq!(wrong(Form { ends_on: "?".to_owned(), ..good.clone() }), ["/ends_on"]);
    assert_eq!(
        wrong(Form { starts_on: String::new(), chosen: BTreeSet::new(), ..good.clone() }),
        ["/starts_on", "/reseller_ids"]
    );
    let one_day = Form { ends_on: "2026-11-10".to_owned(), ..good };
    assert!(one_day.request().is_ok());
}

#[test]
fn for_all_nobody_is_sent_though_the_form_remembers_who_was_chosen() {
    let form = Form { scope: PromotionScope::All, text: " For yearly ones. ".to_owned(), ..Form::from(&event()) };
    let request = form.request().unwrap();
    assert_eq!((request.reseller_ids.len(), request.text.as_deref()), (0, Some("For yearly ones.")));
    // A last day that was emptied is sent as null.
    let patch = serde_json::to_value(patch(CreatePromotionRequest { ends_on: None, ..request })).unwrap();
    assert_eq!(patch.get("ends_on"), Some(&serde_json::Value::Null));
}

#[test]
fn days_and_audience_are_told_in_short() {
    assert_eq!(days(&Promotion { ends_on: None, ..event() }, PLAIN), (PLAIN.date)(event().starts_on, DateForm::Medium));
    let told = |event: &Promotion| audience(event, &names(), PLAIN);
    assert_eq!(told(&event()), "Nordlicht, Harbour Digital and 1 more");
    assert_eq!(told(&Promotion { reseller_ids: vec![id('1'), id('2')], ..event() }), "Nordlicht and Harbour Digital");
    assert_eq!(told(&Promotion { reseller_ids: vec![id('4')], ..event() }), "atelier Sud");
    assert_eq!(told(&Promotion { reseller_ids: vec![id('3')], ..event() }), "1 reseller");
    assert_eq!(told(&Promotion { scope: PromotionScope::All, reseller_ids: vec![], ..event() }), "All resellers");
}

#[test]
fn the_chosen_come_first_and_an_id_can_be_typed() {
    let offers = |chosen: &[char], typed: &str| {
        let chosen = chosen.iter().copied().map(id).collect();
        let (offered, more) = offered(&names(), &chosen, typed);
        (offered.into_iter().map(|(_, name)| name).collect::<Vec<_>>(), more)
    };
    assert_eq!(offers(&[], "").0, ["atelier Sud", "Harbour Digital", "Nordlicht"]);
    assert_eq!(offers(&['1'], "SUD").0, ["Nordlicht", "atelier Sud"]);
    assert_eq!(offers(&[], "nobody").0, [""; 0]);
    assert_eq!(offers(&[], &format!(" {} ", id('2'))).0, ["Harbour Digital"]);
    assert_eq!(offers(&['3'], &id('3').to_string()).0, [id('3').to_string()], "unknown, and offered once");
    let many: Names = (10..70).map(|number| (numbered(number), format!("Reseller {number}"))).collect();
    let (shown, more) = offered(&many, &BTreeSet::new(), "");
    assert_eq!((shown.len(), more, shown[0].1.as_str()), (MOST_OFFERED, 10, "Reseller 10"));
}

fn numbered(number: u8) -> ResellerId {
    format!("res_01k4kneba5pr8v6j2c0d3f7g{number}").parse().unwrap()
}
