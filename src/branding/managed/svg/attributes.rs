//! The attributes of a tag, read strictly as XML 1.0 has them (sections 2.3 and 3.1) and kept as they were written.

use super::{ENTITY, MALFORMED, Refusal, is_xml_char};
use quick_xml::escape::{resolve_xml_entity, unescape_with};
use std::borrow::Cow;

/// An attribute as it is written, and its value as it is read.
pub struct Attribute<'a> {
    space: &'a str,
    pub name: &'a str,
    quote: char,
    raw: &'a str,
    pub value: Cow<'a, str>,
}

/// The attributes of a tag, and the white space after them.
pub struct Attributes<'a> {
    pub list: Vec<Attribute<'a>>,
    pub space: &'a str,
}

impl Attribute<'_> {
    pub fn write(&self, out: &mut String) {
        let Self { space, name, quote, raw, .. } = self;
        *out += &format!("{space}{name}={quote}{raw}{quote}");
    }
}

/// More than any drawing program writes: names are compared with each other.
const MOST: usize = 256;

/// Reads what stands in a tag after its name.
pub fn read(text: &str) -> Result<Attributes<'_>, Refusal> {
    let (mut list, mut rest) = (Vec::<Attribute<'_>>::new(), text);
    loop {
        let (space, after) = split(rest, is_space);
        if after.is_empty() {
            return Ok(Attributes { list, space });
        }
        let (name, after) = split(after, is_name);
        let after = split(after, is_space).1.strip_prefix('=').ok_or(MALFORMED)?;
        let mut after = split(after, is_space).1.chars();
        let quote = after.next().filter(|c| matches!(c, '"' | '\'')).ok_or(MALFORMED)?;
        let (raw, after) = after.as_str().split_once(quote).ok_or(MALFORMED)?;
        if space.is_empty() || name.is_empty() || raw.contains('<') || list.len() == MOST || list.iter().any(|a| a.name == name) {
            return Err(MALFORMED);
        }
        let value = unescape_with(raw, resolve_xml_entity).map_err(|_| ENTITY)?;
        if !value.chars().all(is_xml_char) {
            return Err(MALFORMED);
        }
        list.push(Attribute { space, name, quote, raw, value });
        rest = after;
    }
}

/// The longest beginning of such characters, and the rest.
fn split(text: &str, is: fn(char) -> bool) -> (&str, &str) {
    text.split_at(text.find(|c| !is(c)).unwrap_or(text.len()))
}

fn is_space(c: char) -> bool {
    matches!(c, ' ' | '\t' | '\r' | '\n')
}

/// More than XML has in names: whatever is no name is on no list.
fn is_name(c: char) -> bool {
    c.is_alphanumeric() || matches!(c, ':' | '_' | '-' | '.')
}
