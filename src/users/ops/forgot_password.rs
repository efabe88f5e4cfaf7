//! ForgotPassword

use crate::api::{ApiError, Cx, Door, Operation, Result};
use crate::clients::Client;
use crate::kit::{mac, text};
use crate::messaging::Channel;
use crate::pools::Pool;
use crate::pools::settings::{AccountRecoverySetting, MfaConfiguration};
use crate::risk::Context;
use crate::risk::context::UserContextData;
use crate::risk::events::{self, Event, Kind};
use crate::triggers::message::Occasion;
use crate::triggers::{Metadata, migration};
use crate::users::attempts::{self, Action};
use crate::users::code::{self, CodeDeliveryDetails};
use crate::users::mfa::Factor;
use crate::users::{Status, User, lookup};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct ForgotPassword {
    pub client_id: String,
    #[serde(default)]
    pub secret_hash: Option<String>,
    pub username: String,
    #[serde(default)]
    pub user_context_data: Option<UserContextData>,
    /// For triggers.
    #[serde(default)]
    pub client_metadata: BTreeMap<String, String>,
}

/// Where a code went.
#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct Delivered {
    pub code_delivery_details: CodeDeliveryDetails,
}

impl Operation for ForgotPassword {
    const NAME: &'static str = "ForgotPassword";
    const DOOR: Door = Door::Public;
    type Output = Delivered;

    async fn run(self, cx: &mut Cx) -> Result<Delivered> {
        cx.metadata = Metadata::client(&self.client_metadata);
        let client = crate::clients::load(cx, &self.client_id).await?;
        client.check_secret_hash(&self.username, self.secret_hash.as_deref())?;
        let pool = crate::pools::load(cx, &client.pool_id).await?;
        let context = Context::of_user(cx, &pool, &client, self.user_context_data.as_ref())?;
        let found = match lookup::find(cx, &pool, &self.username).await? {
            None => migration::reset(cx, &pool, &client, &self.username).await?,
            found => found,
        };
        let user = match found {
            Some(user) => user,
            None if client.hides_users() => return simulate(cx, &pool, &self.username, Action::ForgotPassword).await,
            None => return Err(ApiError::no_such_user()),
        };
        match recovery_address(&pool, &user) {
            Ok((name, address)) => {
                attempts::count(cx, &pool, &user.sub, Action::ForgotPassword).await?;
                let event = events::begin(cx, &pool, Kind::ForgotPassword, Some(&client.id), context);
                send(cx, &pool, &client, &user, (name, &address), &event).await
            }
            Err(_) if client.hides_users() => simulate(cx, &pool, &self.username, Action::ForgotPassword).await,
            Err(refusal) => Err(refusal),
        }
    }
}

/// Stores a reset code and queues its message.
async fn send(cx: &mut Cx, pool: &Pool, client: &Client, user: &User, to: (&str, &str), event: &Event) -> Result<Delivered> {
    let outgoing = code::make(cx, pool, Some(client), user, Occasion::ForgotPassword, to.0, to.1).await?;
    let now = cx.now();
    let mut tx = cx.begin().await?;
    outgoing.store(&mut tx, user, now).await?;
    event.store(&mut tx, &user.sub).await?;
    tx.commit().await?;
    Ok(Delivered { code_delivery_details: outgoing.details })
}

/// The proved address that may receive a reset code: by the pool's priorities or, where it has none, the phone number before the e-mail address.
pub fn recovery_address(pool: &Pool, user: &User) -> Result<(&'static str, String)> {
    if !user.enabled {
        return Err(ApiError::not_authorized("User is disabled."));
    }
    if matches!(user.status, Status::ForceChangePassword | Status::ExternalProvider) {
        return Err(ApiError::not_authorized("User password cannot be reset in the current state."));
    }
    let mut order: Vec<(i64, &'static str)> = match &pool.settings().account_recovery_setting {
        None => vec![(1, "phone_number"), (2, "email")],
        Some(setting) => {
            let name = |n: &str| match n {
                "verified_email" => Some("email"),
                "verified_phone_number" => Some("phone_number"),
                _ => None,
            };
            let named = setting.recovery_mechanisms.iter().filter_map(|m| Some((m.priority, name(&m.name)?)));
            named.filter(|(_, name)| !is_second_factor(pool, user, name)).collect()
        }
    };
    let only_admins = |s: &AccountRecoverySetting| s.recovery_mechanisms.iter().all(|m| m.name == "admin_only");
    if pool.settings().account_recovery_setting.as_ref().is_some_and(only_admins) {
        return Err(ApiError::not_authorized("Contact administrator to reset password."));
    }
    order.sort_unstable();
    let proved = order.into_iter().map(|(_, name)| name).filter(|name| user.has_verified(name));
    let found = proved.filter_map(|name| Some((name, user.attribute(name)?.to_owned()))).next();
    found.ok_or_else(|| {
        ApiError::invalid_parameter("Cannot reset password for the user as there is no registered/verified email or phone_number")
    })
}

/// Whether codes to this address are the user's second factor: then they must not give the first one as well.
fn is_second_factor(pool: &Pool, user: &User, name: &str) -> bool {
    let factor = if name == "email" { Factor::Email } else { Factor::Sms };
    pool.mfa_configuration() != MfaConfiguration::Off && user.mfa.enabled.contains(&factor)
}

/// The answer for an account that does not exist or cannot be served, where callers may not know: the same limits, a write to take the
/// same time, and an address made up from the name.
pub async fn simulate(cx: &mut Cx, pool: &Pool, username: &str, action: Action) -> Result<Delivered> {
    let subject = attempts::subject_of_unknown(pool, username);
    attempts::count(cx, pool, &subject, action).await?;
    let details = if text::is_phone(username) {
        CodeDeliveryDetails::of("phone_number", &pool.key(username))
    } else if text::is_email(username) {
        CodeDeliveryDetails::of("email", &pool.key(username))
    } else {
        invented(cx, pool, username)
    };
    attempts::pretend_code(cx, pool, &subject, action).await?;
    Ok(Delivered { code_delivery_details: details })
}

/// The same made-up address for the same name each time, of the kind that the pool proves first.
fn invented(cx: &Cx, pool: &Pool, username: &str) -> CodeDeliveryDetails {
    let bytes = mac::hmac_sha256(&cx.app.secret, &[b"invented address", pool.id.as_bytes(), pool.key(username).as_bytes()]);
    if pool.auto_verifies("phone_number") {
        let digits: String = bytes[..4].iter().map(|b| char::from(b'0' + b % 10)).collect();
        return CodeDeliveryDetails::of("phone_number", &digits);
    }
    let letter = |b: u8| char::from(b'a' + b % 26);
    let destination = format!("{}***@{}***", letter(bytes[0]), letter(bytes[1]));
    CodeDeliveryDetails { destination, delivery_medium: Channel::Email.as_str(), attribute_name: "email".into() }
}
