//! RespondToAuthChallenge and AdminRespondToAuthChallenge

use crate::api::{Cx, Door, Operation, Result};
use crate::auth::answer::Answer;
use crate::auth::respond::{Response, respond};
use crate::risk::Context;
use crate::risk::context::{ContextData, UserContextData};
use crate::triggers::Metadata;
use serde::Deserialize;
use std::collections::BTreeMap;

#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct RespondToAuthChallenge {
    pub client_id: String,
    pub challenge_name: String,
    #[serde(default)]
    pub session: Option<String>,
    #[serde(default)]
    pub challenge_responses: BTreeMap<String, String>,
    /// For triggers.
    #[serde(default)]
    pub client_metadata: BTreeMap<String, String>,
    #[serde(default)]
    pub user_context_data: Option<UserContextData>,
}

impl Operation for RespondToAuthChallenge {
    const NAME: &'static str = "RespondToAuthChallenge";
    const DOOR: Door = Door::Public;
    type Output = Answer;

    async fn run(self, cx: &mut Cx) -> Result<Answer> {
        cx.metadata = Metadata::client(&self.client_metadata);
        let client = crate::clients::load(cx, &self.client_id).await?;
        let pool = crate::pools::load(cx, &client.pool_id).await?;
        cx.context = Some(Context::of_user(cx, &pool, &client, self.user_context_data.as_ref())?);
        let response = Response { challenge: &self.challenge_name, session: self.session.as_deref(), answers: &self.challenge_responses };
        respond(cx, &pool, &client, &response).await
    }
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct AdminRespondToAuthChallenge {
    pub user_pool_id: String,
    pub client_id: String,
    pub challenge_name: String,
    #[serde(default)]
    pub session: Option<String>,
    #[serde(default)]
    pub challenge_responses: BTreeMap<String, String>,
    /// For triggers.
    #[serde(default)]
    pub client_metadata: BTreeMap<String, String>,
    #[serde(default)]
    pub context_data: Option<ContextData>,
}

impl Operation for AdminRespondToAuthChallenge {
    const NAME: &'static str = "AdminRespondToAuthChallenge";
    const DOOR: Door = Door::Iam;
    type Output = Answer;

    fn pool_id(&self) -> Option<&str> {
        Some(&self.user_pool_id)
    }

    async fn run(self, cx: &mut Cx) -> Result<Answer> {
        cx.metadata = Metadata::client(&self.client_metadata);
        let client = crate::clients::load_in(cx, &self.user_pool_id, &self.client_id).await?;
        let pool = crate::pools::load(cx, &client.pool_id).await?;
        cx.context = Some(Context::of_server(cx, &pool, &client, self.context_data.as_ref())?);
        let response = Response { challenge: &self.challenge_name, session: self.session.as_deref(), answers: &self.challenge_responses };
        respond(cx, &pool, &client, &response).await
    }
}
