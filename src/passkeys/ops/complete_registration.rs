//! CompleteWebAuthnRegistration (section 7.1)

use super::{bearer, limit_exceeded};
use crate::api::{ApiError, Cx, Door, Empty, Operation, Result};
use crate::kit::{mac, text};
use crate::passkeys::authenticator_data;
use crate::passkeys::client_data::{self, ClientData};
use crate::passkeys::credential::{Attestation, Credential, Passkey};
use crate::passkeys::fault::{Fault, challenge_not_found};
use crate::passkeys::{provider, relying_party, store};
use crate::pools::Pool;
use crate::store::StoreError;
use crate::users::User;
use serde::Deserialize;

#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct CompleteWebAuthnRegistration {
    pub access_token: String,
    /// RegistrationResponseJSON
    pub credential: serde_json::Value,
}

impl Operation for CompleteWebAuthnRegistration {
    const NAME: &'static str = "CompleteWebAuthnRegistration";
    const DOOR: Door = Door::AccessToken;
    type Output = Empty;

    fn access_token(&self) -> Option<&str> {
        Some(&self.access_token)
    }

    async fn run(self, cx: &mut Cx) -> Result<Empty> {
        let user = bearer(cx).await?;
        let pool = crate::pools::load(cx, &user.pool_id).await?;
        relying_party::refuse_disabled(&pool)?;
        let rp_id = relying_party::id(cx, &pool).await?;
        let invalid = |_| ApiError::invalid_parameter("Credential is not a registration response.");
        let credential = Credential::<Attestation>::of_value(self.credential).map_err(invalid)?;
        let client = ClientData::parse(&credential.response.client_data.0, client_data::CREATE).map_err(Fault::refuse_registration)?;
        let hash = mac::sha256_hex(&client.challenge().map_err(Fault::refuse_registration)?);
        let client_id = own_challenge(cx, &user, &hash).await?;
        let passkey = verify(cx, &pool, &user, &rp_id, &client, &credential).map_err(Fault::refuse_registration)?;
        keep(cx, &passkey, &client_id, &hash).await
    }
}

/// The client that asks, if the challenge was made for it.
async fn own_challenge(cx: &mut Cx, user: &User, hash: &str) -> Result<String> {
    let (client_id, now) = (cx.bearer()?.client_id.clone(), cx.now());
    let begun_by = store::client_of_challenge(&mut *cx.read().await?, &user.pool_id, &user.sub, hash, now).await?;
    if begun_by.ok_or_else(challenge_not_found)? == client_id {
        return Ok(client_id);
    }
    Err(ApiError::web_authn_client_mismatch("The registration was started with an access token of another app client."))
}

fn verify(
    cx: &Cx,
    pool: &Pool,
    user: &User,
    rp_id: &str,
    client: &ClientData,
    credential: &Credential<Attestation>,
) -> Result<Passkey, Fault> {
    client.comes_from(rp_id)?;
    let data = authenticator_data::of_attestation(&credential.response.attestation_object.0)?;
    data.check(rp_id, relying_party::requires_verification(pool))?;
    let attested = data.attested.as_ref().filter(|a| a.credential_id == credential.id.0).ok_or(Fault::Malformed)?;
    Ok(Passkey {
        pool_id: pool.id.clone(),
        credential_id: text::base64url(attested.credential_id),
        sub: user.sub.clone(),
        public_key: attested.public_key.to_vec(),
        counter: data.counter.into(),
        backup_eligible: data.backup_eligible(),
        backed_up: data.backed_up(),
        transports: credential.transports(),
        attachment: credential.attachment(),
        aaguid: provider::aaguid(attested.aaguid),
        name: provider::name(&attested.aaguid).to_owned(),
        rp_id: rp_id.to_owned(),
        created_at: cx.now(),
    })
}

/// Uses the challenge up and keeps the passkey, unless somebody has it already (section 7.1, step 26).
async fn keep(cx: &mut Cx, passkey: &Passkey, client_id: &str, hash: &str) -> Result<Empty> {
    let (pool_id, sub) = (&passkey.pool_id, &passkey.sub);
    let mut tx = cx.begin().await?;
    if !store::take_challenge(&mut tx, pool_id, sub, client_id, hash).await? {
        return Err(challenge_not_found());
    }
    if store::find(&mut tx, pool_id, &passkey.credential_id).await?.is_some() {
        return Err(ApiError::web_authn_credential_not_supported("The credential is registered already."));
    }
    let slot = store::free_slot(&mut tx, pool_id, sub).await?.ok_or_else(limit_exceeded)?;
    match store::insert(&mut tx, passkey, slot).await {
        Err(StoreError::Duplicate) => {
            return Err(ApiError::too_many_requests("Another passkey was registered at the same time. Try again."));
        }
        other => other?,
    }
    tx.commit().await?;
    Ok(Empty {})
}
