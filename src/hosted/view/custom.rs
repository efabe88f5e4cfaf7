//! The page of a challenge that a pool's own functions make.

use leptos::prelude::*;

use super::{Chrome, Elsewhere, Field, FieldKind};
use crate::hosted::custom_form::{CustomForm, Kind};
use crate::ui::{Form, Input, Page};

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
    let heading = form.title.clone().unwrap_or_else(|| "Confirm that it is you".to_owned());
    let lead = form.description.clone().unwrap_or_else(|| "Answer to go on".to_owned());
    let lead = view! { <span class="whitespace-pre-line">{lead}</span> }.into_any();
    let image = form.image.clone().map(|src| view! { <img class="challenge-image" src=src alt=form.image_alt.clone() /> });
    let class = if form.kind == Kind::Choice { "ways" } else { "stack" };
    let input = input(&form).map(|field| view! { <Input field autofocus=true noticed /> });
    let buttons = buttons(&form);
    view! {
        <Page chrome=chrome.clone() heading lead>
            {image}
            <Form csrf=chrome.csrf class=class>
                <input type="hidden" name="step" value=step />
                {input}
                {buttons}
            </Form>
            <Elsewhere text="Not you?" href=log_in_url link="Sign in as someone else" />
        </Page>
    }
}

fn input(form: &CustomForm) -> Option<Field> {
    let (kind, autocomplete) = match form.kind {
        Kind::Choice | Kind::None => return None,
        Kind::Text => (FieldKind::Text, "off"),
        Kind::Code => (FieldKind::Code, "one-time-code"),
        Kind::Password => (FieldKind::Password, "off"),
    };
    let label = form.label.clone().unwrap_or_else(|| if kind == FieldKind::Code { "Code".to_owned() } else { "Answer".to_owned() });
    Some(Field { name: "answer".into(), label, kind, autocomplete, required: true, ..Field::default() })
}

fn buttons(form: &CustomForm) -> AnyView {
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
    let submit = form.submit.clone().unwrap_or_else(|| "Continue".to_owned());
    view! {
        <button class="button submitButton-customizable" type="submit">
            {submit}
        </button>
    }
    .into_any()
}
