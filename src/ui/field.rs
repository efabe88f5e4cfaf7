//! One field of a form: label, input, hint, rules and error, tied together for assistive technology.

use leptos::prelude::*;

use super::notice::NOTICE_ID;
use super::words;

/// What a field takes, and so which keyboard and which built-in check the browser offers.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum FieldKind {
    /// Any single line.
    #[default]
    Text,
    /// A name to sign in with: not to be capitalised or spell-checked, and not necessarily an address.
    Username,
    /// An e-mail address.
    Email,
    /// A telephone number.
    Tel,
    /// A password; its value is never sent back to the browser.
    Password,
    /// A numeric one-time code.
    Code,
    /// A calendar date.
    Date,
    /// A web address.
    Url,
}

impl FieldKind {
    fn input_type(self) -> &'static str {
        match self {
            Self::Text | Self::Username | Self::Code => "text",
            Self::Email => "email",
            Self::Tel => "tel",
            Self::Password => "password",
            Self::Date => "date",
            Self::Url => "url",
        }
    }

    /// The keyboard, where the input type does not already say it. The e-mail keyboard can type
    /// everything that a username or a telephone number may consist of.
    fn inputmode(self) -> Option<&'static str> {
        match self {
            Self::Username => Some("email"),
            Self::Code => Some("numeric"),
            _ => None,
        }
    }

    fn is_prose(self) -> bool {
        matches!(self, Self::Text)
    }
}

/// One field of a form.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Field {
    /// The name it is posted under; also its id.
    pub name: String,
    /// The text above it.
    pub label: String,
    /// What it takes.
    pub kind: FieldKind,
    /// What it is filled with.
    pub value: String,
    /// The autofill token (HTML, "autofill detail tokens").
    pub autocomplete: &'static str,
    /// Whether it may not stay empty.
    pub required: bool,
    /// Help below the input.
    pub hint: Option<String>,
    /// What is wrong with the value.
    pub error: Option<String>,
}

/// The field that wants the cursor: the first one in error, else the first required one without a value.
pub fn first_to_fill(fields: &[Field]) -> Option<usize> {
    let in_error = fields.iter().position(|field| field.error.is_some());
    in_error.or_else(|| fields.iter().position(|field| field.required && field.value.is_empty()))
}

/// The ids of everything that describes a field, for `aria-describedby`.
fn described_by(field: &Field, has_rules: bool, has_notice: bool) -> Option<String> {
    let name = &field.name;
    let ids = [
        has_notice.then(|| NOTICE_ID.to_owned()),
        field.error.is_some().then(|| format!("{name}-error")),
        field.hint.is_some().then(|| format!("{name}-hint")),
        has_rules.then(|| format!("{name}-rules")),
    ];
    let ids: Vec<String> = ids.into_iter().flatten().collect();
    (!ids.is_empty()).then(|| ids.join(" "))
}

/// Draws a [`Field`].
#[component]
pub fn Input(
    /// What to draw.
    field: Field,
    /// Whether the cursor starts here.
    #[prop(optional)]
    autofocus: bool,
    /// Whether a notice stands above the form: it is then read out together with the focused field.
    #[prop(optional)]
    noticed: bool,
    /// What a new password must satisfy.
    #[prop(optional)]
    rules: Vec<String>,
) -> impl IntoView {
    let describedby = described_by(&field, !rules.is_empty(), noticed && autofocus);
    let (label, optional) = (field.label.clone(), !field.required);
    let (name, error, hint) = (field.name.clone(), field.error.clone(), field.hint.clone());
    let broken = error.is_some();
    view! {
        <div>
            <label class="label label-customizable" for=name.clone()>
                {label}
                {optional.then(|| view! { " " <span class="optional">{words().get("page.optional")}</span> })}
            </label>
            {control(field, autofocus, describedby)}
            {error.map(|text| view! { <p class="hint hint-error" id=format!("{name}-error")>{text}</p> })}
            {hint.map(|text| view! { <p class="hint" id=format!("{name}-hint")>{text}</p> })}
            {(!rules.is_empty()).then(|| view! { <Rules id=format!("{name}-rules") rules broken /> })}
        </div>
    }
}

/// The input element itself.
fn control(field: Field, autofocus: bool, describedby: Option<String>) -> impl IntoView {
    let kind = field.kind;
    let class = match kind {
        FieldKind::Code => "control code inputField-customizable",
        _ => "control inputField-customizable",
    };
    let value = (kind != FieldKind::Password && !field.value.is_empty()).then_some(field.value);
    view! {
        <input
            class=class
            id=field.name.clone()
            name=field.name
            type=kind.input_type()
            inputmode=kind.inputmode()
            autocomplete=field.autocomplete
            autocapitalize=(!kind.is_prose()).then_some("none")
            spellcheck=(!kind.is_prose()).then_some("false")
            value=value
            required=field.required
            autofocus=autofocus
            aria-invalid=field.error.is_some().then_some("true")
            aria-describedby=describedby
        />
    }
}

/// What a new password must satisfy.
#[component]
fn Rules(id: String, rules: Vec<String>, broken: bool) -> impl IntoView {
    let class = broken.then_some("passwordCheck-notValid-customizable");
    let items: Vec<_> = rules.into_iter().map(|rule| view! { <li class=class>{rule}</li> }).collect();
    view! { <ul class="hint rules" id=id>{items}</ul> }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ui::render;

    fn field(name: &str) -> Field {
        Field { name: name.into(), label: name.into(), required: true, ..Field::default() }
    }

    #[test]
    fn focus_goes_to_the_error_then_to_the_first_empty_field() {
        let filled = Field { value: "x".into(), ..field("a") };
        let wrong = Field { error: Some("no".into()), ..field("c") };
        let optional = Field { required: false, ..field("o") };
        assert_eq!(first_to_fill(&[filled.clone(), field("b"), wrong]), Some(2));
        assert_eq!(first_to_fill(&[filled.clone(), optional, field("b")]), Some(2));
        assert_eq!(first_to_fill(&[filled]), None);
    }

    #[test]
    fn a_field_in_error_points_at_everything_that_explains_it() {
        let field = Field {
            kind: FieldKind::Password,
            value: "secret".into(),
            hint: Some("h".into()),
            error: Some("e".into()),
            ..field("password")
        };
        let html = render(view! { <Input field=field autofocus=true noticed=true rules=vec!["long".to_owned()] /> });
        assert!(html.contains(r#"aria-describedby="notice password-error password-hint password-rules""#), "{html}");
        assert!(html.contains(r#"aria-invalid="true""#), "{html}");
        assert!(html.contains(r#"class="passwordCheck-notValid-customizable">long"#), "{html}");
        assert!(!html.contains("secret"), "a password is never sent back: {html}");
    }
}
