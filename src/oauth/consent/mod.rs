//! What people have let applications have.
//!
//! Owns `consents`. Asked of clients that `RequireConsent`, and where an application asks for it (`prompt=consent`). A grant is remembered until
//! the person refuses on the same page, or the user or the client goes.

pub mod store;

use super::authorize::AuthorizeRequest;
use super::authorize::claims::ClaimsRequest;
use crate::api::{Cx, Result};
use crate::clients::Client;

/// Whether the person has to be asked.
pub async fn is_needed(cx: &mut Cx, client: &Client, request: &AuthorizeRequest, sub: &str) -> Result<bool> {
    // A page of ours gets nothing.
    if request.redirect_uri.starts_with('/') {
        return Ok(false);
    }
    if request.prompts.consent {
        return Ok(true);
    }
    if !client.oauth().require_consent {
        return Ok(false);
    }
    let granted = store::scope(&mut *cx.read().await?, &client.pool_id, sub, &client.id).await?;
    Ok(granted.is_none_or(|granted| !covers(&granted, &asked(&request.scope, &request.claims))))
}

/// What is really asked for, in the words of scopes: `openid` alone reveals whatever the client may read, and `claims` goes beyond the scopes.
pub fn asked(scope: &str, claims: &ClaimsRequest) -> String {
    let mut all: Vec<&str> = scope.split(' ').filter(|s| !s.is_empty()).collect();
    if all.contains(&"openid") {
        let alone = !all.iter().any(|s| matches!(*s, "email" | "phone" | "profile"));
        let named = claims.id_token.iter().chain(&claims.user_info).filter_map(|name| scope_of(name));
        let more: Vec<&str> = if alone { vec!["email", "phone", "profile"] } else { named.collect() };
        for word in more {
            if !all.contains(&word) {
                all.push(word);
            }
        }
    }
    all.join(" ")
}

/// The scope that stands for a claim. Those about the sign-in itself are nobody's attribute.
fn scope_of(claim: &str) -> Option<&'static str> {
    match claim {
        "sub" | "acr" | "amr" | "auth_time" | "nonce" => None,
        "email" | "email_verified" => Some("email"),
        "phone_number" | "phone_number_verified" => Some("phone"),
        _ => Some("profile"),
    }
}

fn covers(granted: &str, asked: &str) -> bool {
    asked.split(' ').all(|scope| granted.split(' ').any(|g| g == scope))
}

/// Remembers a grant, beside what was granted before.
pub async fn grant(cx: &mut Cx, client: &Client, sub: &str, scope: &str) -> Result<()> {
    let now = cx.now();
    let mut tx = cx.begin().await?;
    let before = store::scope(&mut tx, &client.pool_id, sub, &client.id).await?.unwrap_or_default();
    let more = scope.split(' ').filter(|scope| !covers(&before, scope));
    let all: Vec<&str> = before.split(' ').filter(|s| !s.is_empty()).chain(more).collect();
    store::put(&mut tx, &client.pool_id, sub, &client.id, &all.join(" "), now).await.map_err(crate::auth::complete::gone)?;
    tx.commit().await
}

/// Forgets what was granted.
pub async fn withdraw(cx: &mut Cx, client: &Client, sub: &str) -> Result<()> {
    let mut tx = cx.begin().await?;
    store::delete(&mut tx, &client.pool_id, sub, &client.id).await?;
    tx.commit().await
}
