//! Who signs requests: users and the holders of temporary credentials, with all that decides what they may do.

use super::entity::{Owner, Tags};
use super::grants::{self, Grants};
use super::policy::evaluate::{self, Decision, Layers, Named, Request, Verdict};
use super::policy::principal::{Naming, Requester};
use super::policy::{Context, Kind, Policy};
use super::session::{Holder, Origin, Session};
use crate::boot::app::App;
use crate::kit::clock::{Millis, SECOND};
use std::collections::BTreeMap;
use std::sync::{Arc, LazyLock};

/// A signer who is not the root key itself.
#[derive(Debug)]
pub struct Principal {
    pub account: String,
    /// The ARN of the user or session, as refusals name it.
    pub arn: String,
    /// `AIDA…`, or `AROA…:session`.
    pub user_id: String,
    /// Nothing for the root, who is allowed everything.
    grants: Option<Arc<Grants>>,
    /// What the session is limited to.
    session: Option<Vec<Named>>,
    /// The condition keys that go with the signer.
    pub context: Context,
    /// Of temporary credentials.
    pub temporary: Option<Temporary>,
    is_federated: bool,
}

/// What is known of temporary credentials.
#[derive(Debug, Clone)]
pub struct Temporary {
    pub origin: Origin,
    pub tags: Tags,
    pub transitive_tags: Vec<String>,
    pub source_identity: Option<String>,
}

static EVERYTHING: LazyLock<Vec<Named>> = LazyLock::new(|| {
    let document = super::managed::PROVIDED.iter().find(|p| p.name == "AdministratorAccess").map_or("", |p| p.document);
    let policy = super::policy::read(document, Kind::Identity).unwrap_or_else(|_| Policy::denying_everything());
    vec![Named { id: "AdministratorAccess".to_owned(), kind: "IAM Policy", policy: Arc::new(policy) }]
});

impl Principal {
    /// A user who signs with a key of their own; `None` if there is no such user any more.
    pub async fn of_user(app: &App, name: &str) -> crate::store::Result<Option<Self>> {
        let Some(grants) = grants::load(app, Owner::User, name).await? else { return Ok(None) };
        Ok(Some(Self::user(app, grants)))
    }

    fn user(app: &App, grants: Arc<Grants>) -> Self {
        let (account, entity) = (&app.config.account_id, &grants.entity);
        let arn = entity.arn(account);
        let mut context = base(account, &arn, &entity.id, "User");
        context.set("aws:username", &entity.name);
        tag(&mut context, &entity.details.tags);
        Self {
            account: account.clone(),
            arn,
            user_id: entity.id.clone(),
            session: None,
            context,
            temporary: None,
            is_federated: false,
            grants: Some(grants),
        }
    }

    /// The holder of temporary credentials; `None` if the role or user that they are of is gone.
    pub async fn of_session(app: &App, session: &Session) -> crate::store::Result<Option<Self>> {
        if session.account != app.config.account_id {
            return Ok(None);
        }
        let mut principal = match &session.holder {
            Holder::Root => Self::root(app),
            Holder::User { name, id } => match grants::load(app, Owner::User, name).await? {
                Some(grants) if grants.entity.id == *id => Self::user(app, grants),
                _ => return Ok(None),
            },
            Holder::Role { name, id } => match grants::load(app, Owner::Role, name).await? {
                Some(grants) if grants.entity.id == *id => Self::role(app, grants, session),
                _ => return Ok(None),
            },
            Holder::Federated { name, by } => match by {
                None => Self::federated(app, None, name),
                Some((user, id)) => match grants::load(app, Owner::User, user).await? {
                    Some(grants) if grants.entity.id == *id => Self::federated(app, Some(grants), name),
                    _ => return Ok(None),
                },
            },
        };
        principal.session = limits(app, session).await?;
        principal.add_session(session);
        Ok(Some(principal))
    }

    fn root(app: &App) -> Self {
        let account = &app.config.account_id;
        let arn = format!("arn:aws:iam::{account}:root");
        Self {
            account: account.clone(),
            context: base(account, &arn, account, "Account"),
            arn,
            user_id: account.clone(),
            grants: None,
            session: None,
            temporary: None,
            is_federated: false,
        }
    }

    fn role(app: &App, grants: Arc<Grants>, session: &Session) -> Self {
        let (account, entity) = (&app.config.account_id, &grants.entity);
        let user_id = format!("{}:{}", entity.id, session.name);
        // Conditions see the role, messages the session.
        let mut context = base(account, &entity.arn(account), &user_id, "AssumedRole");
        tag(&mut context, &entity.details.tags);
        Self {
            account: account.clone(),
            arn: format!("arn:aws:sts::{account}:assumed-role/{}/{}", entity.name, session.name),
            user_id,
            context,
            session: None,
            temporary: None,
            is_federated: false,
            grants: Some(grants),
        }
    }

    fn federated(app: &App, grants: Option<Arc<Grants>>, name: &str) -> Self {
        let account = &app.config.account_id;
        let arn = format!("arn:aws:sts::{account}:federated-user/{name}");
        let user_id = format!("{account}:{name}");
        Self {
            account: account.clone(),
            context: base(account, &arn, &user_id, "FederatedUser"),
            arn,
            user_id,
            grants,
            session: None,
            temporary: None,
            is_federated: true,
        }
    }

