//! InitiateAuth and AdminInitiateAuth

use crate::api::{Cx, Door, Operation, Result};
use crate::auth::answer::Answer;
use crate::auth::initiate::{Request, initiate};
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
}

impl Operation for InitiateAuth {
    const NAME: &'static str = "InitiateAuth";
    const DOOR: Door = Door::Public;
    type Output = Answer;

    async fn run(self, cx: &mut Cx) -> Result<Answer> {
        let client = crate::clients::load(cx, &self.client_id).await?;
        let pool = crate::pools::load(cx, &client.pool_id).await?;
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
}

impl Operation for AdminInitiateAuth {
    const NAME: &'static str = "AdminInitiateAuth";
    const DOOR: Door = Door::Iam;
    type Output = Answer;

    fn pool_id(&self) -> Option<&str> {
        Some(&self.user_pool_id)
    }

    async fn run(self, cx: &mut Cx) -> Result<Answer> {
        let client = crate::clients::load_in(cx, &self.user_pool_id, &self.client_id).await?;
        let pool = crate::pools::load(cx, &client.pool_id).await?;
        initiate(
            cx,
            &pool,
            &client,
            &Request { flow: &self.auth_flow, parameters: &self.auth_parameters, session: self.session.as_deref(), admin: true },
        )
        .await
    }
}
