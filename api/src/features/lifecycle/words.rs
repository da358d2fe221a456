//! The words by which an activation is found: search matches the beginning of a word.

use std::collections::BTreeSet;

use shared::vocab::ActivationId;

/// Longer words are cut: nobody types more, and an index entry has a limit.
const MAX_WORD_CHARS: usize = 60;

/// What an activation is found by.
#[derive(Debug, Clone, Copy)]
pub struct Findable<'a> {
    /// The written id counts as one word.
    pub activation_id: ActivationId,
    /// The product's name.
    pub product: &'a str,
    /// The client's name.
    pub client: &'a str,
    /// The client's email: found whole, and by its parts.
    pub email: Option<&'a str>,
    /// The sender's own reference: found whole, and by its parts.
    pub external_reference: Option<&'a str>,
}

/// The lower-case words of an activation, each once.
pub fn words_of(findable: Findable<'_>) -> BTreeSet<String> {
    let whole = [findable.email, findable.external_reference].into_iter().flatten();
    let mut words: BTreeSet<String> = [findable.product, findable.client]
        .into_iter()
        .chain(whole.clone())
        .flat_map(split)
        .chain(whole.map(|text| cut(text.trim())))
        .collect();
    words.insert(findable.activation_id.to_string());
    words.remove("");
    words
}

/// The words of a text: runs of letters and digits, in lower case. A search splits its text the same way.
pub fn split(text: &str) -> impl Iterator<Item = String> {
    text.split(|letter: char| !letter.is_alphanumeric()).filter(|word| !word.is_empty()).map(cut)
}

/// A name as it is sorted: in lower case, alike on both databases.
pub fn sort_key(name: &str) -> String {
    name.trim().to_lowercase()
}

fn cut(word: &str) -> String {
    word.to_lowercase().chars().take(MAX_WORD_CHARS).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_activation_is_found_by_names_email_and_references() {
        let findable = Findable {
            activation_id: ActivationId(uuid::Uuid::nil()),
            product: "AI Writer",
            client: "Café Lindenhof",
            email: Some("Hallo@cafe-lindenhof.example"),
            external_reference: Some("HD-2093"),
        };
        let words: Vec<String> = words_of(findable).into_iter().collect();
        let expected = [
            "2093",
            "act_00000000000000000000000000",
            "ai",
            "cafe",
            "café",
            "example",
            "hallo",
            "hallo@cafe-lindenhof.example",
            "hd",
            "hd-2093",
            "lindenhof",
            "writer",
        ];
        assert_eq!(words, expected);
    }
}
