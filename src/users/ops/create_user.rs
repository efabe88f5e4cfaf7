//! AdminCreateUser

use super::confirm_sign_up::{claim_aliases, save_password};
use super::sign_up::{insert, new_user, refuse_taken};
use crate::api::{ApiError, Cx, Door, Operation, Result};
use crate::kit::clock::epoch_seconds;
use crate::messaging::Channel;
use crate::pools::Pool;
use crate::triggers::message::{Letter, Occasion, Posting, compose};
use crate::triggers::{Metadata, sign_up};
use crate::users::attributes::{self, Attribute, Writer};
use crate::users::{Status, User, lookup, password};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct AdminCreateUser {
    pub user_pool_id: String,
    pub username: String,
    #[serde(default)]
    pub user_attributes: Vec<Attribute>,
    /// For triggers.
    #[serde(default)]
    pub validation_data: Vec<Attribute>,
    #[serde(default)]
    pub temporary_password: Option<String>,
    #[serde(default)]
    pub force_alias_creation: bool,
    #[serde(default)]
    pub message_action: Option<MessageAction>,
    #[serde(default)]
    pub desired_delivery_mediums: Vec<String>,
    /// For triggers.
    #[serde(default)]
    pub client_metadata: BTreeMap<String, String>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "UPPERCASE")]
pub enum MessageAction {
    Resend,
    Suppress,
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct Created {
    pub user: UserType,
}

/// `UserType`
#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct UserType {
    pub username: String,
    pub attributes: Vec<Attribute>,
    pub user_create_date: f64,
    pub user_last_modified_date: f64,
    pub enabled: bool,
    pub user_status: Status,
}

impl UserType {
    /// With the attributes that `reveal` allows.
    pub fn of(user: &User, reveal: impl Fn(&str) -> bool) -> Self {
        Self {
            username: user.username.clone(),
            attributes: attributes::list(user, reveal),
            user_create_date: epoch_seconds(user.created_at),
            user_last_modified_date: epoch_seconds(user.modified_at),
            enabled: user.enabled,
            user_status: user.status,
        }
    }
}

impl Operation for AdminCreateUser {
    const NAME: &'static str = "AdminCreateUser";
    const DOOR: Door = Door::Iam;
    type Output = Created;

    fn pool_id(&self) -> Option<&str> {
        Some(&self.user_pool_id)
    }

    async fn run(self, cx: &mut Cx) -> Result<Created> {
        cx.metadata = Metadata::sign_up(&self.validation_data, &self.client_metadata);
        let pool = crate::pools::load(cx, &self.user_pool_id).await?;
        let temporary = match &self.temporary_password {
            Some(given) => given.clone(),
            None => pool.make_password(cx.rng()),
        };
        pool.check_password(&temporary)?;
        let user = if self.message_action == Some(MessageAction::Resend) {
            self.renew(cx, &pool, &temporary).await?
        } else {
            self.create(cx, &pool, &temporary).await?
        };
        Ok(Created { user: UserType::of(&user, |_| true) })
    }
}

impl AdminCreateUser {
    async fn create(&self, cx: &mut Cx, pool: &Pool, temporary: &str) -> Result<User> {
        let mut user = new_user(cx, pool, &self.username, Status::ForceChangePassword)?;
        attributes::set_new(pool, &mut user, &self.user_attributes, Writer::Admin)?;
        sign_up::ask_about_created(cx, pool, &user).await?;
        refuse_taken(cx, pool, &user, &self.username).await?;
        user.set_password(password::make(cx, pool, &user.sub, &user.username, temporary).await?, cx.now());
        let messages = self.invitations(cx, pool, &user, temporary).await?;
        let now = cx.now();
        let mut tx = cx.begin().await?;
        claim_aliases(&mut tx, pool, &user, self.force_alias_creation).await?;
        insert(&mut tx, pool, &user).await?;
        for message in &messages {
            message.queue(&mut tx, now).await?;
        }
        tx.commit().await?;
        Ok(user)
    }

    /// A new temporary password for somebody who has not used the last one.
    async fn renew(&self, cx: &mut Cx, pool: &Pool, temporary: &str) -> Result<User> {
        let mut user = lookup::require(cx, pool, &self.username).await?;
        if user.status != Status::ForceChangePassword {
            let message = format!("Resend not possible. {} status is not FORCE_CHANGE_PASSWORD", user.username);
            return Err(ApiError::unsupported_user_state(message));
        }
        user.set_password(password::make(cx, pool, &user.sub, &user.username, temporary).await?, cx.now());
        user.modified_at = cx.now();
        let messages = self.invitations(cx, pool, &user, temporary).await?;
        let now = cx.now();
        let mut tx = cx.begin().await?;
        save_password(&mut tx, pool, &user).await?;
        for message in &messages {
            message.queue(&mut tx, now).await?;
        }
        tx.commit().await?;
        Ok(user)
    }

    /// One invitation per medium asked for; where none is asked for, by SMS or, to somebody without a phone number, by e-mail.
    async fn invitations(&self, cx: &mut Cx, pool: &Pool, user: &User, temporary: &str) -> Result<Vec<Letter>> {
        if self.message_action == Some(MessageAction::Suppress) {
            return Ok(Vec::new());
        }
        let asked: Vec<Channel> =
            self.desired_delivery_mediums.iter().map(|m| if m == "EMAIL" { Channel::Email } else { Channel::Sms }).collect();
        let by_default = asked.is_empty();
        let channels = if by_default { vec![Channel::Sms, Channel::Email] } else { asked };
        let mut messages = Vec::new();
        for channel in channels {
            match user.attribute(channel.attribute()) {
                Some(to) => {
                    let posting = Posting { occasion: Occasion::AdminCreateUser, channel, to, secret: temporary };
                    messages.push(compose(cx, pool, None, user, &posting).await?);
                }
                None if by_default => {}
                None => {
                    let message = format!("The user has no {} to send the invitation to.", channel.attribute());
                    return Err(ApiError::invalid_parameter(message));
                }
            }
            if by_default && !messages.is_empty() {
                break;
            }
        }
        Ok(messages)
    }
}
