//! UpdateUserPoolClient: replaces every setting; what is omitted goes back to its default, as in Cognito. `PoolhouseOAuth` stays: software
//! that was written for Cognito does not know of it.

use super::describe::{Described, UserPoolClient};
use crate::api::{ApiError, Cx, Door, Operation, Result};
use crate::clients::settings::Settings;
use crate::clients::{flows, load, load_in, scopes, store};
use serde::Deserialize;

#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct UpdateUserPoolClient {
    pub user_pool_id: String,
    pub client_id: String,
    #[serde(flatten)]
    pub settings: Settings,
}

impl Operation for UpdateUserPoolClient {
    const NAME: &'static str = "UpdateUserPoolClient";
    const DOOR: Door = Door::Iam;
    type Output = Described;

    fn pool_id(&self) -> Option<&str> {
        Some(&self.user_pool_id)
    }

    async fn run(self, cx: &mut Cx) -> Result<Described> {
        let client = load_in(cx, &self.user_pool_id, &self.client_id).await?;
        let pool = crate::pools::load(cx, &self.user_pool_id).await?;
        let (unnamed, unsaid) = (self.settings.client_name.is_empty(), self.settings.enable_token_revocation.is_none());
        let mut settings = self.settings.with_defaults();
        let oauth_unsaid = settings.poolhouse_oauth.is_none();
        if oauth_unsaid {
            settings.poolhouse_oauth.clone_from(&client.poolhouse_oauth);
        }
        flows::check(&settings, client.is_confidential())?;
        settings.oauth().check(client.is_confidential())?;
        settings.check(&pool)?;
        settings.check_context_data(client.is_confidential())?;
        scopes::require(cx, &pool.id, &settings.allowed_o_auth_scopes).await?;
        crate::federation::check_named(cx, &pool, &settings.supported_identity_providers).await?;
        let now = cx.now();
        let mut tx = cx.begin().await?;
        // What an update keeps, it keeps of what is stored at this moment.
        let Some(stored) = store::hold(&mut tx, &client.pool_id, &client.id).await? else {
            return Err(ApiError::no_such_client(&client.id));
        };
        if unnamed {
            settings.client_name = stored.client_name;
        }
        // What is not lost by omission.
        if unsaid {
            settings.enable_token_revocation = stored.enable_token_revocation;
        }
        if oauth_unsaid {
            settings.poolhouse_oauth = stored.poolhouse_oauth;
        }
        store::update(&mut tx, &client.pool_id, &client.id, &settings, now).await?;
        tx.commit().await?;
        cx.app.caches.clients.invalidate(&client.id);
        let client = load(cx, &client.id).await?;
        Ok(Described { user_pool_client: UserPoolClient::of(&client) })
    }
}
