//! DescribeTerms and DescribeTermsByClient

use crate::api::{ApiError, Cx, Door, Operation, Result};
use crate::branding::terms::{Answer, no_such_terms, store};
use serde::Deserialize;

#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct DescribeTerms {
    pub user_pool_id: String,
    pub terms_id: String,
}

impl Operation for DescribeTerms {
    const NAME: &'static str = "DescribeTerms";
    const DOOR: Door = Door::Iam;
    type Output = Answer;

    fn pool_id(&self) -> Option<&str> {
        Some(&self.user_pool_id)
    }

    async fn run(self, cx: &mut Cx) -> Result<Answer> {
        let pool = crate::pools::load(cx, &self.user_pool_id).await?;
        let id = self.terms_id.to_ascii_lowercase();
        let found = store::find(&mut *cx.read().await?, &pool.id, &id).await?;
        found.map(Answer::of).ok_or_else(|| no_such_terms(&id))
    }
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct DescribeTermsByClient {
    pub user_pool_id: String,
    pub client_id: String,
    pub terms_name: String,
}

impl Operation for DescribeTermsByClient {
    const NAME: &'static str = "DescribeTermsByClient";
    const DOOR: Door = Door::Iam;
    type Output = Answer;

    fn pool_id(&self) -> Option<&str> {
        Some(&self.user_pool_id)
    }

    async fn run(self, cx: &mut Cx) -> Result<Answer> {
        let client = crate::clients::load_in(cx, &self.user_pool_id, &self.client_id).await?;
        let documents = store::of_client(&mut *cx.read().await?, &client.pool_id, &client.id).await?;
        let found = documents.into_iter().find(|d| d.name == self.terms_name);
        found.map(Answer::of).ok_or_else(|| {
            ApiError::resource_not_found(format!("Terms {} of the app client {} does not exist.", self.terms_name, client.id))
        })
    }
}
