//! AddPermission, RemovePermission, GetPolicy. A user pool of this server calls its functions without asking for a permission; what tools set is kept.

use super::super::error::{LambdaError, Result};
use super::super::store;
use super::{Request, json, nothing};
use crate::api::Cx;
use crate::kit::id;
use axum::body::Body;
use axum::extract::Path;
use axum::http::{Response, StatusCode};
use serde::Deserialize;
use serde_json::{Value, json as value};

const MAX_POLICY: usize = 20 * 1024;

#[derive(Default, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
struct Permission {
    statement_id: String,
    action: String,
    principal: String,
    source_arn: Option<String>,
    source_account: Option<String>,
    revision_id: Option<String>,
}

fn key(qualifier: Option<&str>, sid: &str) -> String {
    format!("{}/{sid}", qualifier.unwrap_or_default())
}

async fn function(cx: &mut Cx, request: &Request, name: &str) -> Result<store::Function> {
    let found = store::find(&mut *cx.read().await?, name).await?;
    found.ok_or_else(|| LambdaError::no_function(&request.arn(name, None)))
}

async fn put(cx: &mut Cx, function: &store::Function) -> Result<()> {
    let revision = id::uuid(cx.rng());
    let mut tx = cx.begin().await?;
    if !store::update(&mut tx, function, &revision).await? {
        return Err(LambdaError::precondition("The policy was changed at the same time. Try again."));
    }
    Ok(tx.commit().await?)
}

pub async fn add(Path(name): Path<String>, request: Request) -> Result<Response<Body>> {
    let given: Permission = request.json()?;
    let named = request.named(&name)?;
    let is_id = (1..=100).contains(&given.statement_id.len())
        && given.statement_id.bytes().all(|c| c.is_ascii_alphanumeric() || matches!(c, b'-' | b'_'));
    if !is_id || !given.action.starts_with("lambda:") && given.action != "*" || given.principal.is_empty() {
        return Err(LambdaError::validation(
            "1 validation error detected: StatementId, Action and Principal are required and must have their forms",
        ));
    }
    let mut cx = request.cx();
    let mut function = function(&mut cx, &request, &named.name).await?;
    if given.revision_id.is_some_and(|revision| revision != function.revision_id) {
        return Err(LambdaError::precondition("The RevisionId provided does not match the latest RevisionId."));
    }
    let principal = if given.principal == "*" {
        value!("*")
    } else if given.principal.ends_with(".amazonaws.com") {
        value!({ "Service": given.principal })
    } else {
        value!({ "AWS": given.principal })
    };
    let mut statement = value!({
        "Sid": given.statement_id, "Effect": "Allow", "Principal": principal, "Action": given.action,
        "Resource": request.arn(&named.name, named.qualifier.as_deref()),
    });
    if let Some(arn) = given.source_arn {
        statement["Condition"]["ArnLike"]["AWS:SourceArn"] = arn.into();
    }
    if let Some(account) = given.source_account {
        statement["Condition"]["StringEquals"]["AWS:SourceAccount"] = account.into();
    }
    let key = key(named.qualifier.as_deref(), &given.statement_id);
    if function.policy.0.contains_key(&key) {
        return Err(LambdaError::conflict(format!(
            "The statement id ({}) provided already exists. Please provide a new statement id, or remove the existing statement.",
            given.statement_id
        )));
    }
    function.policy.0.insert(key, statement.clone());
    if serde_json::to_string(&function.policy.0).map_or(0, |text| text.len()) > MAX_POLICY {
        return Err(LambdaError::invalid("The final policy size is bigger than the limit (20480)."));
    }
    put(&mut cx, &function).await?;
    Ok(json(StatusCode::CREATED, &value!({ "Statement": statement.to_string() })))
}

pub async fn remove(Path((name, sid)): Path<(String, String)>, request: Request) -> Result<Response<Body>> {
    let named = request.named(&name)?;
    let mut cx = request.cx();
    let mut function = function(&mut cx, &request, &named.name).await?;
    let removed = function.policy.0.remove(&key(named.qualifier.as_deref(), &sid));
    removed.ok_or_else(|| LambdaError::not_found(format!("Statement {sid:.100} is not found in resource policy.")))?;
    put(&mut cx, &function).await?;
    Ok(nothing())
}

pub async fn get(Path(name): Path<String>, request: Request) -> Result<Response<Body>> {
    let named = request.named(&name)?;
    let function = function(&mut request.cx(), &request, &named.name).await?;
    let begin = key(named.qualifier.as_deref(), "");
    let statements: Vec<&Value> = function.policy.0.iter().filter(|(key, _)| key.starts_with(&begin)).map(|(_, s)| s).collect();
    if statements.is_empty() {
        return Err(LambdaError::not_found("The resource you requested does not exist."));
    }
    let policy = value!({ "Version": "2012-10-17", "Id": "default", "Statement": statements });
    Ok(json(StatusCode::OK, &value!({ "Policy": policy.to_string(), "RevisionId": function.revision_id })))
}
