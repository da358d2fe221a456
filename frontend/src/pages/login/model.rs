//! Where logging in leads back to. Plain Rust.

/// The log-in page that leads back to a page of this app.
pub fn log_in_path(path: &str, search: &str) -> String {
    let search = search.trim_start_matches('?');
    let next = if search.is_empty() { path.to_owned() } else { format!("{path}?{search}") };
    if next == "/" || next == "/dashboard" {
        "/login".to_owned()
    } else {
        format!("/login?next={}", crate::url::encoded(&next, b"/"))
    }
}

/// The page to go to after logging in. Only a path of this app: never another origin, never the log-in page itself.
pub fn next_path(next: Option<&str>) -> String {
    let is_ours = |next: &&str| {
        next.starts_with('/')
            && !next.starts_with("//")
            && !next.contains(['\\', '\n', '\r', '\t'])
            && !next.starts_with("/login")
    };
    next.filter(is_ours).unwrap_or("/dashboard").to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_deep_link_is_carried_through_the_log_in() {
        assert_eq!(
            log_in_path("/activations", "?status=active&q=a b"),
            "/login?next=/activations%3Fstatus%3Dactive%26q%3Da%20b"
        );
        assert_eq!(log_in_path("/activations/act_1", ""), "/login?next=/activations/act_1");
        assert_eq!(log_in_path("/dashboard", ""), "/login");
    }

    #[test]
    fn the_way_back_never_leaves_the_app() {
        assert_eq!(next_path(Some("/activations?q=x")), "/activations?q=x");
        for foreign in [
            "//evil.example",
            "https://evil.example",
            "/\\evil.example",
            "javascript:alert(1)",
            "/login?next=/login",
            "",
        ] {
            assert_eq!(next_path(Some(foreign)), "/dashboard", "{foreign}");
        }
        assert_eq!(next_path(None), "/dashboard");
    }
}
