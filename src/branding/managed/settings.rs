//! The settings of a style: a JSON document with the structure of the defaults.

use serde_json::{Number, Value};
use std::sync::LazyLock;

/// What a style looks like where nothing was set.
pub static DEFAULTS: LazyLock<Value> =
    LazyLock::new(|| serde_json::from_str(include_str!("default.json")).expect("the defaults are JSON, and tested"));

/// The largest radius of a corner. Pills are made with radii of thousands.
const LONGEST_RADIUS: f64 = 10_000.0;
/// The longest list, and the longest name in one.
const LONGEST_LIST: usize = 100;
const LONGEST_NAME: usize = 128;
/// The largest document, so that updates cannot pile up.
const LARGEST: usize = 128 * 1024;

/// What a place may hold where its default does not tell.
enum Rule {
    /// Reserved for later: Cognito does not say what belongs here.
    Reserved,
    OneOf(&'static [&'static str]),
    /// A value of an enumeration that is not documented in full.
    Word,
    List(&'static [&'static str]),
    /// Names of identity providers.
    Names,
    /// How people sign in: groups of `{display, type}`.
    Methods,
    /// Buttons of identity providers by name, each like the standard one.
    Buttons,
}

const ALIGNMENTS: &[&str] = &["START", "CENTER", "END"];

fn rule(path: &str) -> Option<Rule> {
    Some(match path {
        "categories.signUp"
        | "categories.form.instructions"
        | "categories.form.languageSelector"
        | "categories.form.sessionTimerDisplay" => Rule::Reserved,
        "categories.auth.authMethodOrder" => Rule::Methods,
        "categories.auth.federation.interfaceStyle" | "components.phoneNumberSelector.displayType" => Rule::Word,
        "categories.auth.federation.order" => Rule::Names,
        "categories.form.location.horizontal" | "categories.form.location.vertical" => Rule::OneOf(ALIGNMENTS),
        "categories.global.colorSchemeMode" => Rule::OneOf(&["LIGHT", "DARK", "DYNAMIC"]),
        "categories.global.spacingDensity" => Rule::OneOf(&["COMPACT", "REGULAR", "COMFORTABLE", "SPACIOUS"]),
        "components.favicon.enabledTypes" => Rule::List(&["ICO", "SVG"]),
        "components.form.logo.formInclusion" => Rule::OneOf(&["IN", "OUT"]),
        "components.form.logo.position" => Rule::OneOf(&["TOP", "BOTTOM"]),
        "components.form.logo.location" | "components.pageFooter.logo.location" | "components.pageHeader.logo.location" => {
            Rule::OneOf(ALIGNMENTS)
        }
        "components.idpButton.custom" => Rule::Buttons,
        _ => return None,
    })
}

/// Checks settings; the refusal names the place.
pub fn check(settings: &Value) -> Result<(), String> {
    if !settings.is_object() {
        return Err("Settings must be a JSON object.".to_owned());
    }
    same_shape("", &DEFAULTS, settings)
}

/// Checks that a document which updates put together is not too large.
pub fn check_size(settings: &Value) -> Result<(), String> {
    if settings.to_string().len() > LARGEST { Err("Settings is too large.".to_owned()) } else { Ok(()) }
}

/// Puts one document over another: objects are joined, everything else is replaced.
pub fn merge(base: &mut Value, over: Value) {
    match (base, over) {
        (Value::Object(base), Value::Object(over)) => {
            for (name, value) in over {
                merge(base.entry(name).or_insert(Value::Null), value);
            }
        }
        (base, over) => *base = over,
    }
}

/// The defaults with a style's own settings over them.
pub fn merged(own: Option<Value>) -> Value {
    let mut all = DEFAULTS.clone();
    if let Some(own) = own {
        merge(&mut all, own);
    }
    all
}

fn same_shape(path: &str, default: &Value, given: &Value) -> Result<(), String> {
    if let Some(rule) = rule(path) {
        return rule.check(path, given);
    }
    match (default, given) {
        (Value::Object(known), Value::Object(members)) => members.iter().try_for_each(|(name, value)| {
            let below = join(path, name);
            known.get(name).map_or_else(|| refuse(&below, "is not a known setting"), |default| same_shape(&below, default, value))
        }),
        (Value::Object(_), _) => refuse(path, "must be an object"),
        (Value::Bool(_), Value::Bool(_)) => Ok(()),
        (Value::Bool(_), _) => refuse(path, "must be true or false"),
        (Value::Number(_), Value::Number(number)) if is_radius(number) => Ok(()),
        (Value::Number(_), _) => refuse(path, "must be a number from 0 to 10000"),
        (Value::String(_), Value::String(text)) if is_color(text) => Ok(()),
        _ => refuse(path, "must be a color of 8 hexadecimal digits"),
    }
}

