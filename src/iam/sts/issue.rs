//! What all ways to a session share: what is passed with the request, and the credentials at its end.

use super::Credentials;
use crate::api::Cx;
use crate::iam::entity::{Owner, Tags};
use crate::iam::grants::{self, Grants};
use crate::iam::policy::{self, Context, Kind};
use crate::iam::query::fault::{Fault, Result};
use crate::iam::query::params::{Params, check_tags, constraint};
use crate::iam::query::xml::Xml;
use crate::iam::session::{Holder, Origin, Session};
use crate::kit::clock::SECOND;
use std::collections::BTreeMap;
use std::sync::Arc;
use zeroize::Zeroizing;

/// The shortest session.
pub const SHORTEST: i64 = 900;
/// What lasts a session of a role that was assumed from a session, and one whose length nobody says.
pub const HOUR: i64 = 3_600;
/// What session policies hold together.
const LONGEST_POLICY: usize = 2_048;
/// The largest token in its plain form, so that it fits into a header with room.
const LARGEST: usize = 12 * 1_024;

/// What a request passes for its session.
#[derive(Debug, Clone, Default)]
pub struct Passed {
    pub policy: Option<String>,
    pub policy_arns: Vec<String>,
    pub tags: Tags,
    pub transitive_tags: Vec<String>,
    pub source_identity: Option<String>,
    pub duration_seconds: Option<i64>,
}

/// A session that was made.
pub struct Issued {
    pub credentials: Credentials,
    pub session: Session,
    /// How full the session's policies and tags are, in percent.
    pub packed: i64,
}

impl Passed {
    pub fn read(params: &Params) -> Result<Self> {
        let source_identity = params.get("SourceIdentity").map(|_| params.name("SourceIdentity", 64)).transpose()?;
        let duration = params.get("DurationSeconds").map(|_| params.number("DurationSeconds", SHORTEST..=129_600, 0)).transpose()?;
        let arns = (1..).map_while(|n| params.given(&format!("PolicyArns.member.{n}.arn")));
        Ok(Self {
            policy: params.optional("Policy", LONGEST_POLICY)?.map(str::to_owned),
            policy_arns: arns.map(str::to_owned).collect(),
            tags: params.tags("Tags")?,
            transitive_tags: params.list("TransitiveTagKeys").into_iter().map(str::to_owned).collect(),
            source_identity: source_identity.map(str::to_owned),
            duration_seconds: duration,
        })
    }

    /// The keys that trust policies may ask for.
    pub fn context(&self, session_name: &str) -> Context {
        let mut context = Context::default();
        context.set_request_tags(&self.tags).set("sts:RoleSessionName", session_name);
        if !self.transitive_tags.is_empty() {
            context.set_many("sts:TransitiveTagKeys", self.transitive_tags.clone());
        }
        if let Some(identity) = &self.source_identity {
            context.set("sts:SourceIdentity", identity);
        }
        context
    }

    /// What must be allowed besides the action itself.
    pub fn further_actions(&self) -> impl Iterator<Item = &'static str> {
        let tag = (!self.tags.is_empty()).then_some("sts:TagSession");
        let identity = self.source_identity.is_some().then_some("sts:SetSourceIdentity");
        tag.into_iter().chain(identity)
    }

    /// Checks what was passed. Returns how much of what fits is used, in percent.
    pub async fn check(&self, cx: &mut Cx) -> Result<i64> {
        check_tags(&self.tags)?;
        if self.transitive_tags.iter().any(|key| !self.tags.keys().any(|tag| tag.eq_ignore_ascii_case(key))) {
            return Err(Fault::validation("Transitive tag keys must be keys of the session's tags."));
        }
        if self.policy_arns.len() > 10 {
            return Err(Fault::validation("A session takes ten managed policies at most."));
        }
        if let Some(document) = &self.policy {
            if document.chars().count() > LONGEST_POLICY {
                return Err(constraint("Policy", "", "Member must have length less than or equal to 2048"));
            }
            policy::read(document, Kind::Session)?;
        }
        let app = cx.app.clone();
        let mut tx = cx.read().await?;
        for arn in &self.policy_arns {
            if arn.len() > 2_048 || grants::by_arn(&app, &mut tx, arn, "Session Policy").await?.is_none() {
                return Err(Fault::validation(format!("The specified policy {arn:.256} does not exist.")));
            }
        }
        let tags: usize = self.tags.iter().map(|(key, value)| key.len() + value.len() + 2).sum();
        let used = self.policy.as_deref().map_or(0, policy::length) + self.policy_arns.iter().map(String::len).sum::<usize>() + tags;
        let packed = i64::try_from(used * 100 / (2 * LONGEST_POLICY)).unwrap_or(i64::MAX).max(i64::from(used > 0));
        if packed > 100 {
            return Err(Fault::packed_policy(format!("Packed policy consumes {packed}% of allotted space, please use smaller policy.")));
        }
        Ok(packed)
    }
}

