//! The page at `/inbox`: messages that were not sent, because nothing is configured to send them.

use leptos::prelude::*;

use crate::ui::{Developer, PoolhouseName};

/// What the inbox shows.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Inbox {
    /// Address of the base stylesheet.
    pub base_css_url: String,
    /// The messages, newest first.
    pub messages: Vec<InboxMessage>,
}

/// One message.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct InboxMessage {
    /// Its id, also the fragment that links to it.
    pub id: String,
    /// The address or number it was meant for.
    pub to: String,
    /// `EMAIL` or `SMS`.
    pub channel: String,
    /// Its subject; empty for a text message.
    pub subject: String,
    /// Its text.
    pub text: String,
    /// When it would have been sent, readable.
    pub sent_at: String,
}

/// Draws the inbox.
pub fn view(model: Inbox) -> impl IntoView {
    let Inbox { base_css_url, messages } = model;
    let bar = view! { <PoolhouseName /> <a class="link text-sm" href="/inbox">"Refresh"</a> }.into_any();
    let list = if messages.is_empty() {
        view! {
            <p class="panel mt-8 px-5 py-12 text-center text-muted">
                "No messages yet. Sign up somewhere, and the code turns up here."
            </p>
        }
        .into_any()
    } else {
        let items: Vec<_> = messages.into_iter().map(|message| view! { <Message message /> }).collect();
        view! { <ol class="mt-8 grid gap-4">{items}</ol> }.into_any()
    };
    view! {
        <Developer title="Inbox · Poolhouse".to_owned() base_css_url bar>
            <h1 class="headline">"Inbox"</h1>
            <p class="notice notice-warning mt-6">
                <span>
                    <strong class="font-semibold">"Development only."</strong>
                    " Nobody is configured to carry messages, so they are kept here instead of being sent. Everybody who can
                    open this page can read them."
                </span>
            </p>
            {list}
        </Developer>
    }
}

#[component]
fn Message(message: InboxMessage) -> impl IntoView {
    let InboxMessage { id, to, channel, subject, text, sent_at } = message;
    let subject = if subject.is_empty() { "Text message".to_owned() } else { subject };
    view! {
        <li class="panel" id=id>
            <div class="flex flex-wrap items-baseline justify-between gap-x-6 gap-y-1 px-5 py-4">
                <div class="min-w-0">
                    <h2 class="font-semibold">{subject}</h2>
                    <p class="text-sm text-muted">"To " <bdi class="text-ink">{to}</bdi></p>
                </div>
                <p class="flex items-center gap-3 text-sm text-muted">
                    <span class="badge">{channel}</span>
                    <time>{sent_at}</time>
                </p>
            </div>
            <p class="row px-5 py-4 whitespace-pre-line" dir="auto">{text}</p>
        </li>
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ui::render;

    #[test]
    fn messages_are_text_and_the_page_says_what_it_is_for() {
        let evil = r#"'"><script>alert(1)</script>"#.to_owned();
        let message = InboxMessage {
            id: evil.clone(),
            to: evil.clone(),
            channel: evil.clone(),
            subject: evil.clone(),
            text: evil.clone(),
            sent_at: evil,
        };
        let html = render(view(Inbox { base_css_url: "/app.css".into(), messages: vec![message] }));
        assert!(!html.contains("<script"), "{html}");
        assert!(html.contains("Development only."), "{html}");
    }

    #[test]
    fn an_empty_inbox_says_so() {
        let html = render(view(Inbox::default()));
        assert!(html.contains("No messages yet."), "{html}");
    }
}
