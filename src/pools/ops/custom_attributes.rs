//! AddCustomAttributes

use super::update::replace_or_ask_again;
use crate::api::{Cx, Door, Empty, Operation, Result};
use crate::pools::definition::{Definition, define};
use crate::pools::load;
use serde::Deserialize;

#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct AddCustomAttributes {
    pub user_pool_id: String,
    pub custom_attributes: Vec<Definition>,
}

impl Operation for AddCustomAttributes {
    const NAME: &'static str = "AddCustomAttributes";
    const DOOR: Door = Door::Iam;
    type Output = Empty;

    fn pool_id(&self) -> Option<&str> {
        Some(&self.user_pool_id)
    }

    async fn run(self, cx: &mut Cx) -> Result<Empty> {
        let pool = load(cx, &self.user_pool_id).await?;
        crate::transfer::refuse_while_importing(cx, &pool.id).await?;
        let mut document = pool.document.clone();
        define(&mut document.schema, self.custom_attributes, false)?;
        replace_or_ask_again(cx, &pool, document).await?;
        Ok(Empty {})
    }
}
