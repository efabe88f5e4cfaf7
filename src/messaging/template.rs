//! A pool's words, with their placeholders filled in.

use super::alert::Alert;
use super::email_view::{self, Mail};
use super::message::{Channel, Content, MessageKind, Texts};
use super::words::{self, MailWords};
use crate::api::Cx;
use crate::clients::Client;
use crate::languages::{Words, of_user};
use crate::pools::Pool;
use crate::pools::settings::DefaultEmailOption;
use crate::users::User;

/// Fills a pool's template or, where it has none, Poolhouse's own text. `secret` is a code, a temporary password or, for
/// [`MessageKind::SignInLink`], an address.
#[expect(clippy::too_many_arguments, reason = "each is one fact of the message")]
pub fn fill(
    cx: &Cx,
    pool: &Pool,
    client: Option<&Client>,
    user: &User,
    kind: MessageKind,
    channel: Channel,
    to: &str,
    secret: &str,
    texts: &Texts,
) -> Content {
    let link = link(cx, pool, client, user, kind, secret);
    let facts = Facts { pool: &pool.name, username: shown_name(pool, user), secret, value: "", link };
    let own = texts.body.clone().or_else(|| own_template(pool, kind, channel));
    let language = recipient(cx, pool, user);
    let words = words::email(&language, kind, by_link(pool, kind));
    let subject = texts.subject.clone().or_else(|| own_subject(pool, kind)).unwrap_or_else(|| words.subject.to_string());
    let (subject, text, html) = match (channel, own) {
        (Channel::Sms, Some(body)) => (String::new(), facts.plain(&body), None),
        (Channel::Sms, None) => (String::new(), facts.ours(&words::sms(&language, kind)), None),
        (Channel::Email, Some(body)) => facts.own_email(&subject, &body),
        (Channel::Email, None) => facts.default_email(&subject, &words),
    };
    let mut content = Content { html, ..Content::plain(kind, to, &subject, &text) };
    send_as(pool, &mut content);
    content
}

/// A notice about an account.
pub fn alert(cx: &Cx, pool: &Pool, user: &User, alert: &Alert, channel: Channel, to: &str) -> Content {
    let facts = Facts { pool: &pool.name, username: shown_name(pool, user), secret: "", value: alert.value(), link: None };
    let words = words::alert(&recipient(cx, pool, user), alert);
    let (subject, text, html) = match channel {
        Channel::Email => facts.default_email(&words.subject, &words),
        Channel::Sms => (String::new(), facts.ours(&words.lines.join(" ")), None),
    };
    let mut content = Content { html, ..Content::plain(MessageKind::Alert, to, &subject, &text) };
    send_as(pool, &mut content);
    content
}

/// The words for the one who is written to.
fn recipient(cx: &Cx, pool: &Pool, user: &User) -> Words {
    of_user(pool.languages(), user.attribute("locale"), cx.language)
}

/// Who the pool's mail comes from.
pub fn send_as(pool: &Pool, content: &mut Content) {
    let email = &pool.settings().email_configuration;
    let identity = || email.source_arn.as_ref()?.rsplit_once("identity/").map(|(_, address)| address.to_owned());
    content.from = email.from.clone().or_else(identity).filter(|from| from.contains('@'));
    content.reply_to.clone_from(&email.reply_to_email_address);
    content.source_arn.clone_from(&email.source_arn);
    content.configuration_set.clone_from(&email.configuration_set);
}

/// The name that a person knows the account by.
fn shown_name<'a>(pool: &Pool, user: &'a User) -> &'a str {
    let address = || user.attribute("email").or_else(|| user.attribute("phone_number"));
    if pool.has_username_attributes() { address().unwrap_or(&user.username) } else { &user.username }
}

/// Whether a sign-up is confirmed by a link.
fn by_link(pool: &Pool, kind: MessageKind) -> bool {
    kind == MessageKind::SignUp && pool.settings().verification_message_template.default_email_option == DefaultEmailOption::ConfirmWithLink
}

/// The address that signs in, or that confirms a sign-up in pools that verify by link.
fn link(cx: &Cx, pool: &Pool, client: Option<&Client>, user: &User, kind: MessageKind, secret: &str) -> Option<String> {
    if kind == MessageKind::SignInLink {
        return Some(secret.to_owned());
    }
    let client = client.filter(|_| by_link(pool, kind))?;
    let query = form_urlencoded::Serializer::new(String::new())
        .append_pair("client_id", &client.id)
        .append_pair("user_name", &user.username)
        .append_pair("confirmation_code", secret)
        .finish();
    Some(format!("{}/confirmUser?{query}", cx.app.config.issuer(&pool.id)))
}

