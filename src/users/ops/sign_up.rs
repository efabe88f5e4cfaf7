//! SignUp

use super::confirm_sign_up::claim_aliases;
use crate::api::{ApiError, Cx, Door, Operation, Result};
use crate::clients::Client;
use crate::kit::{id, text};
use crate::pools::Pool;
use crate::risk::Context;
use crate::risk::context::UserContextData;
use crate::risk::events::{self, Kind};
use crate::store::{StoreError, Tx};
use crate::triggers::message::Occasion;
use crate::triggers::{Metadata, confirmation, sign_up as pre_sign_up};
use crate::users::attributes::{self, Attribute, Writer};
use crate::users::code::{self, CodeDeliveryDetails, Outgoing};
use crate::users::{Status, User, lookup, password, store};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct SignUp {
    pub client_id: String,
    #[serde(default)]
    pub secret_hash: Option<String>,
    pub username: String,
    #[serde(default)]
    pub password: Option<String>,
    #[serde(default)]
    pub user_attributes: Vec<Attribute>,
    /// For triggers.
    #[serde(default)]
    pub validation_data: Vec<Attribute>,
    #[serde(default)]
    pub user_context_data: Option<UserContextData>,
    /// For triggers.
    #[serde(default)]
    pub client_metadata: BTreeMap<String, String>,
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct SignedUp {
    pub user_confirmed: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub code_delivery_details: Option<CodeDeliveryDetails>,
    pub user_sub: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub session: Option<String>,
}

impl Operation for SignUp {
    const NAME: &'static str = "SignUp";
    const DOOR: Door = Door::Public;
    type Output = SignedUp;

    async fn run(self, cx: &mut Cx) -> Result<SignedUp> {
        cx.metadata = Metadata::sign_up(&self.validation_data, &self.client_metadata);
        let client = crate::clients::load(cx, &self.client_id).await?;
        client.check_secret_hash(&self.username, self.secret_hash.as_deref())?;
        let pool = crate::pools::load(cx, &client.pool_id).await?;
        let context = Context::of_user(cx, &pool, &client, self.user_context_data.as_ref())?;
        if crate::risk::is_blocked(cx, &pool, &client, &context).await? {
            return Err(ApiError::not_authorized("Unable to sign up because of security reasons."));
        }
        if pool.settings().admin_create_user_config.allow_admin_create_user_only {
            return Err(ApiError::not_authorized("SignUp is not permitted for this user pool"));
        }
        if let Some(chosen) = &self.password {
            pool.check_password(chosen)?;
        }
        let mut user = self.described(cx, &pool, &client)?;
        let verdict = pre_sign_up::ask(cx, &pool, &client, &user).await?;
        // Said from the start: readers of the ID token and of the user find that nothing is proved yet.
        for contact in ["email", "phone_number"] {
            if user.attribute(contact).is_some() {
                user.set_verified(contact, false);
            }
        }
        verdict.apply(&mut user)?;
        refuse_taken(cx, &pool, &user, &self.username).await?;
        if let Some(chosen) = &self.password {
            user.set_password(password::make(cx, &pool, &user.sub, &user.username, chosen).await?, cx.now());
        }
        let outgoing = outgoing(cx, &pool, &client, &user).await?;
        let event = events::begin(cx, &pool, Kind::SignUp, Some(&client.id), context);
        let now = cx.now();
        let mut tx = cx.begin().await?;
        if verdict.proves() && !pool.has_username_attributes() {
            claim_aliases(&mut tx, &pool, &user, true).await?;
        }
        insert(&mut tx, &pool, &user).await?;
        event.store(&mut tx, &user.sub).await?;
        if let Some(outgoing) = &outgoing {
            outgoing.store(&mut tx, &user, now).await?;
        }
        tx.commit().await?;
        if verdict.confirm {
            confirmation::signed_up(cx, &pool, Some(&client), &user).await?;
        }
        let session = crate::auth::after_sign_up::signed_up(cx, &client, &user)?;
        let code_delivery_details = outgoing.map(|o| o.details);
        Ok(SignedUp { user_confirmed: verdict.confirm, code_delivery_details, user_sub: user.sub, session })
    }
}

impl SignUp {
    /// The user that the request describes, with nothing proved and no password.
    fn described(&self, cx: &Cx, pool: &Pool, client: &Client) -> Result<User> {
        let mut user = new_user(cx, pool, &self.username, Status::Unconfirmed)?;
        let name = user.attributes.clone();
        attributes::set_new(pool, &mut user, &self.user_attributes, Writer::Client(client))?;
        if let Some((kind, _)) = name.iter().find(|(kind, value)| user.attributes.get(*kind) != Some(value)) {
            return Err(ApiError::invalid_parameter(format!("The attribute {kind} differs from the username.")));
        }
        attributes::require_all(pool, &user)?;
        if pool.is_alias_attribute("preferred_username") && user.attributes.contains_key("preferred_username") {
            return Err(ApiError::invalid_parameter(
                "preferred_username can not be provided when it is an alias and the user is not confirmed.",
            ));
        }
        if self.password.is_none() {
            refuse_without_factor(pool, client, &user)?;
        }
        Ok(user)
    }
}

/// The code for the address to prove. Whoever is confirmed already needs none.
async fn outgoing(cx: &mut Cx, pool: &Pool, client: &Client, user: &User) -> Result<Option<Outgoing>> {
    match contact_to_prove(pool, user) {
        Some((name, address)) if user.status == Status::Unconfirmed => {
            code::make(cx, pool, Some(client), user, Occasion::SignUp, name, address).await.map(Some)
        }
        _ => Ok(None),
    }
}

/// Without a password, somebody must be able to sign in by a code to an address that the pool proves.
fn refuse_without_factor(pool: &Pool, client: &Client, user: &User) -> Result<()> {
    let factors = [("email", "EMAIL_OTP"), ("phone_number", "SMS_OTP")].into_iter();
    let usable =
        factors.filter(|(name, factor)| pool.allows_first_factor(factor) && pool.auto_verifies(name) && user.attribute(name).is_some());
    if client.allows(&["ALLOW_USER_AUTH"]) && usable.count() > 0 {
        return Ok(());
    }
    Err(ApiError::invalid_parameter("Password is required."))
}

/// A user of this name who has nothing yet. Where user names are addresses, the service makes the name and the address becomes an attribute.
pub fn new_user(cx: &Cx, pool: &Pool, username: &str, status: Status) -> Result<User> {
    let (sub, now) = (id::uuid(cx.rng()), cx.now());
    let mut user = User {
        pool_id: pool.id.clone(),
        username: username.to_owned(),
        sub: sub.clone(),
        status,
        enabled: true,
        attributes: Default::default(),
        password: None,
        password_set_at: None,
        verifier: None,
        failed_attempts: 0,
        last_failed_at: 0,
        created_at: now,
        modified_at: now,
        mfa: Default::default(),
        version: 0,
    };
    if pool.has_username_attributes() {
        let kind = username_kind(pool, username)?;
        user.username = sub;
        user.attributes.insert(kind.to_owned(), username.to_owned());
        return Ok(user);
    }
    if pool.is_alias_attribute("email") && text::is_email(username) {
        return Err(ApiError::invalid_parameter("Username cannot be of email format, since user pool is configured for email alias."));
    }
    if pool.is_alias_attribute("phone_number") && text::is_phone(username) {
        return Err(ApiError::invalid_parameter(
            "Username cannot be of phone number format, since user pool is configured for phone number alias.",
        ));
    }
    Ok(user)
}

fn username_kind(pool: &Pool, username: &str) -> Result<&'static str> {
    let (email, phone) = (pool.is_username_attribute("email"), pool.is_username_attribute("phone_number"));
    if email && text::is_email(username) {
        return Ok("email");
    }
    if phone && text::is_phone(username) {
        return Ok("phone_number");
    }
    Err(ApiError::invalid_parameter(match (email, phone) {
        (true, true) => "Username should be either an email or a phone number.",
        (true, false) => "Username should be an email.",
        _ => "Username should be a phone number.",
    }))
}

