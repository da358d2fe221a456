//! What a new password has to be. Plain Rust; the server decides.

/// Fewest characters of a password.
pub const SHORTEST: usize = 12;

/// What is wrong with a password that is too short.
pub fn too_short(password: &str) -> Option<String> {
    let length = password.chars().count();
    (length < SHORTEST).then(|| match length {
        0 => format!("Enter a password of at least {SHORTEST} characters."),
        _ => format!("{} more characters are needed: at least {SHORTEST}.", SHORTEST - length),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn characters_are_counted_not_bytes() {
        assert!(too_short("").is_some());
        assert!(too_short(&"é".repeat(11)).is_some());
        assert_eq!(too_short(&"é".repeat(12)), None);
        assert_eq!(too_short("harbour 12!!"), None);
    }
}
