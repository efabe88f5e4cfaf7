//! Identity providers of the account: OpenID Connect and SAML.

use super::common::{account, admit, write_page};
use super::tags::listed;
use crate::api::Cx;
use crate::iam::entity::Provider;
use crate::iam::policy::Context;
use crate::iam::providers::store;
use crate::iam::query::fault::{Fault, Result};
use crate::iam::query::params::{Params, check_tags};
use crate::iam::query::xml::Xml;
use crate::store::StoreError;

const OIDC: &str = "OpenIDConnectProviderArn";
const SAML: &str = "SAMLProviderArn";

fn missing(arn: &str) -> Fault {
    Fault::no_such_entity(format!("The provider {arn} cannot be found."))
}

async fn admitted(cx: &mut Cx, params: &Params, parameter: &str, action: &str) -> Result<(String, Provider, i64)> {
    let (arn, account) = (params.text(parameter, 2_048)?.to_owned(), account(cx));
    let found = store::find(&mut *cx.read().await?, &account, &arn).await?;
    let mut context = Context::default();
    if let Some((provider, _)) = &found {
        context.set_tags("iam:ResourceTag", &provider.tags).set_tags("aws:ResourceTag", &provider.tags);
    }
    admit(cx, action, &arn, &context)?;
    let is_of_kind = arn.contains(if parameter == SAML { ":saml-provider/" } else { ":oidc-provider/" });
    let (provider, at) = found.filter(|_| is_of_kind).ok_or_else(|| missing(&arn))?;
    Ok((arn, provider, at))
}

async fn change(cx: &mut Cx, arn: &str, with: impl FnOnce(&mut Provider) -> Result<()>) -> Result<String> {
    let account = account(cx);
    let mut tx = cx.begin().await?;
    let (mut provider, _) = store::hold(&mut tx, &account, arn).await?.ok_or_else(|| missing(arn))?;
    with(&mut provider)?;
    store::update(&mut tx, &account, arn, &provider).await?;
    tx.commit().await?;
    Ok(String::new())
}

async fn insert(cx: &mut Cx, arn: &str, provider: &Provider) -> Result<()> {
    let (account, now) = (account(cx), cx.now());
    let mut tx = cx.begin().await?;
    if store::list(&mut tx, &account, &format!("arn:aws:iam::{account}:")).await?.len() >= 700 {
        return Err(Fault::limit("Cannot exceed quota for identity providers: 700"));
    }
    match store::insert(&mut tx, &account, arn, provider, now).await {
        Err(StoreError::Duplicate) => return Err(Fault::exists(format!("Provider with ARN {arn} already exists."))),
        other => other?,
    }
    Ok(tx.commit().await?)
}

/// The provider's address without scheme. Plain HTTP is taken of this machine only: keys decide who somebody is.
fn url(params: &Params) -> Result<String> {
    let given = params.text("Url", 255)?;
    let invalid = || Fault::invalid_input("Invalid Open ID Connect Provider URL: it must begin with https:// and have no query.");
    let read = url::Url::parse(given).map_err(|_| invalid())?;
    let host = read.host_str().ok_or_else(invalid)?;
    let is_here = host == "localhost" || host.ends_with(".localhost") || matches!(host, "127.0.0.1" | "[::1]");
    let sound = (read.scheme() == "https" || (read.scheme() == "http" && is_here))
        && read.query().is_none()
        && read.fragment().is_none()
        && read.username().is_empty()
        && read.password().is_none()
        && !given.contains(['*', '?', ' ']);
    if !sound {
        return Err(invalid());
    }
    Ok(crate::iam::sts::without_scheme(given).trim_end_matches('/').to_owned())
}

fn texts(params: &Params, name: &str, most: usize, longest: usize) -> Result<Vec<String>> {
    let all: Vec<_> = params.list(name).into_iter().map(str::to_owned).collect();
    if all.len() > most || all.iter().any(|text| text.is_empty() || text.len() > longest) {
        return Err(Fault::invalid_input(format!("{name} takes {most} texts of 1 to {longest} characters at most.")));
    }
    Ok(all)
}

