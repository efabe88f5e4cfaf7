//! What becomes of identities when somebody comes with logins: which one is theirs, what is linked to it, and who is merged into it.

use super::identities::{Identity, Linked, forbidden};
use super::login::{Kind, Login};
use crate::api::{ApiError, Result};
use std::collections::BTreeMap;

/// The most logins of one identity.
pub const MOST_LOGINS: usize = 20;

/// What is to be done.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Plan {
    /// Whose the logins are; `None`: a new identity's.
    pub identity: Option<String>,
    pub link: Vec<Linked>,
    /// Identities whose logins go over.
    pub merge: Vec<String>,
}

impl Plan {
    /// Nothing needs to be written.
    pub fn is_settled(&self) -> bool {
        self.identity.is_some() && self.link.is_empty() && self.merge.is_empty()
    }
}

impl Login {
    /// As it is kept.
    pub fn linked(&self) -> Linked {
        Linked { provider: self.provider.clone(), subject: self.subject.clone(), developer: self.kind == Kind::Developer }
    }
}

/// The plan for logins that come without an identity. `owners` are the identities that have some of them.
pub fn of_logins(logins: &[Login], owners: &[Identity]) -> Result<Plan> {
    let eldest = owners.iter().min_by_key(|i| (i.created_at, &i.id));
    make(eldest, logins, owners)
}

/// The plan for logins that come for an identity: it must be a guest's, or have one of them.
pub fn of_identity(target: &Identity, logins: &[Login], owners: &[Identity]) -> Result<Plan> {
    let proven = logins.iter().any(|l| target.has(&l.provider, &l.subject));
    match (target.linked, owners.iter().find(|o| o.id != target.id)) {
        (true, _) if !proven => Err(unmatched()),
        // A guest who turns out to be known.
        (false, Some(_)) => make(owners.iter().min_by_key(|i| (i.created_at, &i.id)), logins, &with(owners, target)),
        _ => make(Some(target), logins, owners),
    }
}

/// The plan for a developer's user, who is whom the developer says. The first login is the developer's.
pub fn of_developer(target: Option<&Identity>, logins: &[Login], owners: &[Identity]) -> Result<Plan> {
    let taken = || ApiError::resource_conflict("The login is already linked to another identity.");
    let registered = logins.first().and_then(|l| owners.iter().find(|o| o.has(&l.provider, &l.subject)));
    let identity = match (target, registered) {
        (Some(target), Some(other)) if target.id != other.id => {
            let message = "The developer user identifier is already registered with another identity.";
            return Err(ApiError::developer_user_already_registered(message));
        }
        (Some(target), _) if target.disabled || target.linked && target.logins.is_empty() => return Err(forbidden(&target.id)),
        (Some(target), _) => Some(target),
        (None, Some(registered)) => Some(registered),
        (None, None) if owners.len() > 1 => return Err(taken()),
        (None, None) => owners.first(),
    };
    if owners.iter().any(|o| identity.is_none_or(|i| i.id != o.id)) {
        return Err(taken());
    }
    make(identity, logins, owners)
}

/// The plan for a developer's user who becomes another.
pub fn of_merge(source: &Identity, destination: &Identity) -> Result<Plan> {
    make(Some(destination), &[], &[source.clone(), destination.clone()])
}

pub fn unmatched() -> ApiError {
    ApiError::not_authorized("Logins don't match. Please include at least one valid login for this identity or identity pool.")
}

fn with(owners: &[Identity], one: &Identity) -> Vec<Identity> {
    owners.iter().chain([one]).cloned().collect()
}

