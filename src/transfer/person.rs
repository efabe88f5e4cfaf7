//! Somebody to import, whatever the file that they come from.

use crate::api::{ApiError, Cx, Exception, Result};
use crate::kit::{password, text};
use crate::pools::Pool;
use crate::store::Tx;
use crate::users::attributes::{self, Attribute, Writer};
use crate::users::mfa::Factor;
use crate::users::ops::sign_up::new_user;
use crate::users::{Status, User, lookup, store};

/// What a file says of somebody.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Person {
    /// Names by which they are known there, the likeliest first.
    pub names: Vec<String>,
    pub attributes: Vec<Attribute>,
    /// What the other system kept besides: taken where the pool has a (custom) attribute of that name.
    pub extras: Vec<Attribute>,
    /// In the form that `kit::password` reads.
    pub password: Option<String>,
    pub disabled: bool,
    pub sms_mfa: bool,
    /// Must choose a new password at the next sign-in, whatever the file has.
    pub must_reset: bool,
    pub created_at: Option<i64>,
}

impl Person {
    /// An attribute that has a value.
    pub fn get(&self, name: &str) -> Option<&str> {
        self.attributes.iter().find(|a| a.name == name).map(|a| a.value.as_str()).filter(|v| !v.is_empty())
    }

    pub fn set(&mut self, name: &str, value: Option<impl Into<String>>) {
        let value = value.map(Into::into).filter(|v: &String| !v.is_empty());
        self.attributes.extend(value.map(|value| Attribute { name: name.to_owned(), value }));
    }

    /// Where an extra goes in a pool: never to what somebody signs in with or is known by, and never to what is the pool's developer's.
    fn place(pool: &Pool, extra: &Attribute) -> Option<Attribute> {
        const OWN: [&str; 5] = ["sub", "identities", "email", "phone_number", "preferred_username"];
        let custom = Some(format!("custom:{}", extra.name));
        let is_plain = !OWN.contains(&extra.name.as_str()) && !extra.name.ends_with("_verified") && !extra.name.contains(':');
        let standard = is_plain.then(|| extra.name.clone());
        let name = [custom, standard].into_iter().flatten().find(|name| pool.attribute(name).is_some())?;
        Some(Attribute { name, value: extra.value.clone() })
    }

    /// Extras that the pool has no attribute for.
    pub fn unknown<'a>(&'a self, pool: &'a Pool) -> impl Iterator<Item = &'a str> {
        self.extras.iter().filter(|extra| Self::place(pool, extra).is_none()).map(|extra| extra.name.as_str())
    }

    /// The name that the pool takes: an address where user names are addresses, and none where addresses are aliases.
    fn name(&self, pool: &Pool) -> Result<&str> {
        let fits = |name: &&String| {
            let (email, phone) = (text::is_email(name), text::is_phone(name));
            match pool.has_username_attributes() {
                true => email && pool.is_username_attribute("email") || phone && pool.is_username_attribute("phone_number"),
                false => !(email && pool.is_alias_attribute("email") || phone && pool.is_alias_attribute("phone_number")),
            }
        };
        let named = || self.names.iter().filter(|n| !n.is_empty());
        let name = named().find(fits).or_else(|| named().next());
        name.map(String::as_str).ok_or_else(|| ApiError::invalid_parameter("The user has no name."))
    }

    /// The user that this person becomes in a pool.
    pub fn user(&self, cx: &Cx, pool: &Pool) -> Result<User> {
        let name = self.name(pool)?;
        if name.chars().count() > 128 || name.chars().any(|c| c.is_control() || c.is_whitespace()) {
            return Err(ApiError::invalid_parameter("The user name is longer than 128 characters or has spaces in it."));
        }
        // PostgreSQL has no text with it.
        if self.attributes.iter().chain(&self.extras).any(|a| a.value.contains('\0')) {
            return Err(ApiError::invalid_parameter("The user has an attribute with a NUL character."));
        }
        let status = if self.password.is_some() && !self.must_reset { Status::Confirmed } else { Status::ResetRequired };
        let mut user = new_user(cx, pool, name, status)?;
        let own = user.attributes.clone();
        let extras = self.extras.iter().filter_map(|extra| Self::place(pool, extra)).filter(|a| self.get(&a.name).is_none());
        attributes::set_new(pool, &mut user, &extras.collect::<Vec<_>>(), Writer::Admin)?;
        attributes::set_new(pool, &mut user, &self.attributes, Writer::Admin)?;
        if let Some((kind, _)) = own.iter().find(|(kind, value)| user.attributes.get(*kind) != Some(value)) {
            return Err(ApiError::invalid_parameter(format!("The attribute {kind} differs from the username.")));
        }
        attributes::require_all(pool, &user)?;
        if let Some(stored) = &self.password {
            password::accept(stored).map_err(|refusal| ApiError::invalid_parameter(refusal.to_string()))?;
            user.password = Some(stored.clone());
            user.password_set_at = Some(cx.now());
        }
        user.enabled = !self.disabled;
        if self.sms_mfa {
            user.mfa.enabled.push(Factor::Sms);
        }
        if let Some(at) = self.created_at.filter(|at| (0..=cx.now()).contains(at)) {
            user.created_at = at;
        }
        Ok(user)
    }
}

/// What became of a row.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Outcome {
    Imported,
    /// There is a user of this name already.
    Skipped,
    Failed(String),
}

impl Outcome {
    /// A refusal is the row's fault; what is not a refusal is ours, and ends the import.
    pub fn of(error: ApiError) -> Result<Self> {
        match error.exception() {
            Some(Exception::TooManyRequestsException) | None => Err(error),
            Some(_) => Ok(Self::Failed(error.message().into_owned())),
        }
    }
}

/// Whether a user can be inserted, and if not, why.
pub async fn judge(tx: &mut Tx, pool: &Pool, user: &User) -> Result<Outcome> {
    for name in [&user.username, &user.sub] {
        if store::name_owner(tx, pool, name).await?.is_some() {
            return Ok(Outcome::Skipped);
        }
    }
    for (kind, value) in lookup::aliases(pool, user) {
        if store::name_owner(tx, pool, value).await?.is_some() {
            let is_name = pool.is_username_attribute(kind);
            return Ok(if is_name { Outcome::Skipped } else { Outcome::Failed(format!("An account with the {kind} already exists.")) });
        }
    }
    Ok(Outcome::Imported)
}

/// Inserts a user whose names are free.
pub async fn insert(tx: &mut Tx, pool: &Pool, user: &User) -> Result<Outcome> {
    let outcome = judge(tx, pool, user).await?;
    if outcome == Outcome::Imported {
        store::insert(tx, pool, user).await?;
    }
    Ok(outcome)
}
