//! Encodings, folding and masking.

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};

pub fn base64(bytes: &[u8]) -> String {
    STANDARD.encode(bytes)
}

pub fn from_base64(text: &str) -> Option<Vec<u8>> {
    STANDARD.decode(text).ok()
}

pub fn base64url(bytes: &[u8]) -> String {
    URL_SAFE_NO_PAD.encode(bytes)
}

pub fn from_base64url(text: &str) -> Option<Vec<u8>> {
    URL_SAFE_NO_PAD.decode(text).ok()
}

pub fn hex(bytes: &[u8]) -> String {
    const DIGITS: &[u8; 16] = b"0123456789abcdef";
    bytes.iter().flat_map(|b| [char::from(DIGITS[usize::from(b >> 4)]), char::from(DIGITS[usize::from(b & 15)])]).collect()
}

/// The bytes of an even number of hexadecimal digits.
pub fn from_hex(text: &str) -> Option<Vec<u8>> {
    let digit = |c: u8| char::from(c).to_digit(16).and_then(|d| u8::try_from(d).ok());
    text.as_bytes().chunks(2).map(|pair| Some(digit(*pair.first()?)? << 4 | digit(*pair.get(1)?)?)).collect()
}

/// The form in which text is compared where case does not count.
pub fn fold(text: &str) -> String {
    text.to_lowercase()
}

/// The first string above every string that starts with `prefix`, for a range scan in byte order.
/// `None` where no such string exists (an empty prefix, or one of highest characters only).
pub fn after_prefix(prefix: &str) -> Option<String> {
    let mut chars: Vec<char> = prefix.chars().collect();
    while let Some(last) = chars.pop() {
        let next = (u32::from(last) + 1..=u32::from(char::MAX)).find_map(char::from_u32);
        if let Some(next) = next {
            chars.push(next);
            return Some(chars.into_iter().collect());
        }
    }
    None
}

/// `jane@example.com` as `j***@e***`.
pub fn mask_email(email: &str) -> String {
    let (local, domain) = email.rsplit_once('@').unwrap_or((email, ""));
    let initial = |s: &str| s.chars().next().map(String::from).unwrap_or_default();
    format!("{}***@{}***", initial(local), initial(domain))
}

/// `+14325551234` as `+*******1234`.
pub fn mask_phone(phone: &str) -> String {
    let digits: Vec<char> = phone.chars().rev().take(4).collect();
    format!("+*******{}", digits.into_iter().rev().collect::<String>())
}

/// Whether the text has the form of an e-mail address.
pub fn is_email(text: &str) -> bool {
    text.len() <= 254 && text.parse::<lettre::Address>().is_ok_and(|a| !a.domain().is_empty() && !text.contains(char::is_whitespace))
}

/// Whether the text is a phone number in E.164 form: `+` and up to 15 digits.
pub fn is_phone(text: &str) -> bool {
    text.strip_prefix('+').is_some_and(|d| (2..=15).contains(&d.len()) && d.bytes().all(|c| c.is_ascii_digit()) && !d.starts_with('0'))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn masks_hide_all_but_a_hint() {
        assert_eq!(mask_email("jane@example.com"), "j***@e***");
        assert_eq!(mask_phone("+14325551234"), "+*******1234");
    }

    #[test]
    fn hexadecimal_both_ways() {
        assert_eq!(from_hex(&hex(&[0, 127, 255])).unwrap(), [0, 127, 255]);
        assert!(from_hex("0").is_none() && from_hex("0g").is_none());
    }

    #[test]
    fn a_prefix_range_ends_right_after_it() {
        assert_eq!(after_prefix("ab").as_deref(), Some("ac"));
        assert_eq!(after_prefix("a\u{d7ff}").as_deref(), Some("a\u{e000}"));
        assert_eq!(after_prefix("a\u{10ffff}").as_deref(), Some("b"));
        assert_eq!(after_prefix(""), None);
    }

    #[test]
    fn contact_forms() {
        assert!(is_email("a@b.example") && !is_email("a@") && !is_email("a b@c.example") && !is_email("a@b\u{0}.example"));
        assert!(is_phone("+15555550100") && !is_phone("15555550100") && !is_phone("+1 555"));
    }
}
