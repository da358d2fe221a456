use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use hmac::{Hmac, KeyInit, Mac};
use serde_json::{Value, json};
use sha2::{Sha256, Sha384};

use super::*;

const SECRET: &str = "a secret of the instance that nobody else knows";
const NOW: i64 = 1_795_352_520;

fn tokens() -> AccessTokens {
    AccessTokens::new(&SecretString::from(SECRET))
}

fn at(seconds: i64) -> DateTime<Utc> {
    DateTime::from_timestamp(seconds, 0).unwrap()
}

fn part(value: &Value) -> String {
    URL_SAFE_NO_PAD.encode(value.to_string())
}

fn signature(secret: &str, message: &str) -> String {
    let mut mac = Hmac::<Sha256>::new_from_slice(secret.as_bytes()).unwrap();
    mac.update(message.as_bytes());
    URL_SAFE_NO_PAD.encode(mac.finalize().into_bytes())
}

/// A token with exactly this header and these claims, correctly signed.
fn signed(header: &str, claims: &str) -> String {
    let message = format!("{header}.{claims}");
    format!("{message}.{}", signature(SECRET, &message))
}

fn header() -> String {
    tokens().written_header
}

fn claims() -> Value {
    json!({"iss": ISSUER, "aud": AUDIENCE, "exp": NOW + 600, "nbf": NOW, "iat": NOW,
        "jti": Uuid::new_v4(), "sid": SessionId(Uuid::now_v7()).to_string()})
}

fn with(change: impl FnOnce(&mut serde_json::Map<String, Value>)) -> String {
    let mut claims = claims();
    change(claims.as_object_mut().unwrap());
    signed(&header(), &part(&claims))
}

fn set(name: &str, value: Value) -> String {
    with(|claims| {
        claims.insert(name.to_owned(), value);
    })
}

fn without(name: &str) -> String {
    with(|claims| {
        claims.remove(name);
    })
}

#[test]
fn a_token_is_read_back_until_it_runs_out() {
    let session = SessionId(Uuid::now_v7());
    let (token, expires_at) = tokens().issue(session, at(NOW + 86_400), at(NOW)).unwrap();
    let read = |seconds| tokens().read(token.expose_secret(), at(seconds)).map(|claims| claims.sid);
    assert_eq!(expires_at, at(NOW + 600));
    assert_eq!((read(NOW), read(NOW + 599)), (Some(session), Some(session)));
    assert_eq!((read(NOW + 600), read(NOW - 1)), (None, None), "no leeway on either side");
}

#[test]
fn a_token_does_not_outlive_its_session() {
    let (_, expires_at) = tokens().issue(SessionId(Uuid::now_v7()), at(NOW + 60), at(NOW)).unwrap();
    assert_eq!(expires_at, at(NOW + 60));
}

#[test]
fn the_forger_of_these_tests_can_make_a_good_one() {
    assert!(tokens().read(&signed(&header(), &part(&claims())), at(NOW)).is_some());
}

/// Headers of tokens whose signature is right and whose claims are good.
fn wrong_headers() -> Vec<String> {
    let headers = [
        json!({"typ": "JWT", "alg": "HS256"}),
        json!({"alg": "HS256"}),
        json!({"typ": "rt+jwt", "alg": "HS256"}),
        json!({"typ": "at+jwt", "alg": "none"}),
        json!({"typ": "at+jwt", "alg": "None"}),
        json!({"typ": "at+jwt", "alg": "HS384"}),
        json!({"typ": "at+jwt", "alg": "HS512"}),
        json!({"typ": "at+jwt", "alg": "RS256"}),
        json!({"typ": "at+jwt", "alg": "ES256"}),
        json!({"typ": "at+jwt", "alg": "EdDSA"}),
        json!({"typ": "at+jwt"}),
        json!({"typ": "at+jwt", "alg": "HS256", "kid": "../../dev/null"}),
        json!({"typ": "at+jwt", "alg": "HS256", "jwk": {"kty": "oct", "k": "AA"}}),
        json!({"typ": "at+jwt", "alg": "HS256", "jku": "https://evil.example/keys"}),
        json!({"typ": "at+jwt", "alg": "HS256", "x5u": "https://evil.example/x"}),
        json!({"typ": "at+jwt", "alg": "HS256", "crit": ["exp"]}),
        json!([]),
    ];
    headers.iter().map(|header| signed(&part(header), &part(&claims()))).collect()
}

