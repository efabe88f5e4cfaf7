//! Where a person stands: the state behind a page, from the first form on.

use super::second_step::SecondStep;
use super::store::{self, FlowRow};
use crate::api::{Cx, Result};
use crate::kit::clock::{HOUR, Millis};
use crate::kit::{id, mac};
use crate::oauth::authorize::AuthorizeRequest;
use crate::store::Json;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

pub const LIFETIME: Millis = HOUR;

/// What is kept between pages. Never a password.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct FlowState {
    /// What the application asked for.
    pub request: AuthorizeRequest,
    pub username: String,
    /// Where a code went, masked.
    pub destination: Option<String>,
    pub notice: Option<PageNotice>,
    /// The session of a NEW_PASSWORD_REQUIRED challenge, and the attributes that it asks for.
    pub challenge: Option<String>,
    pub missing: Vec<String>,
    /// The second factor that is asked for, or has to be set up.
    pub second_step: Option<SecondStep>,
    /// The account that this browser made with a password, so that confirming it signs in.
    pub signed_up: Option<SignedUp>,
    /// The browser's session that was begun or chosen here, so that it is the one that consent is asked for.
    pub session: Option<String>,
    /// Whether who signs in joins the accounts that are there, rather than taking their place.
    pub adds_account: bool,
    /// A confirmation link did its work; there is no application to return to.
    pub confirmed: bool,
    /// What was typed into a form that has to be shown again.
    pub values: BTreeMap<String, String>,
}

/// An account that was made, and when: a password that was set later is another's.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SignedUp {
    pub sub: String,
    pub at: Millis,
}

/// What the last form came to, for the page that it is told on.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PageNotice {
    pub page: String,
    pub is_error: bool,
    pub text: String,
}

/// The flow of this id, if it began in this browser and has not expired.
pub async fn find(cx: &mut Cx, pool_id: &str, id: &str, browser: &str) -> Result<Option<FlowState>> {
    let (now, browser) = (cx.now(), mac::sha256_hex(browser.as_bytes()));
    let row = store::find_flow(&mut *cx.read().await?, pool_id, &mac::sha256_hex(id.as_bytes())).await?;
    Ok(row.filter(|r| r.expires_at > now && mac::same(r.browser.as_bytes(), browser.as_bytes())).map(|r| r.state.0))
}

/// What the application asked for in the flow of this hash, whichever browser it began in.
pub async fn find_request(cx: &mut Cx, pool_id: &str, hash: &str) -> Result<Option<AuthorizeRequest>> {
    let now = cx.now();
    let row = store::find_flow(&mut *cx.read().await?, pool_id, hash).await?;
    Ok(row.filter(|r| r.expires_at > now).map(|r| r.state.0.request))
}

/// Stores a flow under its id, or a new one, and returns the id.
pub async fn save(cx: &mut Cx, pool_id: &str, id: Option<String>, browser: &str, state: FlowState) -> Result<String> {
    let id = id.unwrap_or_else(|| id::token(cx.rng()));
    let row = FlowRow { browser: mac::sha256_hex(browser.as_bytes()), state: Json(state), expires_at: cx.now() + LIFETIME };
    let mut tx = cx.begin().await?;
    store::put_flow(&mut tx, pool_id, &mac::sha256_hex(id.as_bytes()), &row).await?;
    tx.commit().await?;
    Ok(id)
}

/// Forgets a flow that has come to its end.
pub async fn end(cx: &mut Cx, pool_id: &str, id: &str) -> Result<()> {
    let mut tx = cx.begin().await?;
    store::delete_flow(&mut tx, pool_id, &mac::sha256_hex(id.as_bytes())).await?;
    tx.commit().await
}
