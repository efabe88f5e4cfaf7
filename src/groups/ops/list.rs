//! ListGroups: in the order of their names.

use crate::api::{Cx, Door, Operation, Result, page};
use crate::groups::Group;
use crate::groups::group::Page;
use crate::groups::store;
use serde::Deserialize;

#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct ListGroups {
    pub user_pool_id: String,
    #[serde(default)]
    pub limit: Option<usize>,
    #[serde(default)]
    pub next_token: Option<String>,
}

impl Operation for ListGroups {
    const NAME: &'static str = "ListGroups";
    const DOOR: Door = Door::Iam;
    type Output = Page;

    fn pool_id(&self) -> Option<&str> {
        Some(&self.user_pool_id)
    }

    async fn run(self, cx: &mut Cx) -> Result<Page> {
        let pool = crate::pools::load(cx, &self.user_pool_id).await?;
        let list = format!("groups:{}", pool.id);
        let limit = self.limit.filter(|l| *l > 0).unwrap_or(60);
        let after = page::position(cx, &list, self.next_token.as_deref())?.unwrap_or_default();
        let groups = store::list(&mut *cx.read().await?, &pool.id, &after, limit as i64 + 1).await?;
        Ok(page_of(cx, &list, groups, limit))
    }
}

/// The answer, and where the next page begins: after the last group's name.
pub fn page_of(cx: &Cx, list: &str, mut groups: Vec<Group>, limit: usize) -> Page {
    let next = page::cut(&mut groups, limit, |g| g.name.clone());
    Page { groups: groups.into_iter().map(Into::into).collect(), next_token: next.map(|n| page::token(cx, list, &n)) }
}
