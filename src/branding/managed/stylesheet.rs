//! The style sheet that the settings of a style come to: colours as custom properties, the rules that use them, and where things stand.
//!
//! Only colours of eight digits, numbers and words from lists become CSS, however the settings came to be: nothing of them is copied.

use super::look::{Images, Mode};
use serde_json::Value;
use std::fmt::Write as _;

/// What each custom property is set to; `{}` is the mode.
const COLORS: &[(&str, &str)] = &[
    ("page", "components/pageBackground/{}/color"),
    ("surface", "components/form/{}/backgroundColor"),
    ("form-edge", "components/form/{}/borderColor"),
    ("ink", "components/pageText/{}/headingColor"),
    ("heading", "components/pageText/{}/headingColor"),
    ("body", "components/pageText/{}/bodyColor"),
    ("muted", "components/pageText/{}/descriptionColor"),
    ("line", "componentClasses/divider/{}/borderColor"),
    ("divider", "componentClasses/divider/{}/borderColor"),
    ("label", "componentClasses/inputLabel/{}/textColor"),
    ("description", "componentClasses/inputDescription/{}/textColor"),
    ("input", "componentClasses/input/{}/defaults/backgroundColor"),
    ("edge", "componentClasses/input/{}/defaults/borderColor"),
    ("placeholder", "componentClasses/input/{}/placeholderColor"),
    ("focus", "componentClasses/focusState/{}/borderColor"),
    ("accent", "componentClasses/link/{}/defaults/textColor"),
    ("accent-hover", "componentClasses/link/{}/hover/textColor"),
    ("button", "components/primaryButton/{}/defaults/backgroundColor"),
    ("on-button", "components/primaryButton/{}/defaults/textColor"),
    ("button-hover", "components/primaryButton/{}/hover/backgroundColor"),
    ("on-button-hover", "components/primaryButton/{}/hover/textColor"),
    ("button-active", "components/primaryButton/{}/active/backgroundColor"),
    ("on-button-active", "components/primaryButton/{}/active/textColor"),
    ("quiet", "components/secondaryButton/{}/defaults/backgroundColor"),
    ("quiet-edge", "components/secondaryButton/{}/defaults/borderColor"),
    ("on-quiet", "components/secondaryButton/{}/defaults/textColor"),
    ("quiet-hover", "components/secondaryButton/{}/hover/backgroundColor"),
    ("quiet-hover-edge", "components/secondaryButton/{}/hover/borderColor"),
    ("on-quiet-hover", "components/secondaryButton/{}/hover/textColor"),
    ("quiet-active", "components/secondaryButton/{}/active/backgroundColor"),
    ("quiet-active-edge", "components/secondaryButton/{}/active/borderColor"),
    ("on-quiet-active", "components/secondaryButton/{}/active/textColor"),
    ("idp", "components/idpButton/standard/{}/defaults/backgroundColor"),
    ("idp-edge", "components/idpButton/standard/{}/defaults/borderColor"),
    ("on-idp", "components/idpButton/standard/{}/defaults/textColor"),
    ("idp-hover", "components/idpButton/standard/{}/hover/backgroundColor"),
    ("idp-hover-edge", "components/idpButton/standard/{}/hover/borderColor"),
    ("on-idp-hover", "components/idpButton/standard/{}/hover/textColor"),
    ("idp-active", "components/idpButton/standard/{}/active/backgroundColor"),
    ("idp-active-edge", "components/idpButton/standard/{}/active/borderColor"),
    ("on-idp-active", "components/idpButton/standard/{}/active/textColor"),
    ("danger", "componentClasses/statusIndicator/{}/error/indicatorColor"),
    ("danger-soft", "components/alert/{}/error/backgroundColor"),
    ("danger-edge", "components/alert/{}/error/borderColor"),
    ("success", "componentClasses/statusIndicator/{}/success/indicatorColor"),
    ("success-soft", "componentClasses/statusIndicator/{}/success/backgroundColor"),
    ("warning", "componentClasses/statusIndicator/{}/warning/indicatorColor"),
    ("warning-soft", "componentClasses/statusIndicator/{}/warning/backgroundColor"),
    ("header", "components/pageHeader/{}/background/color"),
    ("header-edge", "components/pageHeader/{}/borderColor"),
    ("footer", "components/pageFooter/{}/background/color"),
    ("footer-edge", "components/pageFooter/{}/borderColor"),
];

