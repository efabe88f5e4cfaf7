//! Words to show: looked up by key, with their placeholders filled in.

use super::catalogue;
use super::{Language, PoolLanguages};
use std::borrow::Cow;

/// A text to show. Plain: whoever puts it into markup escapes it.
pub type Text = Cow<'static, str>;

/// The words of one language, with a pool's own over them.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Words {
    pub language: Language,
    own: PoolLanguages,
}

/// A piece of a text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Part<'a> {
    Text(&'a str),
    /// The name of a placeholder.
    Blank(&'a str),
}

impl Words {
    pub fn new(language: Language, own: &PoolLanguages) -> Self {
        Self { language, own: own.clone() }
    }

    /// The text of a key, such as `log_in.heading`.
    pub fn get(&self, key: &str) -> Text {
        if let Some(own) = self.own.text(self.language, key) {
            return Cow::Owned(own.to_owned());
        }
        let found = catalogue::of(self.language).get(key).or_else(|| catalogue::of(Language::English).get(key));
        found.map_or_else(|| Cow::Owned(key.to_owned()), |text| Cow::Borrowed(*text))
    }

    /// The same with values for its placeholders, in one pass: a value that looks like a placeholder stays what it is.
    pub fn fill(&self, key: &str, values: &[(&str, &str)]) -> String {
        let text = self.get(key);
        let value = |name| values.iter().find(|(known, _)| *known == name).map(|(_, value)| *value).unwrap_or_default();
        let fill = |part| match part {
            Part::Text(text) => text,
            Part::Blank(name) => value(name),
        };
        parts(&text).map(fill).collect()
    }
}

/// A text, cut at its placeholders: `{name}`, in small letters.
pub fn parts(text: &str) -> impl Iterator<Item = Part<'_>> {
    let mut rest = text;
    std::iter::from_fn(move || {
        if rest.is_empty() {
            return None;
        }
        if let Some((name, after)) = blank(rest) {
            rest = after;
            return Some(Part::Blank(name));
        }
        let next = rest.char_indices().skip(1).find(|(at, c)| *c == '{' && blank(&rest[*at..]).is_some());
        let (text, after) = rest.split_at(next.map_or(rest.len(), |(at, _)| at));
        rest = after;
        Some(Part::Text(text))
    })
}

/// The placeholder that a text begins with, and what follows it.
fn blank(text: &str) -> Option<(&str, &str)> {
    let (name, after) = text.strip_prefix('{')?.split_once('}')?;
    let named = !name.is_empty() && name.bytes().all(|b| b.is_ascii_lowercase() || b == b'_');
    named.then_some((name, after))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn placeholders_are_filled_once() {
        let words = Words::default();
        assert_eq!(words.fill("notice.new_code", &[("destination", "{destination}")]), "A new code is on its way to {destination}.");
        assert_eq!(words.get("no.such"), "no.such");
        let cut: Vec<_> = parts("a {b} c{####}{d}").collect();
        assert_eq!(cut, [Part::Text("a "), Part::Blank("b"), Part::Text(" c{####}"), Part::Blank("d")]);
        assert_eq!(parts("").count(), 0);
    }
}
