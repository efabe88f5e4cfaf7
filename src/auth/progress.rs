//! How far a sign-in has come: who it is about, and what was proved.

use super::challenge::invalid;
use super::custom::Rounds;
use super::srp_flow::sub_or_invented;
use crate::api::{Cx, Result};
use crate::kit::clock::Millis;
use crate::pools::Pool;
use crate::triggers::pre_token::Source;
use crate::users::{User, store};
use serde::{Deserialize, Serialize};

/// Proofs by their names in `amr` (RFC 8176, and Cognito's own for codes by e-mail).
pub const PASSWORD: &str = "pwd";
pub const SOFTWARE_TOKEN: &str = "otp";
pub const SMS: &str = "sms";
pub const EMAIL: &str = "email_otp";
pub const MULTIPLE: &str = "mfa";

/// Carried, sealed, from challenge to challenge.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Progress {
    /// The name that was given, and the user behind it; an invented one where there is none, so that the length tells nothing.
    pub username: String,
    pub sub: String,
    /// When the password that was proved had been set: a newer one makes the session worthless.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub password_set_at: Option<Millis>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub amr: Vec<String>,
    /// The device that the sign-in comes from, as its client says.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub device_key: Option<String>,
    /// Whether the device proved itself.
    #[serde(skip_serializing_if = "is_false")]
    pub device_proved: bool,
    /// Whether a second factor was proved, or something that stands for one.
    #[serde(skip_serializing_if = "is_false")]
    pub second_factor: bool,
    /// Whether the password took the place of an administrator's just now.
    #[serde(skip_serializing_if = "is_false")]
    pub new_password: bool,
    /// The rounds of a custom sign-in.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub custom: Option<Rounds>,
}

fn is_false(value: &bool) -> bool {
    !value
}

impl Progress {
    /// The beginning: a name, and nothing proved.
    pub fn new(cx: &Cx, pool: &Pool, username: &str, user: Option<&User>, device_key: Option<&str>) -> Self {
        Self {
            username: username.to_owned(),
            sub: sub_or_invented(cx, pool, user, username),
            device_key: device_key.map(str::to_owned),
            ..Self::default()
        }
    }

    /// With another proof.
    pub fn proved(mut self, proof: &str, user: &User) -> Self {
        self.amr.push(proof.to_owned());
        self.password_set_at = user.password_set_at;
        self
    }

    /// The user that this is about, unless the password was changed since it was proved.
    pub async fn user(&self, cx: &mut Cx, pool: &Pool) -> Result<User> {
        let user = store::find_by_sub(&mut *cx.read().await?, &pool.id, &self.sub).await?;
        user.filter(|u| u.password_set_at == self.password_set_at).ok_or_else(invalid)
    }

    /// What the tokens of this sign-in are made after.
    pub fn source(&self) -> Source {
        match (self.new_password, self.device_proved) {
            (true, _) => Source::NewPasswordChallenge,
            (false, true) => Source::AuthenticateDevice,
            (false, false) => Source::Authentication,
        }
    }

    /// The methods as a token names them: with `mfa` where there were two.
    pub fn methods(&self) -> Vec<String> {
        let mut methods = self.amr.clone();
        if methods.len() > 1 && !methods.iter().any(|m| m == MULTIPLE) {
            methods.push(MULTIPLE.to_owned());
        }
        methods
    }
}