/// Says early, before a hash is paid for, that a name is taken: as a user name, as somebody's alias, or as somebody's `sub`, since operations
/// take any of them for a name. The keys of the tables say so again at the end.
pub async fn refuse_taken(cx: &mut Cx, pool: &Pool, user: &User, username: &str) -> Result<()> {
    let mut tx = cx.read().await?;
    if !pool.has_username_attributes() {
        let owner = store::name_owner(&mut tx, pool, username).await?;
        return if owner.is_some() { Err(ApiError::username_exists("User already exists")) } else { Ok(()) };
    }
    for (kind, value) in lookup::aliases(pool, user) {
        if store::name_owner(&mut tx, pool, value).await?.is_some() {
            return Err(taken(kind));
        }
    }
    Ok(())
}

fn taken(kind: &str) -> ApiError {
    let what = if kind == "email" { "email" } else { "phone_number" };
    ApiError::username_exists(format!("An account with the given {what} already exists."))
}

/// Inserts, and turns a taken key into the exception for it.
pub async fn insert(tx: &mut Tx, pool: &Pool, user: &User) -> Result<()> {
    if store::name_owner(tx, pool, &user.username).await?.is_some() {
        return Err(ApiError::username_exists("User already exists"));
    }
    match store::insert(tx, pool, user).await {
        Err(StoreError::Duplicate) => Err(match lookup::aliases(pool, user).first() {
            Some((kind, _)) if pool.has_username_attributes() => taken(kind),
            _ => ApiError::username_exists("User already exists"),
        }),
        other => Ok(other?),
    }
}

/// The address that a sign-up code goes to: the phone number before the e-mail address, where the pool proves both.
pub fn contact_to_prove<'a>(pool: &Pool, user: &'a User) -> Option<(&'static str, &'a str)> {
    ["phone_number", "email"].into_iter().filter(|name| pool.auto_verifies(name)).find_map(|name| Some((name, user.attribute(name)?)))
}
