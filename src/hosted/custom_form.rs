//! How the page of a CUSTOM_CHALLENGE looks, as the pool's functions say in `publicChallengeParameters`. Every key is optional:
//!
//! | Key | What |
//! |---|---|
//! | `form.title`, `form.description`, `form.label`, `form.submit` | the heading, the text below it, what the answer is called, and the button |
//! | `form.type` | `text` (one line), `code` (digits), `password` (hidden), `choice` (one of `form.choices`), `none` (a button alone) |
//! | `form.choices` | a JSON list of texts, or of `{"value": …, "label": …}`; twenty at most |
//! | `form.image`, `form.imageAlt` | an `https:` address, or `data:image/png;base64,…` (also JPEG, GIF and WebP), and its description |
//!
//! What is too long is cut, what is wrong is left out: a person can always answer.

use serde::{Deserialize, Serialize};
use std::borrow::Cow;
use std::collections::BTreeMap;

/// The longest heading, label and button, in characters.
const LINE: usize = 120;
const DESCRIPTION: usize = 1_000;
const CHOICES: usize = 20;
/// The longest value of a choice, in bytes: what a form may send.
const VALUE: usize = 2_048;
const IMAGE_ADDRESS: usize = 2_048;
/// The largest image inside the page, in base64.
const IMAGE_DATA: usize = 140 * 1024;

#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Kind {
    #[default]
    Text,
    Code,
    Password,
    Choice,
    None,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Choice {
    pub value: String,
    pub label: String,
}

#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct CustomForm {
    pub title: Option<String>,
    pub description: Option<String>,
    pub label: Option<String>,
    pub submit: Option<String>,
    pub kind: Kind,
    pub choices: Vec<Choice>,
    pub image: Option<String>,
    pub image_alt: String,
}

impl CustomForm {
    pub fn of(parameters: &BTreeMap<Cow<'static, str>, String>) -> Self {
        let get = |name: &str| parameters.get(name).map(String::as_str);
        let line = |name: &str| get(name).map(|text| cut(text, LINE)).filter(|text| !text.is_empty());
        let choices = get("form.choices").map(choices).unwrap_or_default();
        let kind = match get("form.type") {
            Some("code") => Kind::Code,
            Some("password") => Kind::Password,
            Some("choice") if !choices.is_empty() => Kind::Choice,
            Some("none") => Kind::None,
            _ => Kind::Text,
        };
        Self {
            title: line("form.title"),
            description: get("form.description").map(|text| cut(text, DESCRIPTION)).filter(|text| !text.is_empty()),
            label: line("form.label"),
            submit: line("form.submit"),
            kind,
            choices: if kind == Kind::Choice { choices } else { Vec::new() },
            image: get("form.image").filter(|address| is_image(address)).map(str::to_owned),
            image_alt: line("form.imageAlt").unwrap_or_default(),
        }
    }

    /// The answer as the function gets it; nothing where the form's own rules are broken.
    pub fn answer(&self, given: &str) -> Option<String> {
        match self.kind {
            Kind::None => Some("confirmed".to_owned()),
            Kind::Choice => self.choices.iter().find(|c| c.value == given).map(|c| c.value.clone()),
            Kind::Code => Some(given.chars().filter(|c| !c.is_whitespace()).collect::<String>()).filter(|code| !code.is_empty()),
            Kind::Text => Some(given.trim().to_owned()).filter(|text| !text.is_empty()),
            Kind::Password => Some(given.to_owned()).filter(|text| !text.is_empty()),
        }
    }

    /// The origin that the page's policy must let an image come from.
    pub fn image_origin(&self) -> Option<String> {
        let url = url::Url::parse(self.image.as_deref()?).ok()?;
        (url.scheme() == "https").then(|| url.origin().ascii_serialization())
    }
}

fn cut(text: &str, longest: usize) -> String {
    text.trim().chars().filter(|c| !c.is_control() || *c == '\n').take(longest).collect()
}

fn choices(json: &str) -> Vec<Choice> {
    #[derive(Deserialize)]
    #[serde(untagged)]
    enum Given {
        Text(String),
        Named { value: String, label: Option<String> },
    }
    let given: Vec<Given> = serde_json::from_str(json).unwrap_or_default();
    let choice = |given| {
        let (value, label) = match given {
            Given::Text(text) => (text.clone(), text),
            Given::Named { value, label } => (value.clone(), label.unwrap_or(value)),
        };
        Choice { value, label: cut(&label, LINE) }
    };
    given.into_iter().map(choice).filter(|c| !c.value.is_empty() && c.value.len() <= VALUE && !c.label.is_empty()).take(CHOICES).collect()
}

/// Whether an address is that of an image which the page's policy can allow: on the web by HTTPS, or inside the page and without script.
fn is_image(address: &str) -> bool {
    if let Some(rest) = address.strip_prefix("data:image/") {
        let data = ["png", "jpeg", "gif", "webp"].iter().find_map(|kind| rest.strip_prefix(kind)?.strip_prefix(";base64,"));
        let is_base64 = |data: &str| !data.is_empty() && data.bytes().all(|c| c.is_ascii_alphanumeric() || matches!(c, b'+' | b'/' | b'='));
        return address.len() <= IMAGE_DATA && data.is_some_and(is_base64);
    }
    let url = url::Url::parse(address).ok().filter(|url| url.scheme() == "https" && url.username().is_empty() && url.password().is_none());
    address.len() <= IMAGE_ADDRESS && url.is_some_and(|url| url.host_str().is_some_and(|host| !host.is_empty()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn form(pairs: &[(&'static str, &str)]) -> CustomForm {
        CustomForm::of(&pairs.iter().map(|(name, value)| (Cow::Borrowed(*name), (*value).to_owned())).collect())
    }

    #[test]
    fn without_a_form_there_is_one_line_to_fill() {
        assert_eq!(form(&[("riddle", "what is it?"), ("type", "choice")]), CustomForm::default());
        assert_eq!(form(&[("form.type", "choice"), ("form.choices", "[1]")]).kind, Kind::Text);
    }

    #[test]
    fn texts_are_cut_and_choices_hold() {
        let long = form(&[
            ("form.title", &"x".repeat(500)),
            ("form.type", "choice"),
            ("form.choices", r#"["a", {"value": "b", "label": "Bee"}, {"value": ""}]"#),
        ]);
        assert_eq!(long.title.as_ref().map(String::len), Some(LINE));
        assert_eq!(long.choices.len(), 2);
        assert_eq!((long.answer("b").as_deref(), long.answer("c")), (Some("b"), None));
        assert_eq!(form(&[("form.type", "code")]).answer(" 12 34 ").as_deref(), Some("1234"));
        assert_eq!(form(&[("form.type", "none")]).answer("x").as_deref(), Some("confirmed"));
    }

    #[test]
    fn only_images_without_script_are_shown() {
        for good in ["https://img.example/captcha.png?x=1", "data:image/png;base64,iVBORw0KGgo=", "data:image/webp;base64,AAAA"] {
            assert_eq!(form(&[("form.image", good)]).image.as_deref(), Some(good));
        }
        for bad in [
            "http://img.example/a.png",
            "javascript:alert(1)",
            "data:image/svg+xml;base64,AAAA",
            "data:image/png;base64,\"><script>",
            "https://user@img.example/",
            "//img.example/a.png",
        ] {
            assert_eq!(form(&[("form.image", bad)]).image, None, "{bad}");
        }
        let odd = form(&[("form.image", "https://img.example:8443/a;img-src *")]);
        assert_eq!(odd.image_origin().as_deref(), Some("https://img.example:8443"));
    }
}
