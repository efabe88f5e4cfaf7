//! The pages on which a person lets a device sign in (RFC 8628, 3.3): enter its code, decide, and the end.

use leptos::prelude::*;

use super::{Chrome, Elsewhere, Field, FieldKind};
use crate::ui::{Form, Input, Page, Submit, phrase, strong, words};

/// The page that asks for the code. Posts `user_code`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct DeviceCode {
    /// What surrounds the content.
    pub chrome: Chrome,
    /// What was typed before.
    pub user_code: String,
}

/// Draws the page that asks for the code.
pub fn code(model: DeviceCode) -> impl IntoView {
    let DeviceCode { chrome, user_code } = model;
    let noticed = chrome.notice.is_some();
    let field = Field {
        name: "user_code".into(),
        label: chrome.words.get("device.code").into_owned(),
        kind: FieldKind::Text,
        value: user_code,
        hint: Some(chrome.words.get("device.code_hint").into_owned()),
        autocomplete: "off",
        required: true,
        ..Field::default()
    };
    let lead = chrome.words.get("device.lead").into_any();
    let (heading, csrf) = (chrome.words.get("device.heading"), chrome.csrf.clone());
    view! {
        <Page chrome heading lead>
            <Form csrf>
                <Input field autofocus=true noticed />
                <Submit label=words().get("page.continue") />
            </Form>
        </Page>
    }
}

/// The page that asks for a decision. Posts `user_code` and `action`: `allow` or `deny`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct DeviceDecision {
    /// What surrounds the content.
    pub chrome: Chrome,
    /// The name of the application on the device.
    pub client_name: String,
    /// The code, to be compared with what the device shows.
    pub user_code: String,
    /// Who is signed in.
    pub username: String,
    /// What the application will be able to do.
    pub scopes: Vec<String>,
    /// Where one signs in as somebody else.
    pub log_in_url: String,
}

/// Draws the page that asks for a decision.
pub fn decision(model: DeviceDecision) -> impl IntoView {
    let DeviceDecision { chrome, client_name, user_code, username, scopes, log_in_url } = model;
    let lead = phrase(&chrome.words, "device.wants", [("client", strong(client_name)), ("username", strong(username))]);
    let (heading, csrf) = (chrome.words.get("device.decide"), chrome.csrf.clone());
    let scopes: Vec<_> = scopes.into_iter().map(|scope| view! { <li>{scope}</li> }).collect();
    view! {
        <Page chrome heading lead>
            <p class="raw mt-6 rounded-lg text-center text-lg tracking-widest">{user_code.clone()}</p>
            <p class="mt-3 text-center text-sm text-muted">
                {words().get("device.warning")}
            </p>
            <p class="mt-6 text-sm font-medium">{words().get("device.able_to")}</p>
            <ul class="mt-2 list-disc space-y-1 ps-5 text-sm">{scopes}</ul>
            <Form csrf>
                <input type="hidden" name="user_code" value=user_code />
                <button class="button submitButton-customizable" type="submit" name="action" value="allow">
                    {words().get("device.connect")}
                </button>
                <button class="button button-quiet" type="submit" name="action" value="deny">
                    {words().get("device.refuse")}
                </button>
            </Form>
            <Elsewhere text=words().get("page.not_you") href=log_in_url link=words().get("page.someone_else") />
        </Page>
    }
}

/// The page at the end.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct DeviceDone {
    /// What surrounds the content.
    pub chrome: Chrome,
    /// Whether the device was allowed.
    pub allowed: bool,
}

/// Draws the page at the end.
pub fn done(model: DeviceDone) -> impl IntoView {
    let words = &model.chrome.words;
    let (heading, lead) = if model.allowed {
        (words.get("device.connected"), words.get("device.connected_lead"))
    } else {
        (words.get("device.refused"), words.get("device.refused_lead"))
    };
    view! {
        <Page chrome=model.chrome heading lead=lead.into_any()>
            ""
        </Page>
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ui::render;

    fn pages(text: &str) -> [String; 3] {
        let t = || text.to_owned();
        let chrome = Chrome { pool_name: t(), base_css_url: t(), csrf: t(), ..Chrome::default() };
        let decides =
            DeviceDecision { chrome: chrome.clone(), client_name: t(), user_code: t(), username: t(), scopes: vec![t()], log_in_url: t() };
        let asks = DeviceCode { chrome: chrome.clone(), user_code: t() };
        [render(code(asks)), render(decision(decides)), render(done(DeviceDone { chrome, allowed: true }))]
    }

    #[test]
    fn nothing_from_outside_becomes_markup() {
        for html in pages(r#"'"><script>alert(1)</script>"#) {
            assert!(!html.contains("<script"), "{html}");
        }
    }

    #[test]
    fn forms_post_to_their_own_address_with_the_token() {
        for html in pages("token") {
            let forms = html.matches("<form").count();
            assert_eq!(html.matches(r#"<input type="hidden" name="_csrf" value="token">"#).count(), forms, "{html}");
            assert!(!html.contains("<script") && !html.contains("style=") && !html.contains("action=\"/"), "{html}");
        }
    }
}
