//! A pool's words, with their placeholders filled in.

use super::email_view;
use super::message::{Channel, Content, MessageKind, Texts};
use crate::api::Cx;
use crate::clients::Client;
use crate::pools::Pool;
use crate::pools::settings::DefaultEmailOption;
use crate::users::User;

/// Fills a pool's template or, where it has none, Poolhouse's own text.
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
    let facts = Facts { pool: &pool.name, username: shown_name(pool, user), secret, link: link(cx, pool, client, user, kind, secret) };
    let email = &pool.settings().email_configuration;
    let own = texts.body.clone().or_else(|| own_template(pool, kind, channel));
    let own_subject = || texts.subject.clone().unwrap_or_else(|| own_subject(pool, kind));
    let (subject, text, html) = match (channel, own) {
        (Channel::Sms, body) => (String::new(), facts.plain(body.as_deref().unwrap_or_else(|| default_sms(kind))), None),
        (Channel::Email, Some(body)) => {
            let html = facts.html(&body);
            let link = facts.link.as_ref().map(|link| format!("\n\n{link}")).unwrap_or_default();
            (facts.plain(&own_subject()), strip_tags(&html) + &link, Some(html))
        }
        (Channel::Email, None) => facts.default_email(&own_subject(), kind),
    };
    Content { to: to.to_owned(), from: sender(email), reply_to: email.reply_to_email_address.clone(), subject, text, html }
}

fn sender(email: &crate::pools::settings::EmailConfiguration) -> Option<String> {
    let identity = || email.source_arn.as_ref()?.rsplit_once("identity/").map(|(_, address)| address.to_owned());
    email.from.clone().or_else(identity).filter(|from| from.contains('@'))
}

/// The name that a person knows the account by.
fn shown_name<'a>(pool: &Pool, user: &'a User) -> &'a str {
    let address = || user.attribute("email").or_else(|| user.attribute("phone_number"));
    if pool.has_username_attributes() { address().unwrap_or(&user.username) } else { &user.username }
}

/// The address that confirms a sign-up, for pools that verify by link.
fn link(cx: &Cx, pool: &Pool, client: Option<&Client>, user: &User, kind: MessageKind, code: &str) -> Option<String> {
    let by_link = pool.settings().verification_message_template.default_email_option == DefaultEmailOption::ConfirmWithLink;
    let client = client.filter(|_| by_link && kind == MessageKind::SignUp)?;
    let query = form_urlencoded::Serializer::new(String::new())
        .append_pair("client_id", &client.id)
        .append_pair("user_name", &user.username)
        .append_pair("confirmation_code", code)
        .finish();
    Some(format!("{}/confirmUser?{query}", cx.app.config.issuer(&pool.id)))
}

fn own_template(pool: &Pool, kind: MessageKind, channel: Channel) -> Option<String> {
    let (settings, template) = (pool.settings(), &pool.settings().verification_message_template);
    let invite = settings.admin_create_user_config.invite_message_template.as_ref();
    let by_link = template.default_email_option == DefaultEmailOption::ConfirmWithLink && kind == MessageKind::SignUp;
    match (kind, channel) {
        (MessageKind::Invitation, Channel::Email) => invite?.email_message.clone(),
        (MessageKind::Invitation, Channel::Sms) => invite?.sms_message.clone(),
        (MessageKind::SignIn, Channel::Email) => pool.document.mfa.email_mfa_configuration.as_ref()?.message.clone(),
        (MessageKind::SignIn, Channel::Sms) => {
            let sms = pool.document.mfa.sms_mfa_configuration.as_ref().and_then(|c| c.sms_authentication_message.clone());
            sms.or_else(|| settings.sms_authentication_message.clone())
        }
        (_, Channel::Email) if by_link => template.email_message_by_link.clone(),
        (_, Channel::Email) => template.email_message.clone().or_else(|| settings.email_verification_message.clone()),
        (_, Channel::Sms) => template.sms_message.clone().or_else(|| settings.sms_verification_message.clone()),
    }
}

fn own_subject(pool: &Pool, kind: MessageKind) -> String {
    let (settings, template) = (pool.settings(), &pool.settings().verification_message_template);
    let by_link = template.default_email_option == DefaultEmailOption::ConfirmWithLink && kind == MessageKind::SignUp;
    let own = match kind {
        MessageKind::Invitation => settings.admin_create_user_config.invite_message_template.as_ref().and_then(|t| t.email_subject.clone()),
        MessageKind::SignIn => pool.document.mfa.email_mfa_configuration.as_ref().and_then(|c| c.subject.clone()),
        _ if by_link => template.email_subject_by_link.clone(),
        _ => template.email_subject.clone().or_else(|| settings.email_verification_subject.clone()),
    };
    own.unwrap_or_else(|| {
        match kind {
            MessageKind::Invitation => "Your temporary password",
            MessageKind::ForgotPassword => "Your password reset code",
            MessageKind::SignIn => "Your sign-in code",
            MessageKind::SignUp if by_link => "Confirm your e-mail address",
            MessageKind::SignUp | MessageKind::VerifyAttribute => "Your verification code",
        }
        .into()
    })
}

