//! The page on which a person chooses how to prove themselves, or what to set up for that.

use leptos::prelude::*;

use super::{Chrome, Elsewhere};
use crate::languages::Text;
use crate::ui::{Form, Page, words};

/// What the page shows. Posts `step` and `factor`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct MfaChoice {
    /// What surrounds the content.
    pub chrome: Chrome,
    /// Which step the form answers.
    pub step: String,
    /// Whether what is chosen has to be set up first.
    pub sets_up: bool,
    /// What there is to choose from.
    pub options: Vec<Choice>,
    /// Where one signs in.
    pub log_in_url: String,
}

/// One way.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Choice {
    /// What is posted as `factor`.
    pub value: &'static str,
    /// What stands before it.
    pub icon: Icon,
    /// What it is called.
    pub label: Text,
    /// What it means.
    pub hint: Text,
}

/// What a way is recognised by.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Icon {
    App,
    Phone,
    Mail,
}

impl Icon {
    /// Lines in a square of 24.
    fn path(self) -> &'static str {
        match self {
            Self::App => "M12 3 5 6v5c0 4.5 3 8 7 10 4-2 7-5.5 7-10V6zM9 12l2 2 4-4.5",
            Self::Phone => "M4 5h16v11h-9l-4 4v-4H4zM8 9h8M8 12h5",
            Self::Mail => "M3 6h18v12H3zM3 7l9 6.5L21 7",
        }
    }
}

/// Draws the page.
pub fn view(model: MfaChoice) -> impl IntoView {
    let MfaChoice { chrome, step, sets_up, options, log_in_url } = model;
    let (heading, lead) = if sets_up { ("mfa.set_up_heading", "mfa.set_up_lead") } else { ("mfa.heading", "mfa.choose") };
    let buttons: Vec<_> = options.into_iter().map(|option| view! { <Way option /> }).collect();
    let (heading, lead) = (chrome.words.get(heading), chrome.words.get(lead).into_any());
    view! {
        <Page chrome=chrome.clone() heading lead>
            <Form csrf=chrome.csrf class="ways">
                <input type="hidden" name="step" value=step />
                {buttons}
            </Form>
            <Elsewhere text=words().get("page.not_you") href=log_in_url link=words().get("page.someone_else") />
        </Page>
    }
}

#[component]
fn Way(option: Choice) -> impl IntoView {
    view! {
        <button class="button button-quiet way" type="submit" name="factor" value=option.value>
            <svg viewBox="0 0 24 24" aria-hidden="true">
                <path d=option.icon.path()></path>
            </svg>
            <span>
                <span class="way-name">{option.label}</span>
                " "
                <span class="way-hint">{option.hint}</span>
            </span>
        </button>
    }
}
