//! The two cookies of a browser session: their names, flags and lives.

use actix_web::HttpRequest;
use actix_web::cookie::time::Duration;
use actix_web::cookie::{Cookie, SameSite};
use actix_web::http::header::COOKIE;
use chrono::{DateTime, Utc};
use secrecy::{ExposeSecret, SecretString};

const ACCESS: &str = "resellportal_access";
const REFRESH: &str = "resellportal_refresh";
/// Browsers take such a cookie only over https, for this host alone and for all its paths.
const HOST_PREFIX: &str = "__Host-";

/// Names and flags, which depend on the public address alone.
#[derive(Debug, Clone)]
pub struct Cookies {
    access: String,
    refresh: String,
    is_secure: bool,
}

impl Cookies {
    /// For an instance behind https, or on plain http (this machine, or where http was allowed).
    pub fn new(is_https: bool) -> Self {
        let prefix = if is_https { HOST_PREFIX } else { "" };
        Self { access: format!("{prefix}{ACCESS}"), refresh: format!("{prefix}{REFRESH}"), is_secure: is_https }
    }

    /// The cookie with the access token.
    pub fn access(&self, token: &SecretString, expires_at: DateTime<Utc>, now: DateTime<Utc>) -> Cookie<'static> {
        self.cookie(&self.access, token.expose_secret(), (expires_at - now).num_seconds())
    }

    /// The cookie with the refresh token.
    pub fn refresh(&self, token: &SecretString, expires_at: DateTime<Utc>, now: DateTime<Utc>) -> Cookie<'static> {
        self.cookie(&self.refresh, token.expose_secret(), (expires_at - now).num_seconds())
    }

    /// Cookies that remove both.
    pub fn removed(&self) -> [Cookie<'static>; 2] {
        [self.cookie(&self.access, "", 0), self.cookie(&self.refresh, "", 0)]
    }

    fn cookie(&self, name: &str, value: &str, seconds: i64) -> Cookie<'static> {
        Cookie::build(name.to_owned(), value.to_owned())
            .http_only(true)
            .same_site(SameSite::Strict)
            .path("/")
            .secure(self.is_secure)
            .max_age(Duration::seconds(seconds))
            .finish()
    }

    /// The access cookie of a request.
    pub fn access_of(&self, request: &HttpRequest) -> Received {
        received(request, &self.access)
    }

    /// The refresh cookie of a request.
    pub fn refresh_of(&self, request: &HttpRequest) -> Received {
        received(request, &self.refresh)
    }
}

/// What a request carries under a cookie's name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Received {
    /// Nothing.
    None,
    /// One value.
    One(String),
    /// Several: somebody tries to slip one in.
    Several,
}

fn received(request: &HttpRequest, name: &str) -> Received {
    let headers = request.headers().get_all(COOKIE).filter_map(|value| value.to_str().ok());
    let mut values = headers
        .flat_map(|header| header.split(';'))
        .filter_map(|pair| pair.trim().split_once('='))
        .filter_map(|(given, value)| (given == name).then_some(value));
    match (values.next(), values.next()) {
        (None, _) => Received::None,
        (Some(value), None) => Received::One(value.to_owned()),
        (Some(_), Some(_)) => Received::Several,
    }
}

#[cfg(test)]
mod tests {
    use actix_web::test::TestRequest;

    use super::*;

    fn at(seconds: i64) -> DateTime<Utc> {
        DateTime::from_timestamp(seconds, 0).unwrap()
    }

    #[test]
    fn over_https_cookies_are_bound_to_host_and_tls() {
        let cookie = Cookies::new(true).access(&"token".into(), at(600), at(0)).to_string();
        assert_eq!(cookie, "__Host-resellportal_access=token; HttpOnly; SameSite=Strict; Secure; Path=/; Max-Age=600");
    }

    #[test]
    fn over_http_they_keep_every_other_flag() {
        let cookie = Cookies::new(false).refresh(&"token".into(), at(3600), at(0)).to_string();
        assert_eq!(cookie, "resellportal_refresh=token; HttpOnly; SameSite=Strict; Path=/; Max-Age=3600");
    }

    #[test]
    fn removing_empties_both() {
        for cookie in Cookies::new(true).removed() {
            let cookie = cookie.to_string();
            assert!(cookie.contains("=; ") && cookie.ends_with("Max-Age=0"), "{cookie}");
            assert!(cookie.starts_with("__Host-") && cookie.contains("Secure") && cookie.contains("HttpOnly"));
        }
    }

    #[test]
    fn a_cookie_counts_only_once_and_only_under_its_own_name() {
        let of = |header: &str| {
            let request = TestRequest::default().insert_header((COOKIE, header)).to_http_request();
            Cookies::new(false).access_of(&request)
        };
        assert_eq!(of("resellportal_access=a.b"), Received::One("a.b".to_owned()));
        assert_eq!(of("x=1; resellportal_access=a=b ;y=2"), Received::One("a=b".to_owned()));
        assert_eq!(of("resellportal_access=a; resellportal_access=b"), Received::Several);
        assert_eq!(of("__Host-resellportal_access=a; xresellportal_access=b"), Received::None);
    }
}