impl Rule {
    fn check(&self, path: &str, given: &Value) -> Result<(), String> {
        match self {
            Self::Reserved => Ok(()),
            Self::OneOf(values) => one_of(path, values, given),
            Self::Word if given.as_str().is_some_and(is_word) => Ok(()),
            Self::Word => refuse(path, "must be a name of capital letters"),
            Self::List(values) => each(path, given, |path, item| one_of(path, values, item)),
            Self::Names => each(path, given, |path, item| match item.as_str() {
                Some(name) if !name.is_empty() && name.chars().count() <= LONGEST_NAME => Ok(()),
                _ => refuse(path, "must be the name of an identity provider"),
            }),
            Self::Methods => each(path, given, |path, group| each(path, group, method)),
            Self::Buttons => buttons(path, given),
        }
    }
}

fn method(path: &str, given: &Value) -> Result<(), String> {
    let Value::Object(members) = given else { return refuse(path, "must be an object") };
    for (name, value) in members {
        match name.as_str() {
            "display" => one_of(&join(path, name), &["BUTTON", "INPUT"], value)?,
            "type" => one_of(&join(path, name), &["FEDERATED", "USERNAME_PASSWORD"], value)?,
            _ => return refuse(&join(path, name), "is not a known setting"),
        }
    }
    if members.len() == 2 { Ok(()) } else { refuse(path, "must have a display and a type") }
}

fn buttons(path: &str, given: &Value) -> Result<(), String> {
    let Value::Object(members) = given else { return refuse(path, "must be an object") };
    let standard = DEFAULTS.pointer("/components/idpButton/standard").unwrap_or(&Value::Null);
    members.iter().try_for_each(|(name, button)| {
        let below = join(path, name);
        if name.chars().count() > LONGEST_NAME {
            return refuse(&below, "is too long a name");
        }
        same_shape(&below, standard, button)
    })
}

fn each(path: &str, given: &Value, check: impl Fn(&str, &Value) -> Result<(), String>) -> Result<(), String> {
    match given {
        Value::Array(items) if items.len() <= LONGEST_LIST => {
            items.iter().enumerate().try_for_each(|(index, item)| check(&format!("{path}[{index}]"), item))
        }
        _ => refuse(path, &format!("must be a list of at most {LONGEST_LIST} items")),
    }
}

fn one_of(path: &str, values: &[&str], given: &Value) -> Result<(), String> {
    match given {
        Value::String(text) if values.contains(&text.as_str()) => Ok(()),
        _ => refuse(path, &format!("must be one of [{}]", values.join(", "))),
    }
}

fn is_color(text: &str) -> bool {
    text.len() == 8 && text.bytes().all(|c| c.is_ascii_hexdigit())
}

fn is_radius(number: &Number) -> bool {
    number.as_f64().is_some_and(|n| (0.0..=LONGEST_RADIUS).contains(&n))
}

fn is_word(text: &str) -> bool {
    (1..=64).contains(&text.len()) && text.bytes().all(|c| c.is_ascii_uppercase() || c.is_ascii_digit() || c == b'_')
}

fn join(path: &str, name: &str) -> String {
    let name: String = name.chars().take(64).collect();
    if path.is_empty() { name } else { format!("{path}.{name}") }
}

