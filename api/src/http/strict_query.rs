//! Reading query parameters strictly: an unknown one is refused, with a suggestion, and so is a repeated one.

use actix_web::{FromRequest, HttpRequest, dev::Payload};
use serde::de::DeserializeOwned;

use crate::error::Error;

/// Query parameters. The type must be `deny_unknown_fields` and take numbers as written.
#[derive(Debug)]
pub struct StrictQuery<T>(pub T);

impl<T: DeserializeOwned> FromRequest for StrictQuery<T> {
    type Error = Error;
    type Future = std::future::Ready<Result<Self, Error>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        std::future::ready(parse(request.query_string()).map(Self))
    }
}

fn parse<T: DeserializeOwned>(query: &str) -> Result<T, Error> {
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
        Error::field(format!("?{name}"), "invalid", message)
    })
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
