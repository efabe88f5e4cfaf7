//! AdminLinkProviderForUser: whoever proves an identity at a provider signs in as the user that it is linked to.

use crate::api::{ApiError, Cx, Door, Empty, Operation, Result};
use crate::federation::details::Kind;
use crate::federation::identity::{self, Identity, ProviderUser, SUBJECT};
use crate::federation::metadata;
use crate::federation::provider::{self, Provider};
use crate::federation::store::{self, LinkRow};
use crate::pools::Pool;
use crate::store::StoreError;
use crate::users::ops::confirm_sign_up::save;
use crate::users::{Status, User, lookup};
use serde::Deserialize;

#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct AdminLinkProviderForUser {
    pub user_pool_id: String,
    pub destination_user: ProviderUser,
    pub source_user: ProviderUser,
}

/// Identities that may be linked to one user.
const MAX_LINKS: i64 = 5;

impl Operation for AdminLinkProviderForUser {
    const NAME: &'static str = "AdminLinkProviderForUser";
    const DOOR: Door = Door::Iam;
    type Output = Empty;

    fn pool_id(&self) -> Option<&str> {
        Some(&self.user_pool_id)
    }

    async fn run(self, cx: &mut Cx) -> Result<Empty> {
        let pool = crate::pools::load(cx, &self.user_pool_id).await?;
        self.destination_user.check("DestinationUser", false)?;
        let source = self.source_user;
        let provider = source_provider(cx, &pool, &source).await?;
        let mut user = destination(cx, &pool, &self.destination_user).await?.ok_or_else(ApiError::no_such_user)?;
        refuse_signed_up(cx, &pool, &source).await?;
        let now = cx.now();
        user.modified_at = now;
        identity::add(&mut user, identity_of(&provider, &source, now))?;
        let link = LinkRow {
            pool_id: pool.id.clone(),
            provider: source.provider_name,
            attribute: source.provider_attribute_name,
            value: source.provider_attribute_value,
            sub: user.sub.clone(),
            disabled: false,
            created_at: now,
        };
        let mut tx = cx.begin().await?;
        if let Some(other) = store::link(&mut tx, &pool.id, &link.provider, &link.attribute, &link.value).await? {
            return Err(if other.sub == link.sub { linked_already() } else { linked_elsewhere() });
        }
        if store::count_links(&mut tx, &pool.id, &user.sub).await? >= MAX_LINKS {
            let message = format!("At most {MAX_LINKS} identities can be linked to a user.");
            return Err(ApiError::limit_exceeded(message));
        }
        // The user's version decides between two links to one user, the link's key between two users.
        save(&mut tx, &pool, &user).await?;
        store::insert_link(&mut tx, &link).await.map_err(|error| match error {
            StoreError::Duplicate => linked_elsewhere(),
            other => other.into(),
        })?;
        tx.commit().await?;
        Ok(Empty {})
    }
}

fn linked_already() -> ApiError {
    ApiError::invalid_parameter("SourceUser is already linked to DestinationUser")
}

fn linked_elsewhere() -> ApiError {
    ApiError::alias_exists("SourceUser is already linked to another user.")
}

fn no_native_source() -> ApiError {
    ApiError::invalid_parameter(
        "Invalid SourceUser: Cognito users with a username/password may not be passed in as a SourceUser, only as a DestinationUser",
    )
}

/// The provider that the source is an identity at; it must tell the attribute that identifies it.
async fn source_provider(cx: &mut Cx, pool: &Pool, source: &ProviderUser) -> Result<Provider> {
    if source.is_native() {
        return Err(no_native_source());
    }
    source.check("SourceUser", true)?;
    let (name, attribute) = (&source.provider_name, &source.provider_attribute_name);
    let provider = provider::find(cx, pool, name).await?.ok_or_else(|| provider::not_in_pool(name, &pool.id))?;
    if attribute == SUBJECT || (!provider.kind().is_social() && provider.tells(attribute)) {
        return Ok(provider);
    }
    let why = if provider.kind().is_social() { "must be Cognito_Subject" } else { "must be Cognito_Subject or a mapped attribute" };
    Err(ApiError::invalid_parameter(format!("Invalid SourceUser: ProviderAttributeName {why} for the provider {name}.")))
}

/// The user to sign in as: one of the pool's own, or the profile of an identity that has signed in.
async fn destination(cx: &mut Cx, pool: &Pool, given: &ProviderUser) -> Result<Option<User>> {
    if given.is_native() {
        return lookup::find(cx, pool, &given.provider_attribute_value).await;
    }
    profile(cx, pool, &given.provider_name, &given.provider_attribute_value).await
}

/// The profile that signing in with this identity made.
pub async fn profile(cx: &mut Cx, pool: &Pool, provider: &str, subject: &str) -> Result<Option<User>> {
    let user = lookup::find(cx, pool, &identity::profile_name(provider, subject)).await?;
    Ok(user.filter(|u| identity::is_profile_of(u, provider, subject)))
}

/// An identity that has a profile signs in as that: two profiles do not become one.
async fn refuse_signed_up(cx: &mut Cx, pool: &Pool, source: &ProviderUser) -> Result<()> {
    if source.provider_attribute_name != SUBJECT {
        return Ok(());
    }
    let name = identity::profile_name(&source.provider_name, &source.provider_attribute_value);
    let holder = lookup::find(cx, pool, &name).await?.filter(|u| pool.key(&u.username) == pool.key(&name));
    match holder.map(|u| u.status) {
        None => Ok(()),
        Some(Status::ExternalProvider) => Err(ApiError::invalid_parameter(
            "Merging is not currently supported, provide a SourceUser that has not been signed up in order to link",
        )),
        Some(_) => Err(no_native_source()),
    }
}

fn identity_of(provider: &Provider, source: &ProviderUser, now: i64) -> Identity {
    let file = provider.settings.provider_details.get("MetadataFile").filter(|_| provider.kind() == Kind::Saml);
    Identity {
        user_id: source.provider_attribute_value.clone(),
        provider_name: provider.name.clone(),
        provider_type: provider.kind(),
        issuer: file.and_then(|document| metadata::read(document).ok()).map(|m| m.entity_id),
        primary: false,
        date_created: now,
    }
}