fn refuse<T>(path: &str, what: &str) -> Result<T, String> {
    Err(format!("Settings is not valid: {path} {what}."))
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    /// Every value of a document that holds no other, by its path.
    fn leaves(path: &str, value: &Value, out: &mut Vec<(String, Value)>) {
        match value {
            Value::Object(members) if !members.is_empty() => members.iter().for_each(|(n, v)| leaves(&join(path, n), v, out)),
            leaf => out.push((path.to_owned(), leaf.clone())),
        }
    }

    #[test]
    fn the_defaults_are_allowed_and_every_place_in_them_has_a_rule() {
        check(&DEFAULTS).unwrap();
        let mut all = Vec::new();
        leaves("", &DEFAULTS, &mut all);
        assert!(all.len() > 150, "{}", all.len());
        for (path, value) in all.into_iter().filter(|(path, _)| rule(path).is_none()) {
            let known = value.is_boolean() || value.is_number() || value.as_str().is_some_and(is_color);
            assert!(known || path.starts_with("categories.signUp") || path.starts_with("categories.form."), "{path}: {value}");
        }
    }

    #[test]
    fn what_is_documented_is_allowed() {
        for settings in [
            json!({}),
            json!({ "categories": { "global": { "colorSchemeMode": "DYNAMIC", "spacingDensity": "COMPACT" } } }),
            json!({ "categories": { "form": { "location": { "horizontal": "END", "vertical": "START" }, "sessionTimerDisplay": { "a": [1] } } } }),
            json!({ "categories": { "signUp": { "anything": null }, "form": { "instructions": { "enabled": true }, "languageSelector": 7 } } }),
            json!({ "categories": { "auth": { "federation": { "interfaceStyle": "DOMAIN_INPUT", "order": ["Google", "Okta"] }, "authMethodOrder": [] } } }),
            json!({ "componentClasses": { "buttons": { "borderRadius": 9999 }, "input": { "borderRadius": 0.5 } } }),
            json!({ "components": { "idpButton": { "custom": { "Okta": { "lightMode": { "hover": { "textColor": "00112233" } } } } } } }),
            json!({ "components": { "form": { "logo": { "formInclusion": "OUT", "position": "BOTTOM" } }, "favicon": { "enabledTypes": [] } } }),
        ] {
            assert_eq!(check(&settings), Ok(()), "{settings}");
        }
    }

    #[test]
    fn a_refusal_names_the_place() {
        for (settings, message) in [
            (json!([]), "Settings must be a JSON object."),
            (json!("{}"), "Settings must be a JSON object."),
            (json!({ "color": "red" }), "Settings is not valid: color is not a known setting."),
            (json!({ "components": { "pageText": 7 } }), "Settings is not valid: components.pageText must be an object."),
            (
                json!({ "components": { "pageText": { "lightMode": { "bodyColor": "#414d5c" } } } }),
                "Settings is not valid: components.pageText.lightMode.bodyColor must be a color of 8 hexadecimal digits.",
            ),
            (
                json!({ "categories": { "global": { "colorSchemeMode": "PURPLE" } } }),
                "Settings is not valid: categories.global.colorSchemeMode must be one of [LIGHT, DARK, DYNAMIC].",
            ),
            (
                json!({ "componentClasses": { "buttons": { "borderRadius": -1 } } }),
                "Settings is not valid: componentClasses.buttons.borderRadius must be a number from 0 to 10000.",
            ),
            (
                json!({ "categories": { "form": { "displayGraphics": "yes" } } }),
                "Settings is not valid: categories.form.displayGraphics must be true or false.",
            ),
            (
                json!({ "categories": { "auth": { "authMethodOrder": [[{ "display": "INPUT", "type": "MAGIC" }]] } } }),
                "Settings is not valid: categories.auth.authMethodOrder[0][0].type must be one of [FEDERATED, USERNAME_PASSWORD].",
            ),
            (
                json!({ "components": { "favicon": { "enabledTypes": ["ICO", "PNG"] } } }),
                "Settings is not valid: components.favicon.enabledTypes[1] must be one of [ICO, SVG].",
            ),
            (
                json!({ "components": { "idpButton": { "custom": { "Okta": { "lightMode": { "hover": { "glow": 1 } } } } } } }),
                "Settings is not valid: components.idpButton.custom.Okta.lightMode.hover.glow is not a known setting.",
            ),
        ] {
            assert_eq!(check(&settings), Err(message.to_owned()), "{settings}");
        }
    }

    #[test]
    fn objects_are_joined_and_lists_are_replaced() {
        let mut base = json!({ "a": { "b": 1, "c": [1, 2] }, "d": true });
        merge(&mut base, json!({ "a": { "c": [3], "e": 2 } }));
        assert_eq!(base, json!({ "a": { "b": 1, "c": [3], "e": 2 }, "d": true }));
        let all = merged(Some(json!({ "components": { "alert": { "borderRadius": 1 } } })));
        assert_eq!((all["components"]["alert"]["borderRadius"].clone(), all["components"]["pageText"].is_object()), (json!(1), true));
        check(&all).unwrap();
    }
}
