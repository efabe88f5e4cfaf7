//! What may be styled.

/// The selectors that Cognito lets one style, and the properties that each may set. `margin`, `padding` and `border` stand for their parts as well.
pub(super) const SELECTORS: [(&str, &[&str]); 18] = [
    (".background-customizable", &["background", "background-color"]),
    (".banner-customizable", &["padding", "background", "background-color"]),
    (
        ".errorMessage-customizable",
        &["margin", "padding", "font-size", "width", "background", "background-color", "border", "color", "box-sizing"],
    ),
    (".idpButton-customizable", &["height", "width", "text-align", "margin-bottom", "color", "background-color", "border-color"]),
    (".idpButton-customizable:hover", &["color", "background-color"]),
    (".idpDescription-customizable", &["padding-top", "padding-bottom", "display", "font-size", "color"]),
    (".inputField-customizable", &["width", "height", "color", "background-color", "border"]),
    (".inputField-customizable:focus", &["border-color", "outline"]),
    (".label-customizable", &["font-weight", "color"]),
    (".legalText-customizable", &["color", "font-size"]),
    (".logo-customizable", &["max-width", "max-height", "background-color"]),
    (".passwordCheck-notValid-customizable", &["color"]),
    (".passwordCheck-valid-customizable", &["color"]),
    (".redirect-customizable", &["text-align", "color", "font-size"]),
    (".socialButton-customizable", &["height", "width", "text-align", "margin-bottom", "padding"]),
    (".submitButton-customizable", &["font-size", "font-weight", "margin", "width", "height", "color", "background-color"]),
    (".submitButton-customizable:hover", &["color", "background-color"]),
    (".textDescription-customizable", &["padding-top", "padding-bottom", "display", "font-size", "color"]),
];

const PARTS: [(&str, &[&str]); 3] = [
    ("margin", &["margin-top", "margin-right", "margin-bottom", "margin-left"]),
    ("padding", &["padding-top", "padding-right", "padding-bottom", "padding-left"]),
    ("border", &["border-width", "border-style", "border-color"]),
];

/// A selector and the properties it may set.
pub(super) type Selector = &'static (&'static str, &'static [&'static str]);

pub(super) fn may_set(selector: &Selector, property: &str) -> bool {
    let part_of = |whole: &str| PARTS.iter().any(|(name, parts)| *name == whole && parts.contains(&property));
    // Rounded corners do no harm anywhere, and the template that Cognito hands out has them.
    property == "border-radius" || selector.1.iter().any(|allowed| *allowed == property || part_of(allowed))
}
