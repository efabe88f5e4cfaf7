//! What an attribute or a style sheet may say: nothing that has a browser fetch, run or read anything outside the image.

use super::allowed::{ATTRIBUTES, FUNCTIONS, LINKING, PROPERTIES};

const SVG: &str = "http://www.w3.org/2000/svg";
const XLINK: &str = "http://www.w3.org/1999/xlink";

/// Whether an element keeps an attribute.
pub fn is_kept(element: &str, attribute: &str, value: &str) -> bool {
    match attribute {
        "xmlns" => value == SVG,
        "xmlns:xlink" => value == XLINK,
        "href" | "xlink:href" if element == "image" => is_picture(value),
        "href" | "xlink:href" => LINKING.contains(element) && is_fragment(value.trim_ascii()),
        "style" => is_style(value),
        _ => (ATTRIBUTES.contains(attribute) || PROPERTIES.contains(attribute)) && is_plain(value),
    }
}

/// Whether the text of a style sheet may stay. Rules that name other documents begin with an `@`.
pub fn is_sheet(css: &str) -> bool {
    !css.contains('@') && is_plain(css)
}

/// A place in the same document.
fn is_fragment(value: &str) -> bool {
    value.strip_prefix('#').is_some_and(is_identifier)
}

fn is_identifier(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|c| c.is_ascii_alphanumeric() || matches!(c, b'_' | b'-' | b'.' | b':'))
}

/// A raster image that is all in its address.
fn is_picture(value: &str) -> bool {
    let kinds = [
        "data:image/png;base64,",
        "data:image/jpeg;base64,",
        "data:image/jpg;base64,",
        "data:image/gif;base64,",
        "data:image/webp;base64,",
    ];
    let content = kinds.iter().find_map(|kind| value.trim_ascii().strip_prefix(kind));
    content.is_some_and(|c| c.bytes().all(|c| c.is_ascii_alphanumeric() || matches!(c, b'+' | b'/' | b'=' | b' ' | b'\t' | b'\r' | b'\n')))
}

/// Declarations of known properties.
fn is_style(value: &str) -> bool {
    value.split(';').map(str::trim_ascii).filter(|part| !part.is_empty()).all(|part| match part.split_once(':') {
        Some((name, value)) => {
            PROPERTIES.contains(&*name.trim_ascii().to_ascii_lowercase()) && is_plain(value) && !value.contains([':', '@', '{', '}'])
        }
        None => false,
    })
}

/// Text without escapes and comments, which would hide what it says, and with no functions but those that compute or name a part of the image.
fn is_plain(text: &str) -> bool {
    if text.contains('\\') || text.contains("/*") {
        return false;
    }
    let mut rest = text;
    while let Some((before, after)) = rest.split_once('(') {
        let start = before.rfind(|c: char| !(c.is_alphanumeric() || matches!(c, '-' | '_'))).map_or(0, |at| at + 1);
        // The character found may be longer than a byte.
        let name = before.get(start..).unwrap_or("?").to_ascii_lowercase();
        let is_safe = match name.as_str() {
            "" => true,
            "url" => is_local(after),
            name => FUNCTIONS.contains(name),
        };
        if !is_safe {
            return false;
        }
        rest = after;
    }
    true
}

/// The inside of `url(` where it names a part of the image.
fn is_local(after: &str) -> bool {
    let Some((inside, _)) = after.split_once(')') else { return false };
    let inside = inside.trim_ascii();
    let bare = ['"', '\''].iter().find_map(|quote| inside.strip_prefix(*quote)?.strip_suffix(*quote)).unwrap_or(inside);
    is_fragment(bare)
}