/// Tokens with the right header and signature, whose claims are not good.
fn wrong_claims() -> Vec<String> {
    let mut tokens: Vec<_> = ["iss", "aud", "exp", "nbf", "iat", "jti", "sid"].into_iter().map(without).collect();
    tokens.extend([
        set("iss", json!("another")),
        set("iss", json!(["resellportal"])),
        set("aud", json!("another")),
        set("aud", json!(["resellportal-browser", "another"])),
        set("exp", json!(NOW)),
        set("exp", json!(NOW - 1)),
        set("exp", json!(NOW + 601)),
        set("exp", json!(i64::MAX)),
        set("exp", json!("1795353120")),
        set("exp", json!(1e300)),
        set("exp", json!(null)),
        set("nbf", json!(NOW + 1)),
        set("iat", json!(NOW + 1)),
        set("iat", json!(i64::MIN)),
        set("jti", json!("")),
        set("jti", json!(Uuid::nil())),
        set("sid", json!("")),
        set("sid", json!(Uuid::now_v7())),
        set("sid", json!("mem_01k4kneba5pr8v6j2c0d3f7g9h")),
        set("role", json!("owner")),
        signed(&header(), &part(&json!([]))),
        signed(&header(), &URL_SAFE_NO_PAD.encode("not json")),
        signed(&header(), ""),
        {
            let twice = claims().to_string().replacen('{', &format!("{{\"sid\":\"{}\",", SessionId(Uuid::now_v7())), 1);
            signed(&header(), &URL_SAFE_NO_PAD.encode(twice))
        },
    ]);
    tokens
}

/// Tokens that are not signed by this instance.
fn wrong_signatures() -> Vec<String> {
    let good = signed(&header(), &part(&claims()));
    let (message, right) = good.rsplit_once('.').unwrap();
    let other = message.split_once('.').unwrap().1;
    let mut longer = Hmac::<Sha384>::new_from_slice(SECRET.as_bytes()).unwrap();
    longer.update(message.as_bytes());
    vec![
        message.to_owned(),
        format!("{message}."),
        format!("{message}.{}", signature("another secret", message)),
        format!("{message}.{}", signature("", message)),
        format!("{message}.{}", &right[1..]),
        format!("{message}.{right}A"),
        format!("{message}.{right}="),
        format!("{message}.{right}.{right}"),
        format!("{message}.{}", URL_SAFE_NO_PAD.encode(longer.finalize().into_bytes())),
        format!("{message}.{}", signature(SECRET, other)),
        format!("{}.{}.{right}", header(), part(&claims())),
        format!(" {good}"),
        format!("{good} "),
        format!("Bearer {good}"),
        String::new(),
        ".".to_owned(),
        "..".to_owned(),
        "...".to_owned(),
        "null".to_owned(),
        "\u{0}".to_owned(),
        "é".repeat(300),
        "A".repeat(20_000),
    ]
}

#[test]
fn no_bad_token_is_read() {
    let bad: Vec<_> = [wrong_headers(), wrong_claims(), wrong_signatures()].concat();
    assert!(bad.len() >= 40, "{}", bad.len());
    for token in &bad {
        assert_eq!(tokens().read(token, at(NOW)), None, "{token}");
    }
}

#[test]
fn every_flipped_bit_is_noticed() {
    let good = signed(&header(), &part(&claims()));
    for position in 0..good.len() {
        let mut bytes = good.clone().into_bytes();
        bytes[position] ^= 1;
        // The last letter carries two bits that mean nothing; a decoder must refuse them as well.
        let Ok(token) = String::from_utf8(bytes) else { continue };
        assert_eq!(tokens().read(&token, at(NOW)), None, "position {position}");
    }
}
