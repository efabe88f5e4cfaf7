//! CreateTerms

use crate::api::{ApiError, Cx, Door, Operation, Result};
use crate::branding::brand;
use crate::branding::slots::first_free;
use crate::branding::terms::store::{self, Document};
use crate::branding::terms::{Answer, DOCUMENTS, Links, check_links, exists};
use crate::kit::id;
use crate::store::StoreError;
use serde::Deserialize;

#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct CreateTerms {
    pub user_pool_id: String,
    pub client_id: String,
    pub terms_name: String,
    pub terms_source: String,
    pub enforcement: String,
    #[serde(default)]
    pub links: Option<Links>,
}

impl Operation for CreateTerms {
    const NAME: &'static str = "CreateTerms";
    const DOOR: Door = Door::Iam;
    type Output = Answer;

    fn pool_id(&self) -> Option<&str> {
        Some(&self.user_pool_id)
    }

    async fn run(self, cx: &mut Cx) -> Result<Answer> {
        let client = crate::clients::load_in(cx, &self.user_pool_id, &self.client_id).await?;
        let links = self.links.ok_or_else(|| ApiError::invalid_parameter("Links is required when TermsSource is LINK."))?;
        let now = cx.now();
        let mut document = Document {
            pool_id: client.pool_id.clone(),
            id: id::uuid(cx.rng()),
            client_id: client.id.clone(),
            name: self.terms_name,
            slot: 0,
            source: self.terms_source,
            enforcement: self.enforcement,
            links: check_links(links)?,
            created_at: now,
            modified_at: now,
        };
        match insert(cx, &mut document).await {
            Err(StoreError::Duplicate) => Err(taken(cx, &document).await?),
            Err(StoreError::Missing) => Err(ApiError::no_such_client(&document.client_id)),
            Err(other) => Err(other.into()),
            Ok(false) => Err(ApiError::limit_exceeded(format!("A user pool can have at most {DOCUMENTS} terms documents."))),
            Ok(true) => {
                brand::forget(&cx.app.caches);
                Ok(Answer::of(document))
            }
        }
    }
}

/// Stores a document; false if the pool has no place for it.
async fn insert(cx: &mut Cx, document: &mut Document) -> Result<bool, StoreError> {
    let mut tx = cx.app.db.begin().await?;
    if has_name(&store::of_client(&mut tx, &document.pool_id, &document.client_id).await?, &document.name) {
        return Err(StoreError::Duplicate);
    }
    let Some(slot) = first_free(&store::slots(&mut tx, &document.pool_id).await?, DOCUMENTS) else { return Ok(false) };
    document.slot = slot;
    store::insert(&mut tx, document).await?;
    tx.commit().await?;
    Ok(true)
}

fn has_name(documents: &[Document], name: &str) -> bool {
    documents.iter().any(|d| d.name == name)
}

/// Why a document could not be stored: its client has one of that name, or another took the slot at the same time.
async fn taken(cx: &mut Cx, document: &Document) -> Result<ApiError> {
    let found = store::of_client(&mut *cx.read().await?, &document.pool_id, &document.client_id).await?;
    Ok(if has_name(&found, &document.name) {
        exists(&document.name, &document.client_id)
    } else {
        ApiError::concurrent_modification("Other terms were created at the same time. Try again.")
    })
}