/// Everything that is not the identity's yet goes there, if one identity may have all of it.
fn make(identity: Option<&Identity>, logins: &[Login], others: &[Identity]) -> Result<Plan> {
    let merged: Vec<_> = others.iter().filter(|o| identity.is_some_and(|i| i.id != o.id)).collect();
    let known = |l: &Login| identity.into_iter().chain(merged.iter().copied()).any(|i| i.has(&l.provider, &l.subject));
    let mut link: Vec<Linked> = logins.iter().filter(|l| !known(l)).map(Login::linked).collect();
    // Always in the same order, so that two requests cannot each hold what the other needs.
    link.sort();
    let all = identity.into_iter().chain(merged.iter().copied()).flat_map(|i| &i.logins).chain(&link);
    let mut public: BTreeMap<&str, &str> = BTreeMap::new();
    let mut count = 0;
    for login in all {
        count += 1;
        if !login.developer && public.insert(&login.provider, &login.subject).is_some_and(|other| other != login.subject) {
            let message = format!("A login of {} is already linked to this identity.", login.provider);
            return Err(ApiError::resource_conflict(message));
        }
    }
    let adds = !link.is_empty() || !merged.is_empty();
    if adds && count > MOST_LOGINS {
        return Err(ApiError::resource_conflict(format!("An identity can have at most {MOST_LOGINS} logins.")));
    }
    let mut merge: Vec<String> = merged.into_iter().map(|i| i.id.clone()).collect();
    merge.sort();
    merge.dedup();
    Ok(Plan { identity: identity.map(|i| i.id.clone()), link, merge })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tokens::jwt::Claims;

    fn identity(id: &str, created_at: i64, logins: &[(&str, &str)]) -> Identity {
        let linked = |(p, s): &(&str, &str)| Linked { provider: (*p).into(), subject: (*s).into(), developer: *p == "dev" };
        Identity {
            pool_id: "pool".into(),
            id: id.into(),
            linked: !logins.is_empty(),
            disabled: false,
            merged_into: None,
            created_at,
            modified_at: created_at,
            logins: logins.iter().map(linked).collect(),
        }
    }

    fn login(provider: &str, subject: &str) -> Login {
        let kind = if provider == "dev" { Kind::Developer } else { Kind::Public };
        Login { kind, provider: provider.into(), subject: subject.into(), client: "app".into(), claims: Claims::new() }
    }

    fn plan(identity: Option<&str>, link: &[&Login], merge: &[&str]) -> Plan {
        Plan {
            identity: identity.map(str::to_owned),
            link: link.iter().map(|l| l.linked()).collect(),
            merge: merge.iter().map(|m| (*m).to_owned()).collect(),
        }
    }

    #[test]
    fn logins_find_make_link_and_merge() {
        let (google, apple) = (login("google", "g"), login("apple", "a"));
        let (old, new) = (identity("old", 1, &[("google", "g")]), identity("new", 2, &[("apple", "a")]));
        let both = [google.clone(), apple.clone()];
        assert_eq!(of_logins(&both, &[]).unwrap(), plan(None, &[&apple, &google], &[]));
        assert_eq!(of_logins(&both, std::slice::from_ref(&old)).unwrap(), plan(Some("old"), &[&apple], &[]));
        assert_eq!(of_logins(&both, &[new, old]).unwrap(), plan(Some("old"), &[], &["new"]));
    }

    #[test]
    fn an_identity_takes_nobodys_logins_but_its_own_or_a_guests() {
        let google = login("google", "g");
        let (guest, known) = (identity("guest", 2, &[]), identity("known", 1, &[("google", "g")]));
        let stranger = identity("stranger", 1, &[("apple", "x")]);
        assert_eq!(of_identity(&guest, std::slice::from_ref(&google), &[]).unwrap(), plan(Some("guest"), &[&google], &[]));
        let found = of_identity(&guest, std::slice::from_ref(&google), std::slice::from_ref(&known)).unwrap();
        assert_eq!(found, plan(Some("known"), &[], &["guest"]));
        assert_eq!(of_identity(&stranger, std::slice::from_ref(&google), &[]).unwrap_err().message(), unmatched().message());
        assert_eq!(of_identity(&stranger, &[google], &[known]).unwrap_err().message(), unmatched().message());
    }

    #[test]
    fn one_login_of_each_public_provider_and_any_number_of_developers() {
        let has = identity("one", 1, &[("google", "g"), ("dev", "1")]);
        let again = of_identity(&has, &[login("google", "g"), login("google", "h")], std::slice::from_ref(&has));
        assert!(again.unwrap_err().is(crate::api::Exception::ResourceConflictException));
        let more = of_developer(Some(&has), &[login("dev", "2")], &[]).unwrap();
        assert_eq!(more, plan(Some("one"), &[&login("dev", "2")], &[]));
        let other = identity("two", 1, &[("dev", "2")]);
        let taken = of_developer(Some(&has), &[login("dev", "2")], std::slice::from_ref(&other)).unwrap_err();
        assert!(taken.is(crate::api::Exception::DeveloperUserAlreadyRegisteredException));
        assert_eq!(of_merge(&other, &has).unwrap(), plan(Some("one"), &[], &["two"]));
        let many: Vec<_> = (0..21).map(|n| login("dev", &n.to_string())).collect();
        assert!(of_logins(&many, &[]).unwrap_err().is(crate::api::Exception::ResourceConflictException));
    }
}