const RADII: &[(&str, &str)] = &[
    ("button-radius", "componentClasses/buttons/borderRadius"),
    ("input-radius", "componentClasses/input/borderRadius"),
    ("alert-radius", "components/alert/borderRadius"),
    ("form-radius", "components/form/borderRadius"),
];

/// The images of backgrounds: which rule, which category, and the setting that turns it on.
const BACKGROUNDS: &[(&str, &str, &str)] = &[
    (".hosted", "PAGE_BACKGROUND", "components/pageBackground/image/enabled"),
    (".card", "FORM_BACKGROUND", "components/form/backgroundImage/enabled"),
    (".page-header", "PAGE_HEADER_BACKGROUND", "components/pageHeader/backgroundImage/enabled"),
    (".page-footer", "PAGE_FOOTER_BACKGROUND", "components/pageFooter/backgroundImage/enabled"),
];

/// The style sheet of merged settings. `images` are relative to where it is served.
pub fn write(settings: &Value, images: &Images) -> String {
    let mut css = String::with_capacity(8 * 1024);
    let scheme = super::look::scheme(settings);
    css.push_str(":root{");
    for (name, path) in RADII {
        if let Some(radius) = at(settings, path).and_then(Value::as_f64) {
            let _ = write!(css, "--{name}:{radius}px;");
        }
    }
    css.push('}');
    for (mode, condition) in scheme.modes() {
        let rules = mode_rules(settings, *mode, images);
        let _ = if condition.is_empty() { write!(css, "{rules}") } else { write!(css, "{condition}{{{rules}}}") };
    }
    css.push_str(include_str!("managed.css"));
    layout(&mut css, settings);
    css
}

fn mode_rules(settings: &Value, mode: Mode, images: &Images) -> String {
    let mut css = format!(":root{{color-scheme:{};", mode.name());
    for (name, path) in COLORS {
        if let Some(color) = at(settings, &path.replace("{}", mode.member())).and_then(Value::as_str).filter(|c| is_color(c)) {
            let _ = write!(css, "--{name}:#{color};");
        }
    }
    css.push('}');
    for (selector, category, switch) in BACKGROUNDS {
        if is_on(settings, switch)
            && let Some(address) = images.address(category, mode)
        {
            // On a telephone the form is the page.
            let (open, close) = if *selector == ".hosted" { ("@media (width>=40rem){", "}") } else { ("", "") };
            let _ = write!(css, "{open}{selector}{{background-image:url(\"{address}\")}}{close}");
        }
    }
    css
}

fn layout(css: &mut String, settings: &Value) {
    let (gap, block) = match text(settings, "categories/global/spacingDensity") {
        "COMPACT" => ("0.75rem", "1.5rem"),
        "COMFORTABLE" => ("1.5rem", "3rem"),
        "SPACIOUS" => ("2rem", "3.5rem"),
        _ => ("1.25rem", "2.5rem"),
    };
    let _ = write!(css, ".stack{{gap:{gap}}}.sheet{{padding-block-end:{block}}}");
    let inline = match text(settings, "categories/form/location/horizontal") {
        "START" => "4rem auto",
        "END" => "auto 4rem",
        _ => "auto",
    };
    let vertical = match text(settings, "categories/form/location/vertical") {
        "START" => "3rem auto",
        "END" => "auto 3rem",
        _ => "auto",
    };
    let _ = write!(css, "@media (width>=40rem){{.stage{{margin-inline:{inline};margin-block:{vertical}}}}}");
    for (selector, path) in [
        (".logo-row", "components/form/logo/location"),
        (".page-header", "components/pageHeader/logo/location"),
        (".page-footer", "components/pageFooter/logo/location"),
    ] {
        let place = match text(settings, path) {
            "START" => "flex-start",
            "END" => "flex-end",
            _ => "center",
        };
        let _ = write!(css, "{selector}{{justify-content:{place}}}");
    }
}

