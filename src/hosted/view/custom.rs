//! The page of a challenge that a pool's own functions make.

use leptos::prelude::*;

use super::{Chrome, Elsewhere, Field, FieldKind};
use crate::hosted::custom_form::{CustomForm, Kind};
use crate::languages::{Text, Words};
use crate::ui::{Form, Input, Page, words};

/// What the page shows. Posts `step` and `answer`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Custom {
    /// What surrounds the content.
    pub chrome: Chrome,
    /// Which step the form answers.
    pub step: String,
    /// What is asked.
    pub form: CustomForm,
    /// Where one signs in.
    pub log_in_url: String,
}

/// Draws the page.
pub fn view(model: Custom) -> impl IntoView {
    let Custom { chrome, step, form, log_in_url } = model;
    let noticed = chrome.notice.is_some();
    let heading = form.title.clone().map_or_else(|| chrome.words.get("mfa.heading"), Text::from);
    let lead = form.description.clone().map_or_else(|| chrome.words.get("custom.lead"), Text::from);
    let lead = view! { <span class="whitespace-pre-line">{lead}</span> }.into_any();
    let image = form.image.clone().map(|src| view! { <img class="challenge-image" src=src alt=form.image_alt.clone() /> });
    let class = if form.kind == Kind::Choice { "ways" } else { "stack" };
    let input = input(&chrome.words, &form).map(|field| view! { <Input field autofocus=true noticed /> });
    let buttons = buttons(&chrome.words, &form);
    view! {
        <Page chrome=chrome.clone() heading lead>
            {image}
            <Form csrf=chrome.csrf class=class>
                <input type="hidden" name="step" value=step />
                {input}
                {buttons}
            </Form>
            <Elsewhere text=words().get("page.not_you") href=log_in_url link=words().get("page.someone_else") />
        </Page>
    }
}

fn input(words: &Words, form: &CustomForm) -> Option<Field> {
    let (kind, autocomplete) = match form.kind {
        Kind::Choice | Kind::None => return None,
        Kind::Text => (FieldKind::Text, "off"),
        Kind::Code => (FieldKind::Code, "one-time-code"),
        Kind::Password => (FieldKind::Password, "off"),
    };
    let label =
        form.label.clone().unwrap_or_else(|| words.get(if kind == FieldKind::Code { "mfa.code" } else { "custom.answer" }).into_owned());
    Some(Field { name: "answer".into(), label, kind, autocomplete, required: true, ..Field::default() })
}

fn buttons(words: &Words, form: &CustomForm) -> AnyView {
    if form.kind == Kind::Choice {
        let choice = |choice: crate::hosted::custom_form::Choice| {
            view! {
                <button class="button button-quiet" type="submit" name="answer" value=choice.value>
                    {choice.label}
                </button>
            }
        };
        return form.choices.iter().cloned().map(choice).collect::<Vec<_>>().into_any();
    }
    let submit = form.submit.clone().map_or_else(|| words.get("page.continue"), Text::from);
    view! {
        <button class="button submitButton-customizable" type="submit">
            {submit}
        </button>
    }
    .into_any()
}
