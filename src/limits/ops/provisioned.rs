//! GetProvisionedLimit and UpdateProvisionedLimit. A limit that is set to Cognito's own rate is none: nothing is refused then.

use crate::api::{ApiError, Cx, Door, Operation, Result};
use crate::limits::{Category, store};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// More than one server can serve.
const MOST: i64 = 100_000;

#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct GetProvisionedLimit {
    pub limit_definition: Definition,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct UpdateProvisionedLimit {
    pub limit_definition: Definition,
    pub requested_limit_value: i64,
}

#[derive(Debug, Clone, Deserialize, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct Definition {
    pub limit_class: String,
    pub attributes: BTreeMap<String, String>,
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct Answer {
    pub limit: Limit,
}

/// `LimitType`
#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct Limit {
    pub limit_definition: Definition,
    pub provisioned_limit_value: i64,
    pub free_limit_value: i64,
}

impl Definition {
    fn category(&self) -> Result<Category> {
        let named = self.attributes.get("Category").map(String::as_str).filter(|_| self.attributes.len() == 1);
        let name = named.ok_or_else(|| ApiError::invalid_parameter("Attributes must have the key Category, and no other."))?;
        Category::parse(name)
            .ok_or_else(|| ApiError::invalid_parameter(format!("The limit of the category {name:.64} can not be adjusted.")))
    }

    fn answer(self, category: Category, value: Option<i64>) -> Answer {
        let free_limit_value = category.free();
        let provisioned_limit_value = value.unwrap_or(free_limit_value);
        Answer { limit: Limit { limit_definition: self, provisioned_limit_value, free_limit_value } }
    }
}

impl Operation for GetProvisionedLimit {
    const NAME: &'static str = "GetProvisionedLimit";
    const DOOR: Door = Door::Iam;
    type Output = Answer;

    async fn run(self, cx: &mut Cx) -> Result<Answer> {
        let category = self.limit_definition.category()?;
        let value = store::all(&mut *cx.read().await?).await?.get(&category).copied();
        Ok(self.limit_definition.answer(category, value))
    }
}

impl Operation for UpdateProvisionedLimit {
    const NAME: &'static str = "UpdateProvisionedLimit";
    const DOOR: Door = Door::Iam;
    type Output = Answer;

    async fn run(self, cx: &mut Cx) -> Result<Answer> {
        let (category, value) = (self.limit_definition.category()?, self.requested_limit_value);
        if value < 1 {
            return Err(ApiError::invalid_parameter("RequestedLimitValue must be at least 1."));
        }
        if value > MOST {
            return Err(ApiError::service_quota_exceeded(format!("RequestedLimitValue must be at most {MOST}.")));
        }
        let mut tx = cx.begin().await?;
        if value == category.free() {
            store::delete(&mut tx, category).await?;
        } else {
            store::put(&mut tx, category, value).await?;
        }
        tx.commit().await?;
        cx.app.caches.limits.invalidate(&());
        Ok(self.limit_definition.answer(category, Some(value)))
    }
}