/// The role of an ARN, if it is one of this account's.
pub async fn role(cx: &Cx, arn: &str) -> Result<Option<Arc<Grants>>> {
    let account = &cx.app.config.account_id;
    let Some(path) = arn.strip_prefix(&format!("arn:aws:iam::{account}:role/")).filter(|path| path.len() <= 2_048) else { return Ok(None) };
    let name = path.rsplit('/').next().unwrap_or_default();
    let role = grants::load(&cx.app, Owner::Role, name).await?;
    Ok(role.filter(|role| role.entity.arn(account) == arn))
}

/// A session's length: what is asked for within what the role allows.
pub fn duration(asked: Option<i64>, longest: i64) -> Result<i64> {
    let seconds = asked.unwrap_or(HOUR);
    if seconds < SHORTEST {
        let shown = seconds.to_string();
        return Err(constraint("DurationSeconds", &shown, "Member must have value greater than or equal to 900"));
    }
    if seconds > longest {
        return Err(Fault::validation("The requested DurationSeconds exceeds the MaxSessionDuration set for this role."));
    }
    Ok(seconds)
}

/// A session's name: of letters, digits and some signs, two to sixty-four.
pub fn check_session_name(name: &str) -> Result<()> {
    let sound = name.bytes().all(|c| c.is_ascii_alphanumeric() || b"_+=,.@-".contains(&c));
    if sound && (2..=64).contains(&name.len()) {
        return Ok(());
    }
    Err(constraint("RoleSessionName", name, "Member must satisfy regular expression pattern: [\\w+=,.@-]{2,64}"))
}

/// A session that lasts so many seconds from now.
pub fn session(cx: &Cx, holder: Holder, origin: Origin, seconds: i64, passed: Passed) -> Session {
    let now = cx.now();
    let account = &cx.app.config.account_id;
    let session = Session::new(cx.rng(), account, holder, origin, now, now.saturating_add(seconds.saturating_mul(SECOND)));
    Session {
        policy: passed.policy,
        policy_arns: passed.policy_arns,
        tags: passed.tags,
        transitive_tags: passed.transitive_tags,
        source_identity: passed.source_identity,
        context: BTreeMap::new(),
        ..session
    }
}

/// Seals the session.
pub fn issue(cx: &Cx, session: Session, packed: i64) -> Result<Issued> {
    let session_token = session.seal(&cx.app.sealer, cx.rng())?;
    if session_token.len() > LARGEST {
        return Err(Fault::packed_policy("The session's policies, tags and identity are too large for a token."));
    }
    let credentials = Credentials {
        access_key_id: session.access_key_id.clone(),
        secret_access_key: Zeroizing::new(session.secret_access_key.clone()),
        session_token,
        expires_at: session.expires_at,
    };
    Ok(Issued { credentials, session, packed })
}

impl Credentials {
    pub fn write(&self, xml: &mut Xml) {
        xml.tag("Credentials", |xml| {
            xml.text("AccessKeyId", &self.access_key_id)
                .text("SecretAccessKey", &self.secret_access_key)
                .text("SessionToken", &self.session_token)
                .time("Expiration", self.expires_at);
        });
    }
}

impl Issued {
    /// The answer of the operations that assume a role.
    pub fn write(&self, cx: &Cx, xml: &mut Xml) {
        self.credentials.write(xml);
        if let Holder::Role { name, id } = &self.session.holder {
            let account = &cx.app.config.account_id;
            xml.tag("AssumedRoleUser", |xml| {
                xml.text("AssumedRoleId", &format!("{id}:{}", self.session.name))
                    .text("Arn", &format!("arn:aws:sts::{account}:assumed-role/{name}/{}", self.session.name));
            });
        }
        if self.packed > 0 {
            xml.number("PackedPolicySize", self.packed);
        }
        xml.optional("SourceIdentity", self.session.source_identity.as_deref());
    }
}
