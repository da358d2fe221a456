//! Reading query parameters strictly: an unknown one is refused, with a suggestion, and so is a repeated one.

use std::borrow::Cow;
use std::fmt::Display;
use std::str::FromStr;

use actix_web::{FromRequest, HttpRequest, dev::Payload};
use chrono::{Datelike, NaiveDate};
use serde::de::{Deserialize, DeserializeOwned, Deserializer, Error as _};

use crate::error::Error;

/// Query parameters. The type must be `deny_unknown_fields` and take numbers as written.
#[derive(Debug)]
pub struct StrictQuery<T>(pub T);

/// The query of an operation that takes none.
#[derive(Debug, serde::Deserialize)]
#[serde(deny_unknown_fields)]
pub struct NoParameters {}

/// Words between commas: `active,paused`. An empty or repeated word is refused.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CommaList<T>(pub Vec<T>);

impl<T> Default for CommaList<T> {
    fn default() -> Self {
        Self(Vec::new())
    }
}

impl<'de, T: FromStr<Err: Display> + PartialEq> Deserialize<'de> for CommaList<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = Cow::<str>::deserialize(deserializer)?;
        let mut words = Vec::new();
        for word in text.split(',') {
            let word: T = word.parse().map_err(D::Error::custom)?;
            if words.contains(&word) {
                return Err(D::Error::custom("names a value twice"));
            }
            words.push(word);
        }
        Ok(Self(words))
    }
}

const NO_SUCH_DAY: &str = "must lie between the years 1900 and 2999";

/// A day, for `deserialize_with`: of years that both databases and every sum of days can take.
pub fn day<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<NaiveDate>, D::Error> {
    let day = NaiveDate::deserialize(deserializer)?;
    if (1900..=2999).contains(&day.year()) { Ok(Some(day)) } else { Err(D::Error::custom(NO_SUCH_DAY)) }
}

impl<T: DeserializeOwned> FromRequest for StrictQuery<T> {
    type Error = Error;
    type Future = std::future::Ready<Result<Self, Error>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        std::future::ready(parse(request.query_string()).map(Self))
    }
}

pub(super) fn parse<T: DeserializeOwned>(query: &str) -> Result<T, Error> {
    let deserializer = serde_urlencoded::Deserializer::new(form_pairs(query));
    serde_path_to_error::deserialize(deserializer).map_err(|error| {
        let name = error.path().to_string();
        let message = error.inner().to_string();
        if let Some((name, known)) = unknown_name(&message) {
            return Error::field(format!("?{name}"), "unknown_parameter", suggest(&name, &known));
        }
        if let Some(name) = quoted(&message, "duplicate field `") {
            return Error::field(format!("?{name}"), "repeated", "must be given once");
        }
        if let Some(name) = quoted(&message, "missing field `") {
            return Error::field(format!("?{name}"), "required", "must be given");
        }
        if let Some((given, known)) = unknown_value(&message) {
            return Error::field(format!("?{name}"), "unknown_value", format!("{given:?} {}", suggest(&given, &known)));
        }
        if message == NO_SUCH_DAY {
            return Error::field(format!("?{name}"), "out_of_range", message);
        }
        if message.starts_with("number too ") {
            return Error::field(format!("?{name}"), "out_of_range", "is out of range");
        }
        Error::field(format!("?{name}"), "invalid", message)
    })
}

/// Reads serde's "unknown variant `x`, expected one of `a`, `b`" and our own "unknown value "x"; expected one of a, b".
fn unknown_value(message: &str) -> Option<(String, Vec<String>)> {
    if let Some(given) = quoted(message, "unknown variant `") {
        let known = message.split_once(", expected")?.1.split('`').skip(1).step_by(2).map(str::to_owned).collect();
        return Some((given, known));
    }
    let (given, known) = message.strip_prefix("unknown value ")?.split_once("; expected one of ")?;
    Some((given.trim_matches('"').to_owned(), known.split(", ").map(str::to_owned).collect()))
}

fn form_pairs(query: &str) -> form_urlencoded::Parse<'_> {
    form_urlencoded::parse(query.as_bytes())
}

fn quoted(message: &str, before: &str) -> Option<String> {
    let rest = message.split_once(before)?.1;
    Some(rest.split_once('`')?.0.to_owned())
}

/// Reads serde's "unknown field `x`, expected one of `a`, `b`".
pub fn unknown_name(message: &str) -> Option<(String, Vec<String>)> {
    let name = quoted(message, "unknown field `")?;
    let known = message
        .split_once(", expected")
        .map(|(_, known)| known.split('`').skip(1).step_by(2).map(str::to_owned).collect());
    Some((name, known.unwrap_or_default()))
}

/// What the caller may have meant.
pub fn suggest(given: &str, known: &[String]) -> String {
    let closest = known.iter().map(|name| (strsim::jaro_winkler(given, name), name)).max_by(|a, b| a.0.total_cmp(&b.0));
    match closest {
        Some((likeness, name)) if likeness > 0.8 => format!("is not known here; did you mean {name}?"),
        _ if known.is_empty() => "is not known here; nothing is expected".to_owned(),
        _ => format!("is not known here; expected: {}", known.join(", ")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(Debug, Default, serde::Deserialize)]
    #[serde(default, deny_unknown_fields)]
    struct Example {
        limit: Option<u16>,
        include_total: bool,
    }

    #[derive(Debug, serde::Deserialize)]
    #[serde(deny_unknown_fields)]
    #[expect(dead_code, reason = "only how it is refused matters")]
    struct Worded {
        range: Option<shared::vocab::Range>,
        status: Option<CommaList<shared::vocab::ActivationStatus>>,
    }

    #[test]
    fn unknown_words_are_refused_with_a_suggestion() {
        let refusal = |query: &str| parse::<Worded>(query).unwrap_err().to_string();
        assert!(refusal("range=8d").contains("?range"), "{}", refusal("range=8d"));
        assert!(refusal("range=30").contains("did you mean 30d?"), "{}", refusal("range=30"));
        assert!(refusal("status=active,pausd").contains("did you mean paused?"), "{}", refusal("status=pausd"));
        assert!(refusal("status=active,active").contains("twice"));
        assert!(refusal("status=").contains("?status"));
        assert_eq!(
            parse::<Worded>("status=active,paused").unwrap().status.unwrap().0,
            [shared::vocab::ActivationStatus::Active, shared::vocab::ActivationStatus::Paused]
        );
    }

    fn refusal(query: &str) -> String {
        parse::<Example>(query).unwrap_err().to_string()
    }

    #[test]
    fn known_parameters_are_read() {
        let example: Example = parse("limit=25&include_total=true").unwrap();
        assert_eq!((example.limit, example.include_total), (Some(25), true));
    }

    #[test]
    fn unknown_parameters_are_refused_with_a_suggestion() {
        assert!(refusal("limt=25").contains("did you mean limit?"), "{}", refusal("limt=25"));
        assert!(refusal("zzz=1").contains("expected: limit, include_total"), "{}", refusal("zzz=1"));
    }

    #[test]
    fn repeated_and_unreadable_parameters_name_themselves() {
        assert!(refusal("limit=1&limit=2").contains("?limit"), "{}", refusal("limit=1&limit=2"));
        assert!(refusal("limit=many").contains("?limit"), "{}", refusal("limit=many"));
    }
}
