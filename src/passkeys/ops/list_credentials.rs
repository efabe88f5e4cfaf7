//! ListWebAuthnCredentials

use super::bearer;
use crate::api::{Cx, Door, Operation, Result, page};
use crate::kit::clock::epoch_seconds;
use crate::passkeys::credential::Passkey;
use crate::passkeys::store;
use serde::{Deserialize, Serialize};

#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct ListWebAuthnCredentials {
    pub access_token: String,
    #[serde(default)]
    pub next_token: Option<String>,
    #[serde(default)]
    pub max_results: Option<usize>,
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct Listed {
    pub credentials: Vec<Description>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub next_token: Option<String>,
}

/// `WebAuthnCredentialDescription`
#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct Description {
    pub credential_id: String,
    pub friendly_credential_name: String,
    pub relying_party_id: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub authenticator_attachment: Option<String>,
    pub authenticator_transports: Vec<String>,
    pub created_at: f64,
}

impl Operation for ListWebAuthnCredentials {
    const NAME: &'static str = "ListWebAuthnCredentials";
    const DOOR: Door = Door::AccessToken;
    type Output = Listed;

    fn access_token(&self) -> Option<&str> {
        Some(&self.access_token)
    }

    async fn run(self, cx: &mut Cx) -> Result<Listed> {
        let user = bearer(cx).await?;
        let list = format!("passkeys:{}:{}", user.pool_id, user.sub);
        let limit = self.max_results.filter(|n| *n > 0).unwrap_or(20);
        let after = page::position(cx, &list, self.next_token.as_deref())?.unwrap_or_default();
        // All of a user's passkeys fit one page of the database.
        let mut rows = store::list(&mut *cx.read().await?, &user.pool_id, &user.sub).await?;
        rows.retain(|row| position(row) > after);
        rows.sort_by_key(position);
        let next = page::cut(&mut rows, limit, position);
        Ok(Listed { credentials: rows.into_iter().map(describe).collect(), next_token: next.map(|n| page::token(cx, &list, &n)) })
    }
}

/// The oldest first.
fn position(passkey: &Passkey) -> String {
    format!("{:020} {}", passkey.created_at, passkey.credential_id)
}

fn describe(passkey: Passkey) -> Description {
    Description {
        credential_id: passkey.credential_id,
        friendly_credential_name: passkey.name,
        relying_party_id: passkey.rp_id,
        authenticator_attachment: passkey.attachment,
        authenticator_transports: passkey.transports,
        created_at: epoch_seconds(passkey.created_at),
    }
}
