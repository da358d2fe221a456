//! How values are written: money, counts, dates and times, through the browser's `Intl`.
//!
//! The only place that knows the user's locale. Formatters are made once per form and kept. What can be said without a
//! browser (changes, distances in days, initials) is in [`words`].

pub mod words;

use std::cell::RefCell;

use chrono::{DateTime, NaiveDate, NaiveTime, Utc};
use js_sys::{Array, Function, Object, Reflect};
use shared::vocab::Money;
use wasm_bindgen::{JsCast as _, JsValue};

use words::{DateForm, Texts};

thread_local! {
    static FORMATTERS: RefCell<Vec<(String, Function)>> = const { RefCell::new(Vec::new()) };
}

/// The browser's way of writing, for code that also runs without one.
pub const BROWSER: Texts<'static> = Texts { count: &count, date: &date };

/// An amount with its currency: "€496.10". The decimal string goes to the browser as it is; no number is made of it.
pub fn money(money: Money) -> String {
    let code = money.currency.code();
    let digits = money.currency.digits();
    let options = [
        ("style", JsValue::from_str("currency")),
        ("currency", JsValue::from_str(code)),
        ("minimumFractionDigits", JsValue::from(digits)),
        ("maximumFractionDigits", JsValue::from(digits)),
    ];
    let text = formatted(code, &options, false, &JsValue::from_str(&money.amount()));
    typographic_minus(&text.unwrap_or_else(|| money.to_string()))
}

/// A count, grouped: "1,284".
pub fn count(count: i64) -> String {
    // The browser takes any whole number up to 2^53 from its decimal text.
    let text = count.to_string();
    typographic_minus(&formatted("count", &[], false, &JsValue::from_str(&text)).unwrap_or(text))
}

/// A calendar date.
pub fn date(date: NaiveDate, form: DateForm) -> String {
    let text = |value: &str| JsValue::from_str(value);
    let (weekday, day, month, year) = match form {
        DateForm::Medium => (None, Some("numeric"), Some("short"), Some("numeric")),
        DateForm::Short => (None, Some("numeric"), Some("short"), None),
        DateForm::WeekdayShort => (Some("short"), Some("numeric"), Some("short"), None),
        DateForm::WeekdayDay => (Some("short"), Some("numeric"), None, None),
        DateForm::WeekdayLong => (Some("long"), Some("numeric"), Some("long"), Some("numeric")),
        DateForm::WeekdayMedium => (Some("long"), Some("numeric"), Some("short"), Some("numeric")),
        DateForm::DayMonthLong => (None, Some("numeric"), Some("long"), None),
        DateForm::MonthYear => (None, None, Some("short"), Some("numeric")),
    };
    let parts = [("weekday", weekday), ("day", day), ("month", month), ("year", year), ("timeZone", Some("UTC"))];
    let options: Vec<(&str, JsValue)> =
        parts.into_iter().filter_map(|(name, value)| value.map(|value| (name, text(value)))).collect();
    let instant = date.and_time(NaiveTime::MIN).and_utc();
    formatted(&format!("{form:?}"), &options, true, &js_date(instant)).unwrap_or_else(|| date.to_string())
}

/// The time of day in a zone: "14:02".
pub fn time(at: DateTime<Utc>, time_zone: &str) -> String {
    let options = [("timeStyle", JsValue::from_str("short")), ("timeZone", JsValue::from_str(time_zone))];
    formatted(&format!("time {time_zone}"), &options, true, &js_date(at)).unwrap_or_else(|| at.to_string())
}

/// A moment in a zone: "21 Nov 2026, 00:05".
pub fn date_time(at: DateTime<Utc>, time_zone: &str) -> String {
    let options = [
        ("dateStyle", JsValue::from_str("medium")),
        ("timeStyle", JsValue::from_str("short")),
        ("timeZone", JsValue::from_str(time_zone)),
    ];
    formatted(&format!("date time {time_zone}"), &options, true, &js_date(at)).unwrap_or_else(|| at.to_string())
}

#[expect(clippy::cast_precision_loss, reason = "milliseconds since 1970 are far below 2^53")]
fn js_date(at: DateTime<Utc>) -> JsValue {
    js_sys::Date::new(&JsValue::from_f64(at.timestamp_millis() as f64)).into()
}

fn typographic_minus(text: &str) -> String {
    text.replace('-', "\u{2212}")
}

fn formatted(key: &str, options: &[(&str, JsValue)], is_date: bool, value: &JsValue) -> Option<String> {
    let formatter = FORMATTERS
        .with_borrow(|known| known.iter().find(|(known, _)| known == key).map(|(_, formatter)| formatter.clone()));
    let formatter = if let Some(formatter) = formatter {
        formatter
    } else {
        let formatter = new_formatter(options, is_date, "")?;
        FORMATTERS.with_borrow_mut(|known| known.push((key.to_owned(), formatter.clone())));
        formatter
    };
    formatter.call1(&JsValue::UNDEFINED, value).ok()?.as_string()
}

/// The bound `format` function of a new formatter, in the user's locale unless one is named; none for options the browser
/// refuses.
fn new_formatter(options: &[(&str, JsValue)], is_date: bool, locale: &str) -> Option<Function> {
    let object = Object::new();
    for (name, value) in options {
        Reflect::set(&object, &JsValue::from_str(name), value).ok()?;
    }
    let constructor = if is_date { "DateTimeFormat" } else { "NumberFormat" };
    let intl = Reflect::get(&js_sys::global(), &JsValue::from_str("Intl")).ok()?;
    let constructor: Function = Reflect::get(&intl, &JsValue::from_str(constructor)).ok()?.dyn_into().ok()?;
    let locale = if locale.is_empty() { JsValue::UNDEFINED } else { JsValue::from_str(locale) };
    let arguments = Array::of2(&locale, &object);
    let formatter = Reflect::construct(&constructor, &arguments).ok()?;
    Reflect::get(&formatter, &JsValue::from_str("format")).ok()?.dyn_into().ok()
}

/// The date in a zone now, by the clock of this device: for leaving out the year, never for money.
pub fn today(time_zone: &str) -> NaiveDate {
    let options = [
        ("year", JsValue::from_str("numeric")),
        ("month", JsValue::from_str("2-digit")),
        ("day", JsValue::from_str("2-digit")),
        ("calendar", JsValue::from_str("iso8601")),
        ("numberingSystem", JsValue::from_str("latn")),
        ("timeZone", JsValue::from_str(time_zone)),
    ];
    let now = js_sys::Date::new_0();
    let written = new_formatter(&options, true, "sv-SE")
        .and_then(|formatter| formatter.call1(&JsValue::UNDEFINED, &now).ok()?.as_string()?.parse().ok());
    written.unwrap_or_default()
}
