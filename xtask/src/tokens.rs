//! Reads `frontend/styles/tokens.css`: the colours of both themes by name. Knows WCAG's contrast of two colours.

use anyhow::{Context as _, Result};
use std::collections::BTreeMap;

/// The tokens of one theme, as written.
pub type Theme = BTreeMap<String, String>;

/// The two themes; the dark one inherits what it does not name.
#[derive(Debug)]
pub struct Tokens {
    pub light: Theme,
    pub dark: Theme,
}

impl Tokens {
    /// Reads the token file.
    pub fn parse(css: &str) -> Result<Self> {
        let light = block(css, ":root").context("tokens.css has no :root block")?;
        let own = block(css, "[data-theme=\"dark\"]").context("tokens.css has no [data-theme=\"dark\"] block")?;
        let mut dark = light.clone();
        dark.extend(own);
        Ok(Self { light, dark })
    }
}

/// Contrast of two `#rrggbb` colours, 1 to 21.
pub fn contrast(one: &str, other: &str) -> Result<f64> {
    let (one, other) = (luminance(one)?, luminance(other)?);
    Ok((one.max(other) + 0.05) / (one.min(other) + 0.05))
}

/// Relative luminance as WCAG 2 defines it.
fn luminance(colour: &str) -> Result<f64> {
    let digits = colour.strip_prefix('#').filter(|digits| digits.len() == 6 && digits.is_ascii());
    let digits = digits.with_context(|| format!("{colour} is not a colour of the form #rrggbb"))?;
    let mut sum = 0.0;
    for (position, weight) in [0.2126, 0.7152, 0.0722].into_iter().enumerate() {
        let value = u8::from_str_radix(&digits[2 * position..2 * position + 2], 16)
            .with_context(|| format!("{colour} is not a colour"))?;
        let share = f64::from(value) / 255.0;
        sum += weight * if share <= 0.03928 { share / 12.92 } else { ((share + 0.055) / 1.055).powf(2.4) };
    }
    Ok(sum)
}

/// The custom properties of the first rule with exactly this selector.
fn block(css: &str, selector: &str) -> Option<Theme> {
    let css = without_comments(css);
    let start = css.find(&format!("{selector} {{"))?;
    let body = css[start..].split_once('{')?.1.split_once('}')?.0;
    let declarations = body.split(';').filter_map(|declaration| declaration.split_once(':'));
    let tokens = declarations.filter_map(|(name, value)| Some((name.trim().strip_prefix("--")?, value.trim())));
    Some(tokens.map(|(name, value)| (name.to_owned(), value.to_owned())).collect())
}

/// The style sheet with its comments cut out.
pub fn without_comments(css: &str) -> String {
    let mut text = String::new();
    let mut rest = css;
    while let Some((before, comment)) = rest.split_once("/*") {
        text.push_str(before);
        text.push(' ');
        rest = comment.split_once("*/").map_or("", |(_, after)| after);
    }
    text + rest
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_themes_are_read_and_dark_inherits() {
        let css = ":root { --bg: #FFFFFF; /* --no: #000000; */ --gap: 1rem }\n\
                   @media print { :root { --gap: 0 } }\n[data-theme=\"dark\"] { --bg: #000000; }";
        let tokens = Tokens::parse(css).unwrap();
        assert_eq!((tokens.light["bg"].as_str(), tokens.dark["bg"].as_str()), ("#FFFFFF", "#000000"));
        assert_eq!(tokens.dark["gap"], "1rem");
        assert!(!tokens.light.contains_key("no"));
        assert!(Tokens::parse(":root { --bg: #FFFFFF }").is_err());
    }

    #[test]
    fn contrast_is_that_of_wcag() {
        let is_near = |one, other, expected: f64| (contrast(one, other).unwrap() - expected).abs() < 0.005;
        assert!(is_near("#000000", "#FFFFFF", 21.0));
        assert!(is_near("#777777", "#FFFFFF", 4.48));
        assert!(contrast("red", "#FFFFFF").is_err());
    }
}
