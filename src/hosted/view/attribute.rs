//! How each standard attribute is asked for on a form.

use super::{Field, FieldKind};
use crate::languages::Words;

/// Kind and autofill token (HTML, "autofill detail tokens") of the standard attributes. Label and hint are texts by their name.
const STANDARD: [(&str, FieldKind, &str); 17] = [
    ("address", FieldKind::Text, "street-address"),
    ("birthdate", FieldKind::Date, "bday"),
    ("email", FieldKind::Email, "email"),
    ("family_name", FieldKind::Text, "family-name"),
    ("gender", FieldKind::Text, "sex"),
    ("given_name", FieldKind::Text, "given-name"),
    ("locale", FieldKind::Text, "language"),
    ("middle_name", FieldKind::Text, "additional-name"),
    ("name", FieldKind::Text, "name"),
    ("nickname", FieldKind::Text, "nickname"),
    ("phone_number", FieldKind::Tel, "tel"),
    ("picture", FieldKind::Url, "photo"),
    ("preferred_username", FieldKind::Username, "nickname"),
    ("profile", FieldKind::Url, "url"),
    ("username", FieldKind::Username, "username"),
    ("website", FieldKind::Url, "url"),
    ("zoneinfo", FieldKind::Text, "off"),
];
/// Those with a hint.
const HINTED: [&str; 4] = ["locale", "phone_number", "picture", "zoneinfo"];

/// An empty field for an attribute. A custom attribute is labelled with its own name.
///
/// Exactly one of them should also be the name the person signs in with: give that one the autofill
/// token `username`, so that password managers store the pair.
pub fn field(words: &Words, name: &str, required: bool) -> Field {
    let known = STANDARD.iter().find(|row| row.0 == name);
    let (label, kind, autocomplete) = match known {
        Some(&(_, kind, autocomplete)) => (words.get(&format!("attribute.{name}")).into_owned(), kind, autocomplete),
        None => (label_of(name), FieldKind::Text, "off"),
    };
    let hint = HINTED.contains(&name).then(|| words.get(&format!("attribute.{name}_hint")).into_owned());
    Field { name: name.to_owned(), label, kind, autocomplete, required, hint, ..Field::default() }
}

/// `custom:favourite_colour` as "Favourite colour".
fn label_of(name: &str) -> String {
    let bare = name.rsplit(':').next().unwrap_or(name).replace('_', " ");
    let mut letters = bare.chars();
    letters.next().map(|first| first.to_uppercase().chain(letters).collect()).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn standard_attributes_have_their_keyboard_and_autofill_token() {
        let words = Words::default();
        let email = field(&words, "email", true);
        assert_eq!((email.label.as_str(), email.kind, email.autocomplete), ("Email", FieldKind::Email, "email"));
        assert!(email.required && email.hint.is_none());
        assert_eq!(field(&words, "phone_number", false).kind, FieldKind::Tel);
    }

    #[test]
    fn custom_attributes_are_labelled_with_their_name() {
        let words = Words::default();
        assert_eq!(field(&words, "custom:favourite_colour", false).label, "Favourite colour");
        assert_eq!(field(&words, "dev:custom:tenant", false).label, "Tenant");
        assert_eq!(field(&words, "", false).label, "");
    }

    #[test]
    fn every_standard_attribute_has_its_words() {
        let words = Words::default();
        for (name, ..) in STANDARD {
            let field = field(&words, name, true);
            assert!(!field.label.contains('.') && field.hint.is_some() == HINTED.contains(&name), "{field:?}");
        }
        let texts = crate::languages::keys().filter(|(key, _)| key.starts_with("attribute."));
        assert_eq!(texts.count(), STANDARD.len() + HINTED.len());
    }
}
