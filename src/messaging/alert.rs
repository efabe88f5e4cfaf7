//! Notices to a person about their account: what happened, to the address that they know it by.

use super::message::{Channel, Content, Message, MessageKind, seal};
use super::template;
use crate::api::{Cx, Result};
use crate::pools::Pool;
use crate::users::User;

/// What happened. The value is told as it is: a masked address, the name of a factor, a time, a place.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Alert {
    PasswordChanged,
    EmailChanged(String),
    PhoneChanged(String),
    FactorAdded(String),
    FactorRemoved(String),
    RecoveryCodeUsed,
    RecoveryStarted(String),
    SignInFrom(String),
    SignInBlocked(String),
}

impl Alert {
    pub fn value(&self) -> &str {
        match self {
            Self::PasswordChanged | Self::RecoveryCodeUsed => "",
            Self::EmailChanged(value)
            | Self::PhoneChanged(value)
            | Self::FactorAdded(value)
            | Self::FactorRemoved(value)
            | Self::RecoveryStarted(value)
            | Self::SignInFrom(value)
            | Self::SignInBlocked(value) => value,
        }
    }
}

/// A notice in Poolhouse's words to the user's proved e-mail address or, where there is none, phone number. Nothing where neither can be reached:
/// what happened happens all the same. Compose it from the user as they were before an address changed, so that the old one hears of it.
pub fn alert(cx: &Cx, pool: &Pool, user: &User, alert: &Alert) -> Result<Option<Message>> {
    let Some((channel, to)) = reachable(cx, user) else { return Ok(None) };
    let content = template::alert(cx, pool, user, alert, channel, &to);
    seal(cx, pool, channel, &content).map(Some)
}

/// A mail in words of the caller's own, such as the templates of a pool's risk configuration. `from` and `reply_to` override the pool's.
pub struct Notice<'a> {
    pub subject: &'a str,
    pub text: &'a str,
    pub html: Option<&'a str>,
    pub from: Option<&'a str>,
    pub reply_to: Option<&'a str>,
}

/// Composes such a mail; nothing where mail is not carried.
pub fn notice(cx: &Cx, pool: &Pool, to: &str, notice: &Notice<'_>) -> Result<Option<Message>> {
    if !can_send(cx, Channel::Email) {
        return Ok(None);
    }
    let mut content =
        Content { html: notice.html.map(str::to_owned), ..Content::plain(MessageKind::Alert, to, notice.subject, notice.text) };
    template::send_as(pool, &mut content);
    let own = |given: Option<&str>, pools: Option<String>| given.map(str::to_owned).or(pools);
    content.from = own(notice.from, content.from.take());
    content.reply_to = own(notice.reply_to, content.reply_to.take());
    seal(cx, pool, Channel::Email, &content).map(Some)
}

fn reachable(cx: &Cx, user: &User) -> Option<(Channel, String)> {
    let proved = |name: &str| user.attribute(&format!("{name}_verified")) == Some("true");
    [Channel::Email, Channel::Sms].into_iter().filter(|channel| can_send(cx, *channel) && proved(channel.attribute())).find_map(|channel| {
        let address = user.attribute(channel.attribute())?;
        Some((channel, address.to_owned()))
    })
}

fn can_send(cx: &Cx, channel: Channel) -> bool {
    !cx.app.providers.any() || cx.app.providers.has(channel)
}
