//! The groups that a user is in, as tokens tell them.

/// A user's groups: the lowest precedence first, those without one last, and by name where that is equal.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Membership(Vec<Member>);

/// What a token needs to know of one group.
#[derive(Debug, Clone, PartialEq)]
pub struct Member {
    pub name: String,
    pub role_arn: Option<String>,
    pub precedence: Option<i64>,
}

impl Member {
    fn rank(&self) -> i64 {
        self.precedence.unwrap_or(i64::MAX)
    }
}

impl Membership {
    pub fn new(mut groups: Vec<Member>) -> Self {
        groups.sort_by(|a, b| (a.rank(), &a.name).cmp(&(b.rank(), &b.name)));
        Self(groups)
    }

    /// `cognito:groups`
    pub fn names(&self) -> Vec<&str> {
        self.0.iter().map(|g| g.name.as_str()).collect()
    }

    /// `cognito:roles`: each role once.
    pub fn roles(&self) -> Vec<&str> {
        let mut roles = Vec::new();
        for role in self.0.iter().filter_map(|g| g.role_arn.as_deref()) {
            if !roles.contains(&role) {
                roles.push(role);
            }
        }
        roles
    }

    /// `cognito:preferred_role`: the role of the group that takes precedence. None where groups of equal rank disagree.
    pub fn preferred_role(&self) -> Option<&str> {
        let mut with_role = self.0.iter().filter_map(|g| Some((g.rank(), g.role_arn.as_deref()?)));
        let (best, role) = with_role.next()?;
        let agreed = with_role.take_while(|(rank, _)| *rank == best).all(|(_, other)| other == role);
        agreed.then_some(role)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn membership(groups: &[(&str, Option<i64>, Option<&str>)]) -> Membership {
        let member = |&(name, precedence, role): &(&str, Option<i64>, Option<&str>)| Member {
            name: name.into(),
            precedence,
            role_arn: role.map(Into::into),
        };
        Membership::new(groups.iter().map(member).collect())
    }

    #[test]
    fn the_lowest_number_comes_first_and_none_last() {
        let all = membership(&[("z", None, None), ("b", Some(2), Some("B")), ("c", Some(0), Some("C")), ("a", Some(2), Some("C"))]);
        assert_eq!(all.names(), ["c", "a", "b", "z"]);
        assert_eq!(all.roles(), ["C", "B"]);
    }

    #[test]
    fn the_preferred_role_is_the_best_groups() {
        for (groups, expected) in [
            (&[][..], None),
            (&[("a", Some(0), None)], None),
            (&[("a", None, Some("A"))], Some("A")),
            (&[("a", Some(1), Some("A")), ("b", Some(0), Some("B"))], Some("B")),
            // Zero is a precedence, and better than none.
            (&[("a", None, Some("A")), ("b", Some(9), Some("B"))], Some("B")),
            (&[("a", Some(1), Some("A")), ("b", Some(1), Some("A"))], Some("A")),
            (&[("a", Some(1), Some("A")), ("b", Some(1), Some("B")), ("c", Some(2), Some("A"))], None),
            (&[("a", None, Some("A")), ("b", None, Some("B"))], None),
            // A group without a role has none to prefer.
            (&[("a", Some(0), None), ("b", Some(1), Some("B"))], Some("B")),
        ] {
            assert_eq!(membership(groups).preferred_role(), expected, "{groups:?}");
        }
    }
}
