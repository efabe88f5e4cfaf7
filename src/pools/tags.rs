//! Tags of pools.

use std::collections::BTreeMap;

pub type Tags = BTreeMap<String, String>;

/// The most that a pool can have.
const MOST: usize = 50;

/// Says what is wrong with tags. Their lengths were checked before.
pub fn refusal(tags: &Tags) -> Option<String> {
    if tags.len() > MOST {
        return Some(format!("A user pool can have at most {MOST} tags."));
    }
    let reserved = tags.keys().find(|key| key.get(..4).is_some_and(|prefix| prefix.eq_ignore_ascii_case("aws:")));
    if let Some(key) = reserved {
        return Some(format!("The tag key {key} begins with aws:, which is reserved."));
    }
    let bad = tags.iter().flat_map(|(key, value)| [key, value]).find(|text| !text.chars().all(is_allowed));
    bad.map(|text| format!("The tag {text} has characters other than letters, digits, spaces and _ . : / = + - @."))
}

fn is_allowed(c: char) -> bool {
    c.is_alphanumeric() || c == ' ' || "_.:/=+-@".contains(c)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn one(key: &str, value: &str) -> Tags {
        Tags::from([(key.to_owned(), value.to_owned())])
    }

    #[test]
    fn tags_are_held_to_the_rules() {
        assert_eq!(refusal(&one("Kostenstelle/Ü 1", "a=b+c@d")), None);
        assert!(refusal(&one("aws:x", "")).is_some() && refusal(&one("AWS:x", "")).is_some());
        assert!(refusal(&one("a<b", "")).is_some() && refusal(&one("a", "b;c")).is_some());
        assert!(refusal(&(0..51).map(|n| (n.to_string(), String::new())).collect()).is_some());
    }
}