pub async fn create_oidc(cx: &mut Cx, params: &Params) -> Result<String> {
    let url = url(params)?;
    let tags = params.tags("Tags")?;
    let arn = format!("arn:aws:iam::{}:oidc-provider/{url}", cx.app.config.account_id);
    let mut context = Context::default();
    context.set_request_tags(&tags);
    admit(cx, "CreateOpenIDConnectProvider", &arn, &context)?;
    let provider = Provider {
        url: Some(url),
        client_ids: texts(params, "ClientIDList", 100, 255)?,
        thumbprints: texts(params, "ThumbprintList", 5, 40)?,
        metadata: None,
        tags,
    };
    insert(cx, &arn, &provider).await?;
    let mut xml = Xml::new();
    xml.text(OIDC, &arn);
    if !provider.tags.is_empty() {
        xml.tags(&provider.tags);
    }
    Ok(xml.finish())
}

pub async fn get_oidc(cx: &mut Cx, params: &Params) -> Result<String> {
    let (_, provider, at) = admitted(cx, params, OIDC, "GetOpenIDConnectProvider").await?;
    let mut xml = Xml::new();
    xml.optional("Url", provider.url.as_deref())
        .texts("ClientIDList", provider.client_ids.iter().map(String::as_str))
        .texts("ThumbprintList", provider.thumbprints.iter().map(String::as_str))
        .time("CreateDate", at)
        .tags(&provider.tags);
    Ok(xml.finish())
}

pub async fn list_oidc(cx: &mut Cx, _params: &Params) -> Result<String> {
    let account = account(cx);
    let prefix = format!("arn:aws:iam::{account}:oidc-provider/");
    admit(cx, "ListOpenIDConnectProviders", &prefix, &Context::default())?;
    let all = store::list(&mut *cx.read().await?, &account, &prefix).await?;
    let mut xml = Xml::new();
    xml.list("OpenIDConnectProviderList", &all, |xml, (arn, _)| {
        xml.text("Arn", arn);
    });
    Ok(xml.finish())
}

pub async fn delete_oidc(cx: &mut Cx, params: &Params) -> Result<String> {
    let (arn, ..) = admitted(cx, params, OIDC, "DeleteOpenIDConnectProvider").await?;
    delete(cx, &arn).await
}

async fn delete(cx: &mut Cx, arn: &str) -> Result<String> {
    let account = account(cx);
    let mut tx = cx.begin().await?;
    if !store::delete(&mut tx, &account, arn).await? {
        return Err(missing(arn));
    }
    tx.commit().await?;
    Ok(String::new())
}

pub async fn add_client_id(cx: &mut Cx, params: &Params) -> Result<String> {
    let (arn, ..) = admitted(cx, params, OIDC, "AddClientIDToOpenIDConnectProvider").await?;
    let id = params.text("ClientID", 255)?.to_owned();
    change(cx, &arn, |provider| {
        if !provider.client_ids.contains(&id) {
            provider.client_ids.push(id);
        }
        if provider.client_ids.len() > 100 {
            return Err(Fault::limit("Cannot exceed quota for ClientIdsPerOpenIdConnectProvider: 100"));
        }
        Ok(())
    })
    .await
}

pub async fn remove_client_id(cx: &mut Cx, params: &Params) -> Result<String> {
    let (arn, ..) = admitted(cx, params, OIDC, "RemoveClientIDFromOpenIDConnectProvider").await?;
    let id = params.text("ClientID", 255)?;
    change(cx, &arn, |provider| {
        provider.client_ids.retain(|known| known != id);
        Ok(())
    })
    .await
}

pub async fn update_thumbprints(cx: &mut Cx, params: &Params) -> Result<String> {
    let (arn, ..) = admitted(cx, params, OIDC, "UpdateOpenIDConnectProviderThumbprint").await?;
    let thumbprints = texts(params, "ThumbprintList", 5, 40)?;
    change(cx, &arn, |provider| {
        provider.thumbprints = thumbprints;
        Ok(())
    })
    .await
}

