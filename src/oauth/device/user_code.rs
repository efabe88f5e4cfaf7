//! The codes that people enter: short, and without letters that look or sound alike or make words (RFC 8628, 6.1).

use crate::kit::mac;
use crate::kit::rng::Rng;

/// 20 letters: eight of them make 34 bits.
const ALPHABET: &[u8; 20] = b"BCDFGHJKLMNPQRSTVWXZ";
const LENGTH: usize = 8;

/// A new code, as `WDJB-MJHT`.
pub fn new(rng: &Rng) -> String {
    let mut letters = Vec::with_capacity(LENGTH);
    while letters.len() < LENGTH {
        // Bytes beyond the last whole round would favour some letters.
        let fair = rng.bytes::<16>().into_iter().filter(|byte| *byte < 240);
        letters.extend(fair.filter_map(|byte| ALPHABET.get(usize::from(byte) % ALPHABET.len()).copied()));
    }
    letters.truncate(LENGTH);
    shown(&letters.into_iter().map(char::from).collect::<String>())
}

/// What a person typed, as it was shown: case, spaces and dashes do not count.
pub fn read(typed: &str) -> Option<String> {
    let letters: String = typed.chars().filter(|c| !c.is_whitespace() && !matches!(c, '-' | '‐' | '–' | '_' | '.')).collect();
    let letters = letters.to_ascii_uppercase();
    (letters.len() == LENGTH && letters.bytes().all(|b| ALPHABET.contains(&b))).then(|| shown(&letters))
}

fn shown(letters: &str) -> String {
    let (first, second) = letters.split_at(LENGTH / 2);
    format!("{first}-{second}")
}

/// What is stored of it.
pub fn hash(code: &str) -> String {
    mac::sha256_hex(code.as_bytes())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_are_read_as_people_type_them() {
        let code = new(&Rng::seeded(1));
        assert_eq!((code.len(), code.as_bytes()[4]), (9, b'-'));
        for typed in [code.clone(), code.to_lowercase(), code.replace('-', ""), format!(" {} ", code.replace('-', " - "))] {
            assert_eq!(read(&typed), Some(code.clone()), "{typed}");
        }
        for bad in ["", "WDJB-MJH", "WDJB-MJHTT", "WDJB-MJHA", "WDJB-MJH0", "ÄDJB-MJHT"] {
            assert_eq!(read(bad), None, "{bad}");
        }
    }
}
