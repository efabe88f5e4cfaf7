//! The page that asks whether to sign out, where nothing proves that the person's application asked for it.

use leptos::prelude::*;

use super::Chrome;
use crate::ui::{Form, Page};

/// What the page shows. Posts `decision`: `out` or `stay`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct SignOut {
    /// What surrounds the content.
    pub chrome: Chrome,
    /// Who would be signed out.
    pub people: Vec<String>,
    /// Whether the person has chosen to stay.
    pub stays: bool,
}

/// Draws the page.
pub fn view(model: SignOut) -> impl IntoView {
    let SignOut { chrome, people, stays } = model;
    if stays {
        let lead = "You can close this window".into_any();
        return view! { <Page chrome heading="You are still signed in".to_owned() lead>""</Page> }.into_any();
    }
    let lead = match people.is_empty() {
        true => "Nobody is signed in here at the moment".into_any(),
        false => view! { "You are signed in as " <bdi>{people.join(", ")}</bdi> }.into_any(),
    };
    view! {
        <Page chrome=chrome.clone() heading="Sign out?".to_owned() lead>
            <Form csrf=chrome.csrf>
                <button class="button submitButton-customizable" type="submit" name="decision" value="out">
                    "Sign out"
                </button>
                <button class="button button-quiet" type="submit" name="decision" value="stay">
                    "Stay signed in"
                </button>
            </Form>
        </Page>
    }
    .into_any()
}