pub async fn tag_oidc(cx: &mut Cx, params: &Params) -> Result<String> {
    let (arn, ..) = admitted(cx, params, OIDC, "TagOpenIDConnectProvider").await?;
    let new = params.tags("Tags")?;
    change(cx, &arn, |provider| {
        provider.tags.extend(new);
        check_tags(&provider.tags)
    })
    .await
}

pub async fn untag_oidc(cx: &mut Cx, params: &Params) -> Result<String> {
    let (arn, ..) = admitted(cx, params, OIDC, "UntagOpenIDConnectProvider").await?;
    let gone = params.list("TagKeys");
    change(cx, &arn, |provider| {
        provider.tags.retain(|key, _| !gone.contains(&key.as_str()));
        Ok(())
    })
    .await
}

pub async fn list_oidc_tags(cx: &mut Cx, params: &Params) -> Result<String> {
    let (_, provider, _) = admitted(cx, params, OIDC, "ListOpenIDConnectProviderTags").await?;
    Ok(listed(&provider.tags))
}

fn metadata(params: &Params) -> Result<String> {
    let metadata = params.text("SAMLMetadataDocument", 10_000_000)?;
    if metadata.chars().count() < 1_000 {
        return Err(Fault::invalid_input("Could not parse metadata"));
    }
    crate::federation::metadata::read(metadata).map_err(|_| Fault::invalid_input("Could not parse metadata"))?;
    Ok(metadata.to_owned())
}

pub async fn create_saml(cx: &mut Cx, params: &Params) -> Result<String> {
    let (name, tags) = (params.name("Name", 128)?, params.tags("Tags")?);
    let arn = format!("arn:aws:iam::{}:saml-provider/{name}", cx.app.config.account_id);
    let mut context = Context::default();
    context.set_request_tags(&tags);
    admit(cx, "CreateSAMLProvider", &arn, &context)?;
    let metadata = Some(metadata(params)?);
    insert(cx, &arn, &Provider { url: None, client_ids: Vec::new(), thumbprints: Vec::new(), metadata, tags }).await?;
    Ok(Xml::new().text(SAML, &arn).finish())
}

pub async fn get_saml(cx: &mut Cx, params: &Params) -> Result<String> {
    let (_, provider, at) = admitted(cx, params, SAML, "GetSAMLProvider").await?;
    let mut xml = Xml::new();
    xml.optional("SAMLMetadataDocument", provider.metadata.as_deref()).time("CreateDate", at).tags(&provider.tags);
    Ok(xml.finish())
}

pub async fn update_saml(cx: &mut Cx, params: &Params) -> Result<String> {
    let (arn, ..) = admitted(cx, params, SAML, "UpdateSAMLProvider").await?;
    let metadata = metadata(params)?;
    change(cx, &arn, |provider| {
        provider.metadata = Some(metadata);
        Ok(())
    })
    .await?;
    Ok(Xml::new().text(SAML, &arn).finish())
}

pub async fn list_saml(cx: &mut Cx, _params: &Params) -> Result<String> {
    let account = account(cx);
    let prefix = format!("arn:aws:iam::{account}:saml-provider/");
    admit(cx, "ListSAMLProviders", &prefix, &Context::default())?;
    let all = store::list(&mut *cx.read().await?, &account, &prefix).await?;
    let mut xml = Xml::new();
    xml.list("SAMLProviderList", &all, |xml, (arn, at)| {
        xml.text("Arn", arn).time("CreateDate", *at);
    });
    write_page(&mut xml, None);
    Ok(xml.finish())
}

pub async fn delete_saml(cx: &mut Cx, params: &Params) -> Result<String> {
    let (arn, ..) = admitted(cx, params, SAML, "DeleteSAMLProvider").await?;
    delete(cx, &arn).await
}
