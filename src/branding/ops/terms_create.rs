//! CreateTerms

use crate::api::{ApiError, Cx, Door, Operation, Result};
use crate::branding::brand;
use crate::branding::slots::first_free;
use crate::branding::terms::store::{self, Document};
use crate::branding::terms::{Answer, DOCUMENTS, Links, check_links, exists};
use crate::kit::id;
use crate::store::{StoreError, Tx};
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
        let stored = insert(cx, &mut document).await?;
        brand::forget(&cx.app.caches);
        if stored {
            return Ok(Answer::of(document));
        }
        // Another request was faster: with the same name, or with the same slot.
        refuse_second(&mut *cx.read().await?, &document).await?;
        Err(ApiError::concurrent_modification("Other terms were created at the same time. Try again."))
    }
}

/// Stores a document; false if another took its place.
async fn insert(cx: &mut Cx, document: &mut Document) -> Result<bool> {
    let mut tx = cx.begin().await?;
    refuse_second(&mut tx, document).await?;
    let slot = first_free(&store::slots(&mut tx, &document.pool_id).await?, DOCUMENTS);
    document.slot = slot.ok_or_else(|| ApiError::limit_exceeded(format!("A user pool can have at most {DOCUMENTS} terms documents.")))?;
    match store::insert(&mut tx, document).await {
        Err(StoreError::Duplicate) => return Ok(false),
        Err(StoreError::Missing) => return Err(ApiError::no_such_client(&document.client_id)),
        other => other?,
    }
    tx.commit().await?;
    Ok(true)
}

/// A client has one document of a name.
async fn refuse_second(tx: &mut Tx, document: &Document) -> Result<()> {
    let found = store::of_client(tx, &document.pool_id, &document.client_id).await?;
    if found.iter().any(|d| d.name == document.name) { Err(exists(&document.name, &document.client_id)) } else { Ok(()) }
}