/// What stands at a path.
pub fn at<'a>(settings: &'a Value, path: &str) -> Option<&'a Value> {
    path.split('/').try_fold(settings, |value, name| value.get(name))
}

pub fn text<'a>(settings: &'a Value, path: &str) -> &'a str {
    at(settings, path).and_then(Value::as_str).unwrap_or_default()
}

pub fn is_on(settings: &Value, path: &str) -> bool {
    at(settings, path).and_then(Value::as_bool).unwrap_or_default()
}

fn is_color(text: &str) -> bool {
    text.len() == 8 && text.bytes().all(|c| c.is_ascii_hexdigit())
}

#[cfg(test)]
mod tests {
    use super::super::settings::{DEFAULTS, merged};
    use super::*;
    use serde_json::json;

    #[test]
    fn every_color_and_radius_has_a_default() {
        for mode in [Mode::Light, Mode::Dark] {
            for (name, path) in COLORS {
                let path = path.replace("{}", mode.member());
                assert!(at(&DEFAULTS, &path).and_then(Value::as_str).is_some_and(is_color), "{name} {path}");
            }
        }
        for (name, path) in RADII {
            assert!(at(&DEFAULTS, path).and_then(Value::as_f64).is_some(), "{name}");
        }
        for (_, _, path) in BACKGROUNDS {
            assert!(at(&DEFAULTS, path).is_some_and(Value::is_boolean), "{path}");
        }
    }

    #[test]
    fn the_scheme_decides_which_colors_there_are() {
        let css = |mode: &str| write(&merged(Some(json!({ "categories": { "global": { "colorSchemeMode": mode } } }))), &Images::default());
        let (light, dark, both) = (css("LIGHT"), css("DARK"), css("DYNAMIC"));
        assert!(light.contains("color-scheme:light;--page:#ffffffff") && !light.contains("prefers-color-scheme"), "{light}");
        assert!(dark.contains("color-scheme:dark;--page:#0f1b2aff") && !dark.contains("--page:#ffffffff"), "{dark}");
        assert!(both.contains("@media (prefers-color-scheme:dark){:root{color-scheme:dark;--page:#0f1b2aff"), "{both}");
    }

    #[test]
    fn settings_stand_where_they_are_put() {
        let own = json!({
            "categories": { "global": { "spacingDensity": "COMPACT" }, "form": { "location": { "horizontal": "END", "vertical": "START" } } },
            "components": { "primaryButton": { "lightMode": { "defaults": { "backgroundColor": "ff9900ff" } } }, "form": { "borderRadius": 24 } },
        });
        let css = write(&merged(Some(own)), &Images::default());
        for part in ["--button:#ff9900ff", "--form-radius:24px", ".stack{gap:0.75rem}", "margin-inline:auto 4rem;margin-block:3rem auto"] {
            assert!(css.contains(part), "{part} in {css}");
        }
    }

    /// Settings are checked when they are set; a document that came past that, by a file or a defect, still writes no CSS of its own.
    #[test]
    fn nothing_is_copied() {
        fn spoil(value: &mut Value) {
            match value {
                Value::Object(members) => members.values_mut().for_each(spoil),
                Value::Array(items) => items.iter_mut().for_each(spoil),
                other => *other = json!("red}</style><script>alert(1)</script>"),
            }
        }
        let mut all = DEFAULTS.clone();
        spoil(&mut all);
        let css = write(&all, &Images::default());
        assert!(!css.contains('<') && !css.contains("red}"), "{css}");
    }
}
