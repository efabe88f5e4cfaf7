//! DescribeUserPoolClient

use crate::api::{Cx, Door, Operation, Result};
use crate::clients::settings::Settings;
use crate::clients::{Client, load_in};
use crate::kit::clock::epoch_seconds;
use serde::{Deserialize, Serialize};

#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct DescribeUserPoolClient {
    pub user_pool_id: String,
    pub client_id: String,
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct Described {
    pub user_pool_client: UserPoolClient,
}

/// The kind of client that CreateUserPoolClient makes.
const REGULAR: &str = "REGULAR";
/// The kind that registers itself.
pub const REGISTERED: &str = "DCR";

/// `UserPoolClientType`
#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct UserPoolClient {
    pub user_pool_id: String,
    pub client_id: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub client_secret: Option<String>,
    pub creation_date: f64,
    pub last_modified_date: f64,
    /// How it came to be.
    pub client_type: &'static str,
    #[serde(flatten)]
    pub settings: Settings,
}

impl UserPoolClient {
    pub fn of(client: &Client) -> Self {
        Self {
            user_pool_id: client.pool_id.clone(),
            client_id: client.id.clone(),
            // The newest: who reads the secret from here moves on to it before the old one is deleted.
            client_secret: client.secrets.last().map(|s| s.value.to_string()),
            creation_date: epoch_seconds(client.created_at),
            last_modified_date: epoch_seconds(client.modified_at),
            client_type: if client.is_registered { REGISTERED } else { REGULAR },
            settings: client.settings.clone(),
        }
    }
}

impl Operation for DescribeUserPoolClient {
    const NAME: &'static str = "DescribeUserPoolClient";
    const DOOR: Door = Door::Iam;
    type Output = Described;

    fn pool_id(&self) -> Option<&str> {
        Some(&self.user_pool_id)
    }

    async fn run(self, cx: &mut Cx) -> Result<Described> {
        let client = load_in(cx, &self.user_pool_id, &self.client_id).await?;
        Ok(Described { user_pool_client: UserPoolClient::of(&client) })
    }
}