    fn add_session(&mut self, session: &Session) {
        if self.is_federated && self.session.is_none() {
            // Without a policy of its own such a session may do nothing.
            self.session = Some(Vec::new());
        }
        let context = &mut self.context;
        tag(context, &session.tags);
        context.set("aws:TokenIssueTime", iso(session.issued_at)).set("aws:MultiFactorAuthPresent", "false");
        for (key, values) in &session.context {
            set_provided(context, key, values);
        }
        if let Some(provider) = &session.provider {
            context.set("aws:FederatedProvider", provider);
        }
        if let Some(identity) = &session.source_identity {
            context.set("aws:SourceIdentity", identity);
        }
        self.temporary = Some(Temporary {
            origin: session.origin,
            tags: session.tags.clone(),
            transitive_tags: session.transitive_tags.clone(),
            source_identity: session.source_identity.clone(),
        });
    }

    /// The role or user behind the signer; nothing for the root.
    pub fn entity(&self) -> Option<&super::entity::Entity> {
        self.grants.as_ref().map(|grants| &grants.entity)
    }

    /// Whether the user or role behind the signer is the one that was meant when a trust policy named it.
    pub fn is_trusted(&self, ids: &BTreeMap<String, String>) -> bool {
        self.entity().is_none_or(|entity| ids.get(&entity.arn(&self.account)).is_none_or(|id| *id == entity.id))
    }

    /// The user who signs, with a key or a session of their own.
    pub fn user_name(&self) -> Option<&str> {
        self.entity().filter(|entity| entity.owner == Owner::User && !self.is_federated).map(|entity| entity.name.as_str())
    }

    /// Whether the signer is made from the root key, without limits.
    pub fn is_root(&self) -> bool {
        self.grants.is_none() && self.session.is_none()
    }

    pub fn is_federated(&self) -> bool {
        self.is_federated
    }

    /// Decides by all policies that apply, and that of the resource where it has one.
    pub fn decide(&self, action: &str, resource: &str, context: &Context, of_resource: Option<&Named>) -> Verdict {
        self.with(action, resource, context, of_resource, evaluate::decide)
    }

    /// The same, with the statements that decided.
    pub fn explain(&self, action: &str, resource: &str, context: &Context, of_resource: Option<&Named>) -> Decision {
        self.with(action, resource, context, of_resource, evaluate::explain)
    }

    /// How closely a trust policy names this signer where it allows the request.
    pub fn granted_by(&self, trust: &Policy, action: &str, resource: &str, context: &Context) -> Option<Naming> {
        self.with(action, resource, context, None, |_, request| evaluate::granted(trust, request))
    }

    fn with<T>(
        &self,
        action: &str,
        resource: &str,
        context: &Context,
        of_resource: Option<&Named>,
        then: impl FnOnce(&Layers<'_>, &Request<'_>) -> T,
    ) -> T {
        let mut all = self.context.clone();
        all.extend(context);
        let role_arn = self.entity().filter(|entity| entity.owner == Owner::Role).map(|entity| entity.arn(&self.account));
        let id = self.user_id.split(':').next().unwrap_or_default();
        let requester = Requester { account: &self.account, arn: &self.arn, role_arn: role_arn.as_deref(), id, ..Requester::default() };
        let layers = Layers {
            identity: self.grants.as_ref().map_or(EVERYTHING.as_slice(), |grants| &grants.identity),
            boundary: self.grants.as_ref().and_then(|grants| grants.boundary.as_ref()),
            session: self.session.as_deref(),
            resource: of_resource,
        };
        then(&layers, &Request::new(action, resource, &all, requester))
    }
}

/// The policies that a session is limited to; `None` if it has none.
async fn limits(app: &App, session: &Session) -> crate::store::Result<Option<Vec<Named>>> {
    if session.policy.is_none() && session.policy_arns.is_empty() {
        return Ok(None);
    }
    let mut limits = Vec::new();
    if let Some(document) = &session.policy {
        let policy = grants::compiled(app, document, Kind::Session).unwrap_or_else(|_| Arc::new(Policy::denying_everything()));
        limits.push(Named { id: "session policy".to_owned(), kind: "Session Policy", policy });
    }
    limits.extend(session_policies(app, &session.policy_arns).await?);
    Ok(Some(limits))
}

/// Managed policies by ARN. One that is gone allows nothing.
async fn session_policies(app: &App, arns: &[String]) -> crate::store::Result<Vec<Named>> {
    let mut found = Vec::new();
    for arn in arns {
        if let Some(known) = app.caches.session_policies.get(arn) {
            found.push(known);
            continue;
        }
        let mut tx = app.db.read().await?;
        if let Some(named) = grants::by_arn(app, &mut tx, arn, "Session Policy").await? {
            app.caches.session_policies.insert(arn.clone(), named.clone());
            found.push(named);
        }
    }
    Ok(found)
}

/// The keys that every signer has.
fn base(account: &str, arn: &str, user_id: &str, kind: &str) -> Context {
    let mut context = Context::default();
    context.set("aws:PrincipalArn", arn).set("aws:PrincipalAccount", account).set("aws:PrincipalType", kind).set("aws:userid", user_id);
    context
}

/// Later tags of the same key, whatever its case, come in the place of earlier ones.
fn tag(context: &mut Context, tags: &Tags) {
    for (key, value) in tags {
        context.set(&format!("aws:PrincipalTag/{key}"), value);
    }
}

/// A key of an identity provider. Methods of authentication are always several, other keys one.
pub fn set_provided(context: &mut Context, key: &str, values: &[String]) {
    match values {
        [one] if !key.to_ascii_lowercase().ends_with(":amr") => context.set(key, one),
        _ => context.set_many(key, values.to_vec()),
    };
}

/// `2026-01-01T00:00:00Z`
pub fn iso(at: Millis) -> String {
    let at = time::OffsetDateTime::from_unix_timestamp(at.div_euclid(SECOND)).unwrap_or(time::OffsetDateTime::UNIX_EPOCH);
    at.format(&time::format_description::well_known::Rfc3339).unwrap_or_default()
}
