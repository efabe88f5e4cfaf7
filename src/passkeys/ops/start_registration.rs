//! StartWebAuthnRegistration

use super::{bearer, limit_exceeded};
use crate::api::{Cx, Door, Operation, Result};
use crate::kit::{mac, text};
use crate::passkeys::public_key::ALGORITHMS;
use crate::passkeys::{LIFETIME, LIMIT, relying_party, store};
use crate::pools::Pool;
use crate::users::User;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

/// What Cognito gives the browser, in milliseconds.
const TIMEOUT: i64 = 60_000;

#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct StartWebAuthnRegistration {
    pub access_token: String,
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct Started {
    /// PublicKeyCredentialCreationOptionsJSON
    pub credential_creation_options: Value,
}

impl Operation for StartWebAuthnRegistration {
    const NAME: &'static str = "StartWebAuthnRegistration";
    const DOOR: Door = Door::AccessToken;
    type Output = Started;

    fn access_token(&self) -> Option<&str> {
        Some(&self.access_token)
    }

    async fn run(self, cx: &mut Cx) -> Result<Started> {
        let (user, client_id) = (bearer(cx).await?, cx.bearer()?.client_id.clone());
        let pool = crate::pools::load(cx, &user.pool_id).await?;
        relying_party::refuse_disabled(&pool)?;
        let rp_id = relying_party::id(cx, &pool).await?;
        let challenge = cx.rng().bytes::<32>();
        let (hash, expires_at) = (mac::sha256_hex(&challenge), cx.now() + LIFETIME);
        let mut tx = cx.begin().await?;
        let passkeys = store::list(&mut tx, &pool.id, &user.sub).await?;
        if passkeys.len() as i64 >= LIMIT {
            return Err(limit_exceeded());
        }
        store::put_challenge(&mut tx, &pool.id, &user.sub, &client_id, &hash, expires_at).await?;
        tx.commit().await?;
        let excluded = passkeys.iter().map(|p| json!({ "id": p.credential_id, "type": "public-key" })).collect();
        Ok(Started { credential_creation_options: options(&pool, &user, &rp_id, &challenge, excluded) })
    }
}

fn options(pool: &Pool, user: &User, rp_id: &str, challenge: &[u8], excluded: Vec<Value>) -> Value {
    let name = display_name(pool, user);
    let algorithms: Vec<Value> = ALGORITHMS.iter().map(|alg| json!({ "alg": *alg as i64, "type": "public-key" })).collect();
    json!({
        "authenticatorSelection": {
            "requireResidentKey": true,
            "residentKey": "required",
            "userVerification": relying_party::user_verification(pool),
        },
        "challenge": text::base64url(challenge),
        "excludeCredentials": excluded,
        "pubKeyCredParams": algorithms,
        "rp": { "id": rp_id, "name": rp_id },
        "timeout": TIMEOUT,
        "user": { "displayName": name, "id": text::base64url(user.sub.as_bytes()), "name": name },
    })
}

/// What the user signs in with, and so what tells accounts apart in the browser's list: an address where the service makes the user names.
fn display_name<'a>(pool: &Pool, user: &'a User) -> &'a str {
    let address = ["email", "phone_number"].into_iter().filter(|name| pool.is_username_attribute(name)).find_map(|n| user.attribute(n));
    address.unwrap_or(&user.username)
}
