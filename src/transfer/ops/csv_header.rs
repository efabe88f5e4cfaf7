//! GetCSVHeader

use crate::api::{Cx, Door, Operation, Result};
use crate::transfer::csv;
use serde::{Deserialize, Serialize};

#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct GetCSVHeader {
    pub user_pool_id: String,
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct Header {
    pub user_pool_id: String,
    #[serde(rename = "CSVHeader")]
    pub csv_header: Vec<String>,
}

impl Operation for GetCSVHeader {
    const NAME: &'static str = "GetCSVHeader";
    const DOOR: Door = Door::Iam;
    type Output = Header;

    fn pool_id(&self) -> Option<&str> {
        Some(&self.user_pool_id)
    }

    async fn run(self, cx: &mut Cx) -> Result<Header> {
        let pool = crate::pools::load(cx, &self.user_pool_id).await?;
        Ok(Header { user_pool_id: pool.id.clone(), csv_header: csv::header(&pool) })
    }
}