fn default_sms(kind: MessageKind) -> &'static str {
    match kind {
        MessageKind::Invitation => "Your username is {username} and temporary password is {####}. ",
        MessageKind::ForgotPassword => "Your password reset code is {####}. ",
        MessageKind::SignIn => "Your authentication code is {####}. ",
        MessageKind::SignUp | MessageKind::VerifyAttribute => "Your verification code is {####}. ",
    }
}

struct Facts<'a> {
    pool: &'a str,
    username: &'a str,
    secret: &'a str,
    link: Option<String>,
}

impl Facts<'_> {
    fn plain(&self, template: &str) -> String {
        self.replace(template, str::to_owned)
    }

    /// Values are escaped: a user chooses their own name.
    fn html(&self, template: &str) -> String {
        let filled = self.replace(template, email_view::escape);
        let (Some(link), Some((before, rest))) = (&self.link, filled.split_once("{##")) else { return filled };
        let Some((text, after)) = rest.split_once("##}") else { return filled };
        format!("{before}<a href=\"{}\">{text}</a>{after}", email_view::escape(link))
    }

    /// In one pass, so that a value that looks like a placeholder stays what it is.
    fn replace(&self, template: &str, form: impl Fn(&str) -> String) -> String {
        let (mut out, mut rest) = (String::with_capacity(template.len() + 64), template);
        while let Some(at) = rest.find('{') {
            let (before, tail) = rest.split_at(at);
            out.push_str(before);
            let known = [("{####}", self.secret), ("{username}", self.username)];
            match known.into_iter().find(|(placeholder, _)| tail.starts_with(placeholder)) {
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

    fn default_email(&self, subject: &str, kind: MessageKind) -> (String, String, Option<String>) {
        let pool = self.pool;
        let (lines, code) = match (kind, &self.link) {
            (MessageKind::Invitation, _) => (
                vec![
                    format!("An account was made for you at {pool}. Your user name is {}.", self.username),
                    "Sign in with this temporary password and choose one of your own:".into(),
                ],
                true,
            ),
            (MessageKind::ForgotPassword, _) => {
                (vec![format!("Use this code to reset your password at {pool}. It is valid for one hour.")], true)
            }
            (MessageKind::SignIn, _) => {
                (vec![format!("Use this code to sign in at {pool}. Nobody who works there will ever ask you for it.")], true)
            }
            (MessageKind::SignUp, Some(link)) => {
                (vec![format!("Open this address to confirm your e-mail address at {pool}:"), link.clone()], false)
            }
            (MessageKind::SignUp | MessageKind::VerifyAttribute, _) => {
                (vec![format!("Use this code to confirm your e-mail address at {pool}. It is valid for 24 hours.")], true)
            }
        };
        let closing = "If you did not ask for this, you can ignore this message.";
        let code = code.then_some(self.secret);
        let mut text = lines.join("\n\n");
        if let Some(code) = code {
            text.push_str(&format!("\n\n{code}"));
        }
        text.push_str(&format!("\n\n{closing}\n"));
        let paragraphs: Vec<&str> = lines.iter().map(String::as_str).chain([closing]).collect();
        let html = email_view::html(pool, subject, &paragraphs, code);
        (subject.to_owned(), text, Some(html))
    }
}

/// The text of an HTML message, for readers that show no HTML.
fn strip_tags(html: &str) -> String {
    let (mut out, mut inside) = (String::with_capacity(html.len()), false);
    for c in html.replace("<br>", "\n").replace("<br/>", "\n").replace("</p>", "\n\n").chars() {
        match c {
            '<' => inside = true,
            '>' if inside => inside = false,
            c if !inside => out.push(c),
            _ => {}
        }
    }
    out.replace("&lt;", "<").replace("&gt;", ">").replace("&quot;", "\"").replace("&#39;", "'").replace("&amp;", "&").trim().to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_are_filled_once_and_escaped() {
        let facts = Facts { pool: "p", username: "<b>{####}", secret: "123456", link: None };
        assert_eq!(facts.html("Hi {username}: {####} {x}"), "Hi &lt;b&gt;{####}: 123456 {x}");
        assert_eq!(facts.plain("{username} {####}"), "<b>{####} 123456");
    }

    #[test]
    fn a_link_takes_the_words_between_the_marks() {
        let facts = Facts { pool: "p", username: "u", secret: "1", link: Some("https://a/?b&c".into()) };
        assert_eq!(facts.html("Go {##here##}!"), r#"Go <a href="https://a/?b&amp;c">here</a>!"#);
    }

    #[test]
    fn text_of_html() {
        assert_eq!(strip_tags("<p>a &lt; b</p><b>c</b>"), "a < b\n\nc");
    }
}
