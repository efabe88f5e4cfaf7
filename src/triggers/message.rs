//! CustomMessage and the senders: who words a message, and who delivers it.
//!
//! A pool's sender takes the place of delivery on its channel, and gets the code instead of a text. Otherwise CustomMessage may word the
//! message, which then goes the usual way.

use super::sender::{self, Call};
use super::{event, functions};
use crate::api::{ApiError, Cx, Result};
use crate::clients::Client;
use crate::kit::clock::Millis;
use crate::messaging::message::Texts;
use crate::messaging::{self, Channel, Message, MessageKind};
use crate::pools::Pool;
use crate::pools::settings::DefaultEmailOption;
use crate::store::Tx;
use crate::users::User;
use serde_json::{Value, json};

const TRIGGER: &str = "CustomMessage";

/// What a message is sent on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Occasion {
    SignUp,
    AdminCreateUser,
    ResendCode,
    ForgotPassword,
    UpdateUserAttribute,
    VerifyUserAttribute,
    Authentication,
}

impl Occasion {
    /// As it ends the name of a trigger's source.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::SignUp => "SignUp",
            Self::AdminCreateUser => "AdminCreateUser",
            Self::ResendCode => "ResendCode",
            Self::ForgotPassword => "ForgotPassword",
            Self::UpdateUserAttribute => "UpdateUserAttribute",
            Self::VerifyUserAttribute => "VerifyUserAttribute",
            Self::Authentication => "Authentication",
        }
    }

    fn kind(self) -> MessageKind {
        match self {
            Self::SignUp | Self::ResendCode => MessageKind::SignUp,
            Self::AdminCreateUser => MessageKind::Invitation,
            Self::ForgotPassword => MessageKind::ForgotPassword,
            Self::UpdateUserAttribute | Self::VerifyUserAttribute => MessageKind::VerifyAttribute,
            Self::Authentication => MessageKind::SignIn,
        }
    }
}

/// A message to send: on what occasion, where to, and the code or temporary password in it.
#[derive(Clone, Copy)]
pub struct Posting<'a> {
    pub occasion: Occasion,
    pub channel: Channel,
    pub to: &'a str,
    pub secret: &'a str,
}

/// What is queued with the change that causes it.
pub enum Letter {
    Message(Message),
    Call(Call),
}

impl Letter {
    pub async fn queue(&self, tx: &mut Tx, now: Millis) -> Result<()> {
        match self {
            Self::Message(message) => message.queue(tx, now).await,
            Self::Call(call) => call.queue(tx, now).await,
        }
    }
}

/// Has a message worded, by the pool's function where it has one.
pub async fn compose(cx: &mut Cx, pool: &Pool, client: Option<&Client>, user: &User, posting: &Posting<'_>) -> Result<Letter> {
    if let Some(call) = sender::compose(cx, pool, client, user, posting)? {
        return Ok(Letter::Call(call));
    }
    let texts = texts(cx, pool, client, user, posting).await?;
    let Posting { occasion, channel, to, secret } = *posting;
    messaging::compose(cx, pool, client, user, occasion.kind(), channel, to, secret, &texts).map(Letter::Message)
}

/// The user's attributes with the address that this message goes to, which may be one that is not theirs yet.
pub fn attributes(user: &User, posting: &Posting<'_>) -> Value {
    let mut attributes = event::attributes(Some(user));
    attributes[posting.channel.attribute()] = posting.to.into();
    attributes
}

async fn texts(cx: &mut Cx, pool: &Pool, client: Option<&Client>, user: &User, posting: &Posting<'_>) -> Result<Texts> {
    let Some(arn) = pool.function(TRIGGER) else { return Ok(Texts::default()) };
    let invites = posting.occasion == Occasion::AdminCreateUser;
    let request = json!({
        "userAttributes": attributes(user, posting), "codeParameter": "{####}", "linkParameter": "{##Click Here##}",
        "usernameParameter": invites.then_some("{username}"),
    });
    let response = json!({ "smsMessage": null, "emailMessage": null, "emailSubject": null });
    let client_id = client.map_or(event::NO_CLIENT, |c| c.id.as_str());
    let source = format!("{TRIGGER}_{}", posting.occasion.as_str());
    let event = event::envelope(cx, pool, &source, client_id, &user.username, request, response);
    let answer = functions::call(cx, TRIGGER, arn, event).await?;
    let body = |name: &str, most: usize| -> Result<Option<String>> {
        let Some(body) = fitting(event::text(&answer, name)?, name, most)? else { return Ok(None) };
        let by_link = pool.settings().verification_message_template.default_email_option == DefaultEmailOption::ConfirmWithLink;
        let kept = placeholders_kept(&body, posting.occasion, by_link && posting.channel == Channel::Email);
        if !kept {
            tracing::warn!(pool = pool.id, source, member = name, "the text of a function lacks a placeholder: the pool's own is sent");
        }
        Ok(kept.then_some(body))
    };
    Ok(match posting.channel {
        Channel::Sms => Texts { body: body("smsMessage", 140)?, subject: None },
        Channel::Email => {
            let subject = fitting(event::text(&answer, "emailSubject")?, "emailSubject", 140)?;
            Texts { body: body("emailMessage", 20_000)?, subject }
        }
    })
}

/// Whether a text still has the places that the code and, in an invitation, the name go to.
fn placeholders_kept(body: &str, occasion: Occasion, by_link: bool) -> bool {
    let link = || body.split_once("{##").is_some_and(|(_, rest)| rest.contains("##}"));
    let code = body.contains("{####}") || by_link && occasion.kind() == MessageKind::SignUp && link();
    code && (occasion != Occasion::AdminCreateUser || body.contains("{username}"))
}

fn fitting(text: Option<String>, name: &str, most: usize) -> Result<Option<String>> {
    match text.filter(|t| !t.is_empty()) {
        Some(text) if text.chars().count() > most || text.contains('\0') => {
            Err(ApiError::invalid_lambda_response(format!("{name} is longer than {most} characters.")))
        }
        text => Ok(text),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_places_of_code_and_name_must_be_there() {
        for (body, occasion, by_link, kept) in [
            ("Code {####}", Occasion::SignUp, false, true),
            ("Code", Occasion::SignUp, false, false),
            ("{##Click Here##}", Occasion::ResendCode, true, true),
            ("{##Click Here##}", Occasion::SignUp, false, false),
            ("{##Click Here##}", Occasion::ForgotPassword, true, false),
            ("{####}", Occasion::AdminCreateUser, false, false),
            ("{username}: {####}", Occasion::AdminCreateUser, false, true),
        ] {
            assert_eq!(placeholders_kept(body, occasion, by_link), kept, "{body} {occasion:?}");
        }
    }
}