fn own_template(pool: &Pool, kind: MessageKind, channel: Channel) -> Option<String> {
    let (settings, template) = (pool.settings(), &pool.settings().verification_message_template);
    let invite = settings.admin_create_user_config.invite_message_template.as_ref();
    match (kind, channel) {
        (MessageKind::SignInLink | MessageKind::Alert, _) => None,
        (MessageKind::Invitation, Channel::Email) => invite?.email_message.clone(),
        (MessageKind::Invitation, Channel::Sms) => invite?.sms_message.clone(),
        (MessageKind::SignIn, Channel::Email) => pool.document.mfa.email_mfa_configuration.as_ref()?.message.clone(),
        (MessageKind::SignIn, Channel::Sms) => {
            let sms = pool.document.mfa.sms_mfa_configuration.as_ref().and_then(|c| c.sms_authentication_message.clone());
            sms.or_else(|| settings.sms_authentication_message.clone())
        }
        (_, Channel::Email) if by_link(pool, kind) => template.email_message_by_link.clone(),
        (_, Channel::Email) => template.email_message.clone().or_else(|| settings.email_verification_message.clone()),
        (_, Channel::Sms) => template.sms_message.clone().or_else(|| settings.sms_verification_message.clone()),
    }
}

fn own_subject(pool: &Pool, kind: MessageKind) -> Option<String> {
    let (settings, template) = (pool.settings(), &pool.settings().verification_message_template);
    match kind {
        MessageKind::SignInLink | MessageKind::Alert => None,
        MessageKind::Invitation => settings.admin_create_user_config.invite_message_template.as_ref()?.email_subject.clone(),
        MessageKind::SignIn => pool.document.mfa.email_mfa_configuration.as_ref()?.subject.clone(),
        _ if by_link(pool, kind) => template.email_subject_by_link.clone(),
        _ => template.email_subject.clone().or_else(|| settings.email_verification_subject.clone()),
    }
}

/// What fills the placeholders.
struct Facts<'a> {
    pool: &'a str,
    username: &'a str,
    secret: &'a str,
    value: &'a str,
    link: Option<String>,
}

impl Facts<'_> {
    /// Of a template of the pool's.
    fn plain(&self, template: &str) -> String {
        replace(template, &[("{####}", self.secret), ("{username}", self.username), ("{pool}", self.pool)], str::to_owned)
    }

    /// Of a text of Poolhouse's.
    fn ours(&self, text: &str) -> String {
        let known = [("{pool}", self.pool), ("{username}", self.username), ("{code}", self.secret), ("{value}", self.value)];
        replace(text, &known, str::to_owned)
    }

    /// Values are escaped: a user chooses their own name.
    fn html(&self, template: &str) -> String {
        let filled = replace(template, &[("{####}", self.secret), ("{username}", self.username)], email_view::escape);
        let (Some(link), Some((before, rest))) = (&self.link, filled.split_once("{##")) else { return filled };
        let Some((text, after)) = rest.split_once("##}") else { return filled };
        format!("{before}<a href=\"{}\">{text}</a>{after}", email_view::escape(link))
    }

    /// Subject, text and HTML of a mail in the pool's words. A template that is no HTML keeps its line ends.
    fn own_email(&self, subject: &str, body: &str) -> (String, String, Option<String>) {
        let html = self.html(body);
        let link = self.link.as_ref().map(|link| format!("\n\n{link}")).unwrap_or_default();
        let text = strip_tags(&html) + &link;
        let is_html = body.contains("</") || body.contains("<br") || body.contains("<p>");
        let html = if is_html { html } else { html.replace("\r\n", "\n").replace('\n', "<br>\n") };
        (self.plain(subject), text, Some(html))
    }

    /// The same in Poolhouse's words.
    fn default_email(&self, subject: &str, words: &MailWords) -> (String, String, Option<String>) {
        let subject = self.plain(subject);
        let mut lines: Vec<String> = words.lines.iter().map(|line| self.ours(line)).collect();
        let code = Some(self.secret).filter(|secret| !secret.is_empty() && self.link.is_none());
        let mut text = lines.join("\n\n");
        if let Some(shown) = code.or(self.link.as_deref()) {
            text.push_str(&format!("\n\n{shown}"));
        }
        text.push_str(&format!("\n\n{}\n", words.closing));
        // What to do about a notice stands with the rest of it; that a code may be ignored stands apart.
        let is_notice = code.is_none() && self.link.is_none();
        lines.extend(is_notice.then(|| words.closing.to_string()));
        let html = email_view::html(&Mail {
            pool_name: self.pool,
            heading: &subject,
            paragraphs: &lines,
            code,
            link: self.link.as_deref().map(|link| (link, words.button.as_ref())),
            closing: if is_notice { "" } else { &words.closing },
            language: words.language,
        });
        (subject, text, Some(html))
    }
}

