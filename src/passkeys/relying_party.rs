//! Whom a pool's passkeys are for, and what the pool asks of them.

use crate::api::{ApiError, Cx, Result};
use crate::pools::Pool;
use crate::pools::domain::{Domain, Kind};

/// Refuses where passkeys are not among what the pool's users can sign in with.
pub fn refuse_disabled(pool: &Pool) -> Result<()> {
    if pool.allows_first_factor("WEB_AUTHN") || pool.web_authn().is_some() {
        return Ok(());
    }
    Err(ApiError::web_authn_not_enabled("WebAuthn is not enabled for the user pool."))
}

/// The relying party's id: what was set, else the custom domain, else the prefix domain.
pub async fn id(cx: &mut Cx, pool: &Pool) -> Result<String> {
    if let Some(id) = pool.web_authn().and_then(|w| w.relying_party_id.as_deref()) {
        return Ok(id.to_ascii_lowercase());
    }
    let domains = crate::pools::store::domains(&mut *cx.read().await?, &pool.id).await?;
    let of = |kind: Kind| domains.iter().find(|d: &&Domain| d.kind == kind).map(|d| d.domain.as_str());
    match (of(Kind::Custom), of(Kind::Prefix)) {
        (Some(host), _) => Ok(host.to_ascii_lowercase()),
        (None, Some(prefix)) => Ok(format!("{prefix}.auth.{}", cx.app.config.base_domain)),
        (None, None) => {
            Err(ApiError::web_authn_configuration_missing("The user pool has neither a relying party ID nor a domain for WebAuthn."))
        }
    }
}

/// Whether a passkey must show that it is its user who uses it: where the pool says so, and where a passkey stands for two factors.
pub fn requires_verification(pool: &Pool) -> bool {
    pool.passkeys_are_multi_factor() || pool.web_authn().and_then(|w| w.user_verification.as_deref()) == Some("required")
}

/// `userVerification` in what a browser is asked.
pub fn user_verification(pool: &Pool) -> &'static str {
    if requires_verification(pool) { "required" } else { "preferred" }
}
