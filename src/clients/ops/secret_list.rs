//! ListUserPoolClientSecrets

use super::secret_add::Descriptor;
use crate::api::{Cx, Door, Operation, Result, page};
use crate::clients::{load_in, store};
use serde::{Deserialize, Serialize};

#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct ListUserPoolClientSecrets {
    pub user_pool_id: String,
    pub client_id: String,
    #[serde(default)]
    pub next_token: Option<String>,
}

/// There are never more than two, so that there is never a next page.
#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct Listed {
    pub client_secrets: Vec<Descriptor>,
}

impl Operation for ListUserPoolClientSecrets {
    const NAME: &'static str = "ListUserPoolClientSecrets";
    const DOOR: Door = Door::Iam;
    type Output = Listed;

    fn pool_id(&self) -> Option<&str> {
        Some(&self.user_pool_id)
    }

    async fn run(self, cx: &mut Cx) -> Result<Listed> {
        let client = load_in(cx, &self.user_pool_id, &self.client_id).await?;
        page::position(cx, "client secrets", self.next_token.as_deref())?;
        let held = store::secrets(&mut *cx.read().await?, &client.pool_id, &client.id).await?;
        let client_secrets = held.into_iter().map(|(created_at,)| Descriptor::of(&client.id, created_at)).collect();
        Ok(Listed { client_secrets })
    }
}
