//! Free text from outside, as far as it is the same for every field.

use std::ops::RangeInclusive;

use crate::error::Error;

/// Refuses a text that is blank where it may not be, too long, or has characters that no keyboard types.
pub fn check(pointer: &str, text: &str, characters: RangeInclusive<usize>) -> Result<(), Error> {
    let (least, most) = (*characters.start(), *characters.end());
    let is_control = |letter: char| letter.is_control() && !matches!(letter, '\n' | '\r' | '\t');
    if text.chars().any(is_control) {
        return Err(Error::field(pointer, "invalid", "must not have control characters"));
    }
    if text.trim().chars().count() < least {
        return Err(Error::field(pointer, "required", "must not be empty"));
    }
    if text.chars().count() > most {
        return Err(Error::field(pointer, "too_long", format!("must have at most {most} characters")));
    }
    Ok(())
}

/// The same for a text that may be left out.
pub fn check_given(pointer: &str, text: Option<&str>, characters: RangeInclusive<usize>) -> Result<(), Error> {
    text.map_or(Ok(()), |text| check(pointer, text, characters))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_have_a_length_and_no_control_characters() {
        let code = |text: &str| check("/name", text, 1..=3).map_err(|error| error.to_string());
        assert!(code("abc").is_ok() && code("a\nb").is_ok() && code("äöü").is_ok());
        for (wrong, why) in [("", "empty"), ("  ", "empty"), ("abcd", "at most 3"), ("a\0", "control")] {
            assert!(code(wrong).unwrap_err().contains(why), "{wrong:?}");
        }
        assert!(check_given("/name", None, 1..=3).is_ok());
    }
}
