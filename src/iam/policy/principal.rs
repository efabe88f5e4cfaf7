//! The `Principal` of trust and resource policies, and who it names.

use super::node::Node;

/// Who makes a request, as policies name them.
#[derive(Debug, Clone, Copy, Default)]
pub struct Requester<'a> {
    pub account: &'a str,
    /// The ARN of the user, session or federated user.
    pub arn: &'a str,
    /// The ARN of the role that the session is of.
    pub role_arn: Option<&'a str>,
    /// The id of the user or role (`AIDA…`, `AROA…`).
    pub id: &'a str,
    /// The identity provider that vouches for somebody without an account.
    pub federated: Option<&'a str>,
    pub service: Option<&'a str>,
}

/// How closely a principal names the requester. What names them more closely counts for more (see [`super::evaluate`]).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Naming {
    /// The account they belong to, which hands the decision to the account's own policies.
    Account,
    /// The role that their session is of.
    Role,
    /// They themselves, or everybody.
    Exactly,
}

/// The `Principal` or `NotPrincipal` of a statement.
#[derive(Debug)]
pub struct PrincipalElement {
    is_negated: bool,
    names: Vec<Name>,
}

#[derive(Debug, PartialEq, Eq)]
enum Name {
    Everybody,
    Account(String),
    /// An ARN, or the id of a user or role.
    Aws(String),
    Federated(String),
    Service(String),
}

impl PrincipalElement {
    /// Reads `"*"` or `{"AWS": …, "Federated": …, "Service": …}`.
    pub(super) fn read(node: &Node, is_negated: bool) -> Result<Self, String> {
        let names = match node {
            Node::Text(text) if text == "*" => vec![Name::Everybody],
            Node::Object(kinds) if !kinds.is_empty() => {
                let mut names = Vec::new();
                for (kind, values) in kinds {
                    for value in texts(values).ok_or("Invalid principal in policy")? {
                        names.push(name(kind, value)?);
                    }
                }
                names
            }
            _ => return Err("Invalid principal in policy".to_owned()),
        };
        Ok(Self { is_negated, names })
    }

    /// How closely the statement names the requester, if it does.
    pub fn naming(&self, requester: &Requester<'_>) -> Option<Naming> {
        let closest = self.names.iter().filter_map(|name| name.naming(requester)).max();
        if self.is_negated { closest.is_none().then_some(Naming::Exactly) } else { closest }
    }

    /// The ARNs of users and roles that are named, for those who replace them by ids.
    pub fn arns(&self) -> impl Iterator<Item = &str> {
        self.names.iter().filter_map(|name| match name {
            Name::Aws(arn) if arn.starts_with("arn:") => Some(arn.as_str()),
            _ => None,
        })
    }
}

fn texts(node: &Node) -> Option<Vec<&str>> {
    let one = |node: &'_ Node| matches!(node, Node::Text(_));
    match node {
        Node::Text(text) => Some(vec![text]),
        Node::List(items) if !items.is_empty() && items.iter().all(one) => {
            Some(items.iter().filter_map(|item| if let Node::Text(text) = item { Some(text.as_str()) } else { None }).collect())
        }
        _ => None,
    }
}

fn name(kind: &str, value: &str) -> Result<Name, String> {
    let invalid = || format!("Invalid principal in policy: \"{kind}\":\"{value}\"");
    match kind {
        _ if value.is_empty() || (value.contains('*') && value != "*") => Err(invalid()),
        "AWS" if value == "*" => Ok(Name::Everybody),
        "AWS" => aws(value).ok_or_else(invalid),
        "Federated" => Ok(Name::Federated(value.to_owned())),
        "Service" => Ok(Name::Service(value.to_owned())),
        "CanonicalUser" => Ok(Name::Aws(value.to_owned())),
        _ => Err(invalid()),
    }
}

fn aws(value: &str) -> Option<Name> {
    let is_account = |text: &str| text.len() == 12 && text.bytes().all(|c| c.is_ascii_digit());
    if is_account(value) {
        return Some(Name::Account(value.to_owned()));
    }
    if ["AROA", "AIDA"].iter().any(|prefix| value.starts_with(prefix)) && value.bytes().all(|c| c.is_ascii_alphanumeric()) {
        return Some(Name::Aws(value.to_owned()));
    }
    let fields: Vec<_> = value.splitn(6, ':').collect();
    let ["arn", _, service @ ("iam" | "sts"), "", account, resource] = fields[..] else { return None };
    if !is_account(account) {
        return None;
    }
    if service == "iam" && resource == "root" {
        return Some(Name::Account(account.to_owned()));
    }
    let (kind, rest) = resource.split_once('/')?;
    let known = matches!((service, kind), ("iam", "user" | "role") | ("sts", "assumed-role" | "federated-user"));
    (known && !rest.is_empty()).then(|| Name::Aws(value.to_owned()))
}

impl Name {
    fn naming(&self, requester: &Requester<'_>) -> Option<Naming> {
        let belongs = requester.federated.is_none() && requester.service.is_none();
        match self {
            Self::Everybody => Some(Naming::Exactly),
            Self::Account(account) => (belongs && account == requester.account).then_some(Naming::Account),
            Self::Aws(name) if !belongs || name.is_empty() => None,
            Self::Aws(name) if name == requester.arn => Some(Naming::Exactly),
            Self::Aws(name) if requester.role_arn == Some(name.as_str()) => Some(Naming::Role),
            Self::Aws(name) if name == requester.id => Some(if requester.role_arn.is_some() { Naming::Role } else { Naming::Exactly }),
            Self::Aws(_) => None,
            Self::Federated(provider) => (requester.federated == Some(provider.as_str())).then_some(Naming::Exactly),
            Self::Service(service) => (requester.service == Some(service.as_str())).then_some(Naming::Exactly),
        }
    }
}
