use chrono_tz::Tz;
use shared::vocab::Currency;

use super::*;

fn at(text: &str) -> DateTime<Utc> {
    text.parse().unwrap()
}

fn viewer(zone: Tz, offset: i64, permissions: &[Permission]) -> Viewer {
    let reseller = Reseller {
        id: ResellerId(Uuid::nil()),
        name: "Harbour".to_owned(),
        currency: Currency::from_code("EUR").unwrap(),
        time_zone: zone,
        clock_offset_seconds: offset,
        version: 0,
    };
    let person = SessionPerson::ApiKey { name: "key".to_owned(), key_start: "rsp_live_a".to_owned() };
    let permissions = permissions.to_vec();
    Viewer { reseller: Some(reseller), person, credential: Credential::ApiKey, permissions }
}

#[test]
fn an_answer_is_true_for_the_same_caller_versions_and_moment_only() {
    let all = [Permission::WalletRead, Permission::UsageRead];
    let own = viewer(Tz::Europe__Berlin, 0, &all);
    let versions = Versions { reseller: 7, catalogue: 3 };
    let answer = Answer {
        rendered: Rendered::of_state(|_| 1).unwrap(),
        viewer: own.clone(),
        versions,
        as_of: at("2026-11-22T22:59:59.5Z"),
        changes_at: at("2026-11-22T23:00:00Z"),
    };
    let is_true = |viewer: &Viewer, versions, now: &str| answer.is_true(viewer, versions, at(now));
    assert!(is_true(&own, versions, "2026-11-22T22:59:59.5Z"));
    assert!(is_true(&own, versions, "2026-11-22T22:59:59.999999Z"));
    assert!(!is_true(&own, versions, "2026-11-22T23:00:00Z"), "another day");
    assert!(!is_true(&own, versions, "2026-11-22T22:59:59.4Z"), "a clock that was set back");
    for other in [Versions { reseller: 8, ..versions }, Versions { catalogue: 4, ..versions }] {
        assert!(!is_true(&own, other, "2026-11-22T22:59:59.5Z"), "{other:?}");
    }
    for other in [
        viewer(Tz::Asia__Kathmandu, 0, &all),
        viewer(Tz::Europe__Berlin, 60, &all),
        viewer(Tz::Europe__Berlin, 0, &all[..1]),
    ] {
        assert!(!is_true(&other, versions, "2026-11-22T22:59:59.5Z"), "{other:?}");
    }
    let older =
        Answer { changes_at: at("2026-11-23T23:00:00Z"), rendered: Rendered::of_state(|_| 1).unwrap(), ..answer };
    assert!(older.is_true(&own, versions, at("2026-11-22T23:00:00.4Z")));
    assert!(!older.is_true(&own, versions, at("2026-11-22T23:00:00.5Z")), "older than a second");
}
