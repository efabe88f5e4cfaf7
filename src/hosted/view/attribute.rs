//! How each standard attribute is asked for on a form.

use super::{Field, FieldKind};

/// Label, kind, autofill token (HTML, "autofill detail tokens") and hint of the standard attributes.
const STANDARD: [(&str, &str, FieldKind, &str, &str); 17] = [
    ("address", "Address", FieldKind::Text, "street-address", ""),
    ("birthdate", "Date of birth", FieldKind::Date, "bday", ""),
    ("email", "Email", FieldKind::Email, "email", ""),
    ("family_name", "Last name", FieldKind::Text, "family-name", ""),
    ("gender", "Gender", FieldKind::Text, "sex", ""),
    ("given_name", "First name", FieldKind::Text, "given-name", ""),
    ("locale", "Language", FieldKind::Text, "language", "Such as en-GB."),
    ("middle_name", "Middle name", FieldKind::Text, "additional-name", ""),
    ("name", "Full name", FieldKind::Text, "name", ""),
    ("nickname", "Nickname", FieldKind::Text, "nickname", ""),
    ("phone_number", "Phone number", FieldKind::Tel, "tel", "With the country code, such as +442079460958."),
    ("picture", "Picture", FieldKind::Url, "photo", "The address of an image."),
    ("preferred_username", "Preferred username", FieldKind::Username, "nickname", ""),
    ("profile", "Profile page", FieldKind::Url, "url", ""),
    ("username", "Username", FieldKind::Username, "username", ""),
    ("website", "Website", FieldKind::Url, "url", ""),
    ("zoneinfo", "Time zone", FieldKind::Text, "off", "Such as Europe/London."),
];

/// An empty field for an attribute. A custom attribute is labelled with its own name.
///
/// Exactly one of them should also be the name the person signs in with: give that one the autofill
/// token `username`, so that password managers store the pair.
pub fn field(name: &str, required: bool) -> Field {
    let known = STANDARD.iter().find(|row| row.0 == name);
    let (label, kind, autocomplete, hint) = match known {
        Some(&(_, label, kind, autocomplete, hint)) => (label.to_owned(), kind, autocomplete, hint),
        None => (label_of(name), FieldKind::Text, "off", ""),
    };
    let hint = (!hint.is_empty()).then(|| hint.to_owned());
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
        let email = field("email", true);
        assert_eq!((email.label.as_str(), email.kind, email.autocomplete), ("Email", FieldKind::Email, "email"));
        assert!(email.required && email.hint.is_none());
        assert_eq!(field("phone_number", false).kind, FieldKind::Tel);
    }

    #[test]
    fn custom_attributes_are_labelled_with_their_name() {
        assert_eq!(field("custom:favourite_colour", false).label, "Favourite colour");
        assert_eq!(field("dev:custom:tenant", false).label, "Tenant");
        assert_eq!(field("", false).label, "");
    }
}
