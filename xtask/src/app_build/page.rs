//! Fills the placeholders of `index.html` and `boot.js`. A placeholder without a value is an error, never empty.

use anyhow::{Result, bail};

/// Names of the files that page and boot script refer to.
#[derive(Debug)]
pub struct Files {
    pub wasm: String,
    pub script: String,
    pub loader: String,
    pub style_sheet: String,
    pub boot: String,
}

impl Files {
    /// The placeholders of these files, by name.
    pub fn placeholders(&self) -> Vec<(&'static str, String)> {
        [
            ("app_wasm", &self.wasm),
            ("app_js", &self.script),
            ("parts_js", &self.loader),
            ("app_css", &self.style_sheet),
            ("boot_js", &self.boot),
        ]
        .map(|(name, file)| (name, format!("/{file}")))
        .to_vec()
    }
}

/// Replaces every `{{name}}` by its value.
pub fn fill(template: &str, placeholders: &[(&str, String)]) -> Result<String> {
    let mut text = String::with_capacity(template.len());
    let mut rest = template;
    while let Some((before, after)) = rest.split_once("{{") {
        let Some((name, after)) = after.split_once("}}") else {
            bail!("a placeholder is not closed: {{{{{after}");
        };
        let Some((_, value)) = placeholders.iter().find(|(known, _)| *known == name) else {
            bail!("no value for the placeholder {{{{{name}}}}}");
        };
        text.push_str(before);
        text.push_str(value);
        rest = after;
    }
    text.push_str(rest);
    Ok(text)
}

/// The page without comments and without the indentation of its lines.
pub fn without_indentation(html: &str) -> String {
    let mut text = String::with_capacity(html.len());
    let mut rest = html;
    while let Some((before, comment)) = rest.split_once("<!--") {
        text.push_str(before);
        rest = comment.split_once("-->").map_or("", |(_, after)| after);
    }
    text.push_str(rest);
    text.lines().map(str::trim).filter(|line| !line.is_empty()).collect::<Vec<_>>().join("\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn placeholders_are_filled_and_an_unknown_or_open_one_is_refused() {
        let values = [("app_js", "/app.js".to_owned())];
        assert_eq!(fill("<a {{app_js}}><b {{app_js}}>", &values).unwrap(), "<a /app.js><b /app.js>");
        assert!(fill("{{app_css}}", &values).unwrap_err().to_string().contains("{{app_css}}"));
        assert!(fill("{{app_js", &values).is_err());
    }

    #[test]
    fn comments_and_indentation_go_and_words_stay_apart() {
        assert_eq!(without_indentation("<p>\n  one <!-- why -->two\n\n  three\n</p>"), "<p>\none two\nthree\n</p>");
    }
}