/// In one pass, so that a value that looks like a placeholder stays what it is.
fn replace(template: &str, known: &[(&str, &str)], form: impl Fn(&str) -> String) -> String {
    let (mut out, mut rest) = (String::with_capacity(template.len() + 64), template);
    while let Some(at) = rest.find('{') {
        let (before, tail) = rest.split_at(at);
        out.push_str(before);
        match known.iter().find(|(placeholder, _)| tail.starts_with(placeholder)) {
            Some((placeholder, value)) => {
                out.push_str(&form(value));
                rest = &tail[placeholder.len()..];
            }
            None => {
                out.push('{');
                rest = &tail[1..];
            }
        }
    }
    out + rest
}

/// The text of an HTML message, for readers that show no HTML.
fn strip_tags(html: &str) -> String {
    let (mut out, mut inside) = (String::with_capacity(html.len()), false);
    let html = without(&without(html, "style"), "head");
    for c in html.replace("<br>", "\n").replace("<br/>", "\n").replace("<br />", "\n").replace("</p>", "\n\n").chars() {
        match c {
            '<' => inside = true,
            '>' if inside => inside = false,
            c if !inside => out.push(c),
            _ => {}
        }
    }
    out.replace("&lt;", "<").replace("&gt;", ">").replace("&quot;", "\"").replace("&#39;", "'").replace("&amp;", "&").trim().to_owned()
}

/// HTML without an element that shows nothing.
fn without(html: &str, element: &str) -> String {
    let (open, close) = (format!("<{element}"), format!("</{element}>"));
    let (mut out, mut rest) = (String::with_capacity(html.len()), html);
    while let Some((before, tail)) = rest.split_once(&open) {
        let Some((_, after)) = tail.split_once(&close).filter(|_| tail.starts_with(['>', ' '])) else {
            out.push_str(before);
            out.push_str(&open);
            rest = tail;
            continue;
        };
        out.push_str(before);
        rest = after;
    }
    out + rest
}

#[cfg(test)]
mod tests {
    use super::*;

    const FACTS: Facts<'_> = Facts { pool: "p", username: "u", secret: "1", value: "", link: None };

    #[test]
    fn values_are_filled_once_and_escaped() {
        let facts = Facts { username: "<b>{####}", secret: "123456", ..FACTS };
        assert_eq!(facts.html("Hi {username}: {####} {x}"), "Hi &lt;b&gt;{####}: 123456 {x}");
        assert_eq!(facts.plain("{username} {####}"), "<b>{####} 123456");
    }

    #[test]
    fn a_link_takes_the_words_between_the_marks() {
        let facts = Facts { link: Some("https://a/?b&c".into()), ..FACTS };
        assert_eq!(facts.html("Go {##here##}!"), r#"Go <a href="https://a/?b&amp;c">here</a>!"#);
        let (_, text, html) = facts.own_email("Hi", "Go {##here##}\nnow");
        assert_eq!(text, "Go here\nnow\n\nhttps://a/?b&c");
        assert_eq!(html.unwrap(), "Go <a href=\"https://a/?b&amp;c\">here</a><br>\nnow");
    }

    #[test]
    fn text_of_html() {
        assert_eq!(strip_tags("<p>a &lt; b</p><b>c</b>"), "a < b\n\nc");
        assert_eq!(strip_tags("<head><title>x</title></head><header>a</header><style type=\"y\">b{}</style>c"), "ac");
    }

    #[test]
    fn an_alert_says_what_happened_and_what_to_do() {
        let facts = Facts { value: "j***@n***", secret: "", ..FACTS };
        let words = words::alert(&Words::default(), &Alert::EmailChanged(String::new()));
        let (subject, text, html) = facts.default_email(&words.subject, &words);
        assert_eq!(subject, "Your email address was changed");
        assert!(text.starts_with("The email address of your account u at p was changed to j***@n***.\n\nIf this was not you"), "{text}");
        assert!(!html.unwrap().contains("class=\"code\""));
    }
}
