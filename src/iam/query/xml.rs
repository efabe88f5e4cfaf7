//! Writing XML.

use crate::iam::entity::Tags;
use crate::iam::principal::iso;
use crate::kit::clock::Millis;

/// An answer as it grows.
#[derive(Debug, Default)]
pub struct Xml(String);

impl Xml {
    pub fn new() -> Self {
        Self::default()
    }

    pub fn text(&mut self, name: &str, value: &str) -> &mut Self {
        self.tag(name, |xml| xml.0.push_str(&escape(value)))
    }

    pub fn optional(&mut self, name: &str, value: Option<&str>) -> &mut Self {
        if let Some(value) = value { self.text(name, value) } else { self }
    }

    pub fn number(&mut self, name: &str, value: i64) -> &mut Self {
        self.text(name, &value.to_string())
    }

    pub fn flag(&mut self, name: &str, value: bool) -> &mut Self {
        self.text(name, if value { "true" } else { "false" })
    }

    pub fn time(&mut self, name: &str, at: Millis) -> &mut Self {
        self.text(name, &iso(at))
    }

    /// A policy document: encoded as in an address.
    pub fn document(&mut self, name: &str, document: &str) -> &mut Self {
        const PLAIN: &percent_encoding::AsciiSet = &percent_encoding::NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~');
        self.text(name, &percent_encoding::utf8_percent_encode(document, PLAIN).to_string())
    }

    pub fn tag(&mut self, name: &str, inside: impl FnOnce(&mut Self)) -> &mut Self {
        self.0.push('<');
        self.0.push_str(name);
        self.0.push('>');
        inside(self);
        self.0.push_str("</");
        self.0.push_str(name);
        self.0.push('>');
        self
    }

    /// A list, each item in a `member`.
    pub fn list<T>(&mut self, name: &str, items: impl IntoIterator<Item = T>, mut each: impl FnMut(&mut Self, T)) -> &mut Self {
        self.tag(name, |xml| {
            for item in items {
                xml.tag("member", |xml| each(xml, item));
            }
        })
    }

    /// A list of texts.
    pub fn texts<'a>(&mut self, name: &str, items: impl IntoIterator<Item = &'a str>) -> &mut Self {
        self.list(name, items, |xml, item| xml.0.push_str(&escape(item)))
    }

    pub fn tags(&mut self, tags: &Tags) -> &mut Self {
        self.list("Tags", tags, |xml, (key, value)| {
            xml.text("Key", key).text("Value", value);
        })
    }

    pub fn finish(&mut self) -> String {
        std::mem::take(&mut self.0)
    }
}

/// Text as it may stand in an element. Characters that XML cannot hold at all become its sign for a lost one.
pub fn escape(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\r' => out.push_str("&#xD;"),
            '\t' | '\n' => out.push(c),
            '\u{0}'..='\u{1f}' | '\u{fffe}' | '\u{ffff}' => out.push('\u{fffd}'),
            other => out.push(other),
        }
    }
    out
}
