//! AddCustomAttributes

use super::update::replace;
use crate::api::{Cx, Door, Empty, Operation, Result};
use crate::pools::attributes::{self, SchemaAttribute};
use crate::pools::load;
use serde::Deserialize;

#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct AddCustomAttributes {
    pub user_pool_id: String,
    pub custom_attributes: Vec<SchemaAttribute>,
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
        attributes::define(&mut document.schema, self.custom_attributes, false)?;
        replace(cx, &pool, pool.name.clone(), document).await?;
        Ok(Empty {})
    }
}
