//! InitiateAuth and AdminInitiateAuth

use crate::api::{Cx, Door, Operation, Result};
use crate::auth::answer::Answer;
use crate::auth::initiate::{Request, initiate};
use crate::risk::Context;
use crate::risk::context::{ContextData, UserContextData};
use crate::triggers::Metadata;
use serde::Deserialize;
use std::collections::BTreeMap;

#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct InitiateAuth {
    pub auth_flow: String,
    #[serde(default)]
    pub auth_parameters: BTreeMap<String, String>,
    pub client_id: String,
    #[serde(default)]
    pub session: Option<String>,
    /// For triggers.
    #[serde(default)]
    pub client_metadata: BTreeMap<String, String>,
    #[serde(default)]
    pub user_context_data: Option<UserContextData>,
}

impl Operation for InitiateAuth {
    const NAME: &'static str = "InitiateAuth";
    const DOOR: Door = Door::Public;
    type Output = Answer;

    async fn run(self, cx: &mut Cx) -> Result<Answer> {
        cx.metadata = Metadata::sign_in(&self.client_metadata);
        let client = crate::clients::load(cx, &self.client_id).await?;
        let pool = crate::pools::load(cx, &client.pool_id).await?;
        cx.context = Some(Context::of_user(cx, &pool, &client, self.user_context_data.as_ref())?);
        initiate(
            cx,
            &pool,
            &client,
            &Request { flow: &self.auth_flow, parameters: &self.auth_parameters, session: self.session.as_deref(), admin: false },
        )
        .await
    }
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct AdminInitiateAuth {
    pub user_pool_id: String,
    pub client_id: String,
    pub auth_flow: String,
    #[serde(default)]
    pub auth_parameters: BTreeMap<String, String>,
    #[serde(default)]
    pub session: Option<String>,
    /// For triggers.
    #[serde(default)]
    pub client_metadata: BTreeMap<String, String>,
    #[serde(default)]
    pub context_data: Option<ContextData>,
}

impl Operation for AdminInitiateAuth {
    const NAME: &'static str = "AdminInitiateAuth";
    const DOOR: Door = Door::Iam;
    type Output = Answer;

    fn pool_id(&self) -> Option<&str> {
        Some(&self.user_pool_id)
    }

    async fn run(self, cx: &mut Cx) -> Result<Answer> {
        cx.metadata = Metadata::sign_in(&self.client_metadata);
        let client = crate::clients::load_in(cx, &self.user_pool_id, &self.client_id).await?;
        let pool = crate::pools::load(cx, &client.pool_id).await?;
        cx.context = Some(Context::of_server(cx, &pool, &client, self.context_data.as_ref())?);
        initiate(
            cx,
            &pool,
            &client,
            &Request { flow: &self.auth_flow, parameters: &self.auth_parameters, session: self.session.as_deref(), admin: true },
        )
        .await
    }
}
