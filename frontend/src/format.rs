//! How values are written: money, counts, dates and times, through the browser's `Intl`.
//!
//! The only place that knows the user's locale. Formatters are made once per form and kept. What can be said without a
//! browser (changes, distances in days, initials) is in [`words`].

pub mod typed;
pub mod words;

use std::cell::RefCell;
use std::time::Duration;

use chrono::{DateTime, NaiveDate, NaiveTime, Utc};
use js_sys::{Array, Function, Object, Reflect};
use shared::vocab::Money;
use wasm_bindgen::{JsCast as _, JsValue};

use words::{DateForm, Texts};

thread_local! {
    static FORMATTERS: RefCell<Vec<(String, Function)>> = const { RefCell::new(Vec::new()) };
}

/// The browser's way of writing, for code that also runs without one.
pub const BROWSER: Texts<'static> = Texts { count: &count, date: &date, money: &money };

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
    let text = formatted(code, Form::Number, &options, &JsValue::from_str(&money.amount()));
    typographic_minus(&text.unwrap_or_else(|| money.to_string()))
}

/// A round amount on an axis, without decimals: "€600".
pub fn whole_money(money: Money) -> String {
    let code = money.currency.code();
    let options = [
        ("style", JsValue::from_str("currency")),
        ("currency", JsValue::from_str(code)),
        ("minimumFractionDigits", JsValue::from(0)),
        ("maximumFractionDigits", JsValue::from(0)),
    ];
    let text = formatted(&format!("whole {code}"), Form::Number, &options, &JsValue::from_str(&money.amount()));
    typographic_minus(&text.unwrap_or_else(|| money.to_string()))
}

/// A count, grouped: "1,284".
pub fn count(count: i64) -> String {
    // The browser takes any whole number up to 2^53 from its decimal text.
    let text = count.to_string();
    typographic_minus(&formatted("count", Form::Number, &[], &JsValue::from_str(&text)).unwrap_or(text))
}

/// A calendar date.
pub fn date(date: NaiveDate, form: DateForm) -> String {
    let instant = date.and_time(NaiveTime::MIN).and_utc();
    let text = formatted(&format!("{form:?}"), Form::Date, &date_options(form), &js_date(instant));
    text.unwrap_or_else(|| date.to_string())
}

fn date_options(form: DateForm) -> Vec<(&'static str, JsValue)> {
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
    parts.into_iter().filter_map(|(name, value)| value.map(|value| (name, text(value)))).collect()
}

/// The time of day in a zone: "14:02".
pub fn time(at: DateTime<Utc>, time_zone: &str) -> String {
    let options = [("timeStyle", JsValue::from_str("short")), ("timeZone", JsValue::from_str(time_zone))];
    formatted(&format!("time {time_zone}"), Form::Date, &options, &js_date(at)).unwrap_or_else(|| at.to_string())
}

/// A moment in a zone: "21 Nov 2026, 00:05".
pub fn date_time(at: DateTime<Utc>, time_zone: &str) -> String {
    let options = [
        ("dateStyle", JsValue::from_str("medium")),
        ("timeStyle", JsValue::from_str("short")),
        ("timeZone", JsValue::from_str(time_zone)),
    ];
    formatted(&format!("date time {time_zone}"), Form::Date, &options, &js_date(at)).unwrap_or_else(|| at.to_string())
}

#[expect(clippy::cast_precision_loss, reason = "milliseconds since 1970 are far below 2^53")]
fn js_date(at: DateTime<Utc>) -> JsValue {
    js_sys::Date::new(&JsValue::from_f64(at.timestamp_millis() as f64)).into()
}

fn typographic_minus(text: &str) -> String {
    text.replace('-', "\u{2212}")
}

/// Makes the formatters that the dashboard needs, each in a turn of its own, while the browser waits for data: together with
/// the first drawing they would hold up the page.
pub fn prepare() {
    let forms =
        [DateForm::WeekdayLong, DateForm::Medium, DateForm::Short, DateForm::WeekdayShort, DateForm::DayMonthLong];
    for form in forms {
        leptos::prelude::set_timeout(
            move || drop(formatter(&format!("{form:?}"), Form::Date, &date_options(form))),
            Duration::ZERO,
        );
    }
    leptos::prelude::set_timeout(|| drop(formatter("count", Form::Number, &[])), Duration::ZERO);
}

/// What a formatter writes, and in whose way.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Form {
    Number,
    Date,
    /// Dates as ISO 8601 has them, whatever the locale.
    IsoDate,
}

fn formatted(key: &str, form: Form, options: &[(&str, JsValue)], value: &JsValue) -> Option<String> {
    formatter(key, form, options)?.call1(&JsValue::UNDEFINED, value).ok()?.as_string()
}

/// The formatter kept under `key`, made the first time.
fn formatter(key: &str, form: Form, options: &[(&str, JsValue)]) -> Option<Function> {
    let formatter = FORMATTERS
        .with_borrow(|known| known.iter().find(|(known, _)| known == key).map(|(_, formatter)| formatter.clone()));
    if formatter.is_some() {
        return formatter;
    }
    let formatter = new_formatter(form, options)?;
    FORMATTERS.with_borrow_mut(|known| known.push((key.to_owned(), formatter.clone())));
    Some(formatter)
}

/// The bound `format` function of a new formatter, none for options the browser refuses.
fn new_formatter(form: Form, options: &[(&str, JsValue)]) -> Option<Function> {
    let object = Object::new();
    for (name, value) in options {
        Reflect::set(&object, &JsValue::from_str(name), value).ok()?;
    }
    let constructor = if form == Form::Number { "NumberFormat" } else { "DateTimeFormat" };
    let intl = Reflect::get(&js_sys::global(), &JsValue::from_str("Intl")).ok()?;
    let constructor: Function = Reflect::get(&intl, &JsValue::from_str(constructor)).ok()?.dyn_into().ok()?;
    // Swedes write dates as ISO 8601 does.
    let locale = if form == Form::IsoDate { JsValue::from_str("sv-SE") } else { JsValue::UNDEFINED };
    let arguments = Array::of2(&locale, &object);
    let formatter = Reflect::construct(&constructor, &arguments).ok()?;
    Reflect::get(&formatter, &JsValue::from_str("format")).ok()?.dyn_into().ok()
}

/// The date in a zone now, by the clock of this device: for leaving out the year, never for money.
pub fn today(time_zone: &str) -> NaiveDate {
    day_of(&js_sys::Date::new_0(), time_zone)
}

/// The date of a moment in a zone.
pub fn date_in(at: DateTime<Utc>, time_zone: &str) -> NaiveDate {
    day_of(&js_date(at), time_zone)
}

fn day_of(at: &JsValue, time_zone: &str) -> NaiveDate {
    let options = [
        ("year", JsValue::from_str("numeric")),
        ("month", JsValue::from_str("2-digit")),
        ("day", JsValue::from_str("2-digit")),
        ("calendar", JsValue::from_str("iso8601")),
        ("numberingSystem", JsValue::from_str("latn")),
        ("timeZone", JsValue::from_str(time_zone)),
    ];
    let written = formatted(&format!("today {time_zone}"), Form::IsoDate, &options, at);
    written.and_then(|written| written.parse().ok()).unwrap_or_default()
}
