//! SVG files, sanitised: an image is written anew from the elements and attributes that are known to draw and to do nothing else.
//!
//! What is not on the lists is left out with all that is inside it; what is no well-formed XML is refused. Comments, processing
//! instructions and document types are left out, and entities of their own are refused. An image in which nothing had to go keeps its bytes.

mod allowed;
mod attributes;
#[cfg(test)]
mod tests;
mod value;

use quick_xml::Reader;
use quick_xml::escape::{partial_escape, resolve_xml_entity};
use quick_xml::events::{BytesDecl, BytesRef, BytesStart, Event};

/// Why an image is refused.
pub type Refusal = &'static str;

const MALFORMED: Refusal = "it is not well-formed XML";
const ENTITY: Refusal = "it refers to an entity that XML does not define";
const ROOT: Refusal = "its only root must be an svg element";
/// How deep elements may stand in each other.
const DEEPEST: usize = 256;

/// Sanitises an image.
pub fn sanitize(bytes: &[u8]) -> Result<Vec<u8>, Refusal> {
    let text = std::str::from_utf8(bytes).map_err(|_| "it is not UTF-8")?;
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    if !text.chars().all(is_xml_char) {
        return Err(MALFORMED);
    }
    let mut reader = Reader::from_str(text);
    let mut sanitizer = Sanitizer::default();
    loop {
        let event = reader.read_event().map_err(|_| MALFORMED)?;
        if matches!(event, Event::Eof) {
            return sanitizer.finish();
        }
        sanitizer.take(&event)?;
    }
}

/// The characters that XML 1.0 allows, section 2.2.
fn is_xml_char(c: char) -> bool {
    matches!(c, '\t' | '\n' | '\r' | ' '..='\u{fffd}' | '\u{10000}'..)
}

#[derive(Default)]
struct Sanitizer {
    out: String,
    /// The elements around this place that are kept.
    open: Vec<String>,
    /// How deep this place is inside an element that is left out.
    left_out: usize,
    has_root: bool,
    /// The text of the style sheet around this place, and where in `out` its element begins.
    sheet: Option<(usize, String)>,
}

impl Sanitizer {
    fn take(&mut self, event: &Event<'_>) -> Result<(), Refusal> {
        match event {
            Event::Start(tag) => self.start(tag, false),
            Event::Empty(tag) => self.start(tag, true),
            Event::End(_) => {
                self.end();
                Ok(())
            }
            Event::Text(text) => self.text(text, text),
            Event::CData(text) => self.text(&partial_escape(&**text), text),
            Event::GeneralRef(reference) => self.reference(reference),
            Event::Decl(declaration) => self.declaration(declaration),
            Event::Comment(_) | Event::PI(_) | Event::DocType(_) | Event::Eof => Ok(()),
        }
    }

    fn start(&mut self, tag: &BytesStart<'_>, is_empty: bool) -> Result<(), Refusal> {
        let attributes = attributes::read(tag.attributes_raw())?;
        let name = tag.name().0;
        if self.open.is_empty() && (name != "svg" || std::mem::replace(&mut self.has_root, true)) {
            return Err(ROOT);
        }
        // Titles and style sheets hold text. In HTML, elements in them would be read by other rules than here.
        let in_text = self.open.last().is_some_and(|name| matches!(name.as_str(), "title" | "desc" | "style"));
        if self.left_out > 0 || in_text || !allowed::ELEMENTS.contains(name) {
            self.left_out += usize::from(!is_empty);
            return Ok(());
        }
        if self.open.len() >= DEEPEST {
            return Err("its elements stand too deep in each other");
        }
        let begin = self.out.len();
        self.out += &format!("<{name}");
        for attribute in attributes.list.iter().filter(|a| value::is_kept(name, a.name, &a.value)) {
            attribute.write(&mut self.out);
        }
        self.out += attributes.space;
        self.out += if is_empty { "/>" } else { ">" };
        if !is_empty {
            self.open.push(name.to_owned());
            self.sheet = (name == "style").then(|| (begin, String::new()));
        }
        Ok(())
    }

    /// Ends an element. The reader has seen to it that it is the one that was opened last.
    fn end(&mut self) {
        if self.left_out > 0 {
            self.left_out -= 1;
            return;
        }
        if let Some((begin, sheet)) = self.sheet.take()
            && !value::is_sheet(&sheet)
        {
            self.out.truncate(begin);
            self.open.pop();
        } else if let Some(name) = self.open.pop() {
            self.out += &format!("</{name}>");
        }
    }

    /// Text, as it is written and as it is read.
    fn text(&mut self, written: &str, read: &str) -> Result<(), Refusal> {
        if self.left_out > 0 {
            return Ok(());
        }
        if self.open.is_empty() && !read.trim_ascii().is_empty() {
            return Err(MALFORMED);
        }
        self.out += written;
        if let Some((_, sheet)) = &mut self.sheet {
            *sheet += read;
        }
        Ok(())
    }

    fn reference(&mut self, reference: &BytesRef<'_>) -> Result<(), Refusal> {
        let read = resolve_xml_entity(reference).map(str::to_owned);
        let read = match reference.resolve_char_ref().map_err(|_| MALFORMED)? {
            Some(c) if is_xml_char(c) => Some(c.to_string()),
            Some(_) => return Err(MALFORMED),
            None => read,
        };
        let written = format!("&{};", &**reference);
        self.text(&written, &read.ok_or(ENTITY)?)
    }

    /// The declaration stays where it says nothing new: another encoding would have a browser read other text.
    fn declaration(&mut self, declaration: &BytesDecl<'_>) -> Result<(), Refusal> {
        let stated = attributes::read(declaration.strip_prefix("xml").unwrap_or_default())?;
        let is_usual = stated.list.iter().all(|a| match a.name {
            "version" => a.value == "1.0",
            "encoding" => a.value.eq_ignore_ascii_case("utf-8"),
            "standalone" => matches!(&*a.value, "yes" | "no"),
            _ => false,
        });
        if !is_usual {
            return Err("it is not XML 1.0 in UTF-8");
        }
        if self.out.is_empty() && !self.has_root {
            self.out += "<?xml";
            stated.list.iter().for_each(|a| a.write(&mut self.out));
            self.out += "?>";
        }
        Ok(())
    }

    fn finish(self) -> Result<Vec<u8>, Refusal> {
        if self.left_out > 0 || !self.open.is_empty() {
            return Err(MALFORMED);
        }
        if self.has_root { Ok(self.out.into_bytes()) } else { Err(ROOT) }
    }
}
