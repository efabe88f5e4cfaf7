//! ListUsers

use super::create_user::UserType;
use crate::api::{ApiError, Cx, Door, Operation, Result, page};
use crate::kit::text;
use crate::pools::Pool;
use crate::store::Tx;
use crate::users::User;
use crate::users::store::{self, Position};
use serde::{Deserialize, Serialize};

#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct ListUsers {
    pub user_pool_id: String,
    #[serde(default)]
    pub attributes_to_get: Option<Vec<String>>,
    #[serde(default)]
    pub limit: Option<usize>,
    #[serde(default)]
    pub pagination_token: Option<String>,
    #[serde(default)]
    pub filter: Option<String>,
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct Listed {
    pub users: Vec<UserType>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub pagination_token: Option<String>,
}

impl Operation for ListUsers {
    const NAME: &'static str = "ListUsers";
    const DOOR: Door = Door::Iam;
    type Output = Listed;

    fn pool_id(&self) -> Option<&str> {
        Some(&self.user_pool_id)
    }

    async fn run(self, cx: &mut Cx) -> Result<Listed> {
        let pool = crate::pools::load(cx, &self.user_pool_id).await?;
        if let Some(name) = self.attributes_to_get.iter().flatten().find(|name| pool.attribute(name).is_none()) {
            return Err(ApiError::invalid_parameter(format!("{name} is not a valid attribute of the user pool.")));
        }
        let filter = self.filter.as_deref().map(str::trim).filter(|f| !f.is_empty()).map(Filter::parse).transpose()?;
        let limit = self.limit.filter(|l| *l > 0).unwrap_or(60);
        // A token belongs to the filter that it was made for.
        let list = format!("users:{}:{}", pool.id, self.filter.as_deref().unwrap_or_default());
        let after = page::position(cx, &list, self.pagination_token.as_deref())?;
        let mut tx = cx.read().await?;
        let mut users = find(&mut tx, &pool, filter.as_ref(), after.as_deref(), limit as i64 + 1).await?;
        drop(tx);
        let next = page::cut(&mut users, limit, |u| position(&pool, filter.as_ref(), u));
        let wanted = |name: &str| self.attributes_to_get.as_ref().is_none_or(|list| list.iter().any(|n| n == name));
        let users = users.iter().map(|u| UserType::of(u, wanted)).collect();
        Ok(Listed { users, pagination_token: next.map(|n| page::token(cx, &list, &n)) })
    }
}

/// `AttributeName Filter-Type "AttributeValue"`
#[derive(Debug, PartialEq)]
struct Filter {
    name: String,
    prefix: bool,
    value: String,
}

impl Filter {
    fn parse(text: &str) -> Result<Self> {
        let bad = || ApiError::invalid_parameter("Error while parsing filter.");
        let at = text.find(['=', '^', ' ']).ok_or_else(bad)?;
        let (name, rest) = text.split_at(at);
        let rest = rest.trim_start();
        let (prefix, rest) = match (rest.strip_prefix("^="), rest.strip_prefix('=')) {
            (Some(rest), _) => (true, rest),
            (None, Some(rest)) => (false, rest),
            _ => return Err(bad()),
        };
        let quoted = rest.trim().strip_prefix('"').and_then(|r| r.strip_suffix('"')).ok_or_else(bad)?;
        let value = unescape(quoted).ok_or_else(bad)?;
        const NAMES: [&str; 10] = [
            "username",
            "email",
            "phone_number",
            "name",
            "given_name",
            "family_name",
            "preferred_username",
            "cognito:user_status",
            "status",
            "sub",
        ];
        let name = name.trim_matches('"').to_owned();
        if !NAMES.contains(&name.as_str()) {
            return Err(ApiError::invalid_parameter(format!("Filtering by {name} is not supported.")));
        }
        Ok(Self { name, prefix, value })
    }

    /// The values that match, as a range `[from, to)` in byte order.
    fn range(&self, value: String) -> (String, String) {
        if self.prefix {
            let to = text::after_prefix(&value).unwrap_or_else(|| char::MAX.to_string());
            return (value, to);
        }
        let to = format!("{value}\u{1}");
        (value, to)
    }
}

/// Undoes `\"` and `\\`; a bare quote inside is no filter.
fn unescape(quoted: &str) -> Option<String> {
    let (mut out, mut chars) = (String::with_capacity(quoted.len()), quoted.chars());
    while let Some(c) = chars.next() {
        match c {
            '\\' => out.push(chars.next()?),
            '"' => return None,
            c => out.push(c),
        }
    }
    Some(out)
}

/// One page of users. `after` is what [`position`] gave for the last user of the page before.
async fn find(tx: &mut Tx, pool: &Pool, filter: Option<&Filter>, after: Option<&str>, limit: i64) -> Result<Vec<User>> {
    let age = || {
        let (created_at, sub) = after.and_then(|a| a.split_once(' ')).unwrap_or(("-1", ""));
        Position::from((created_at.parse().unwrap_or(-1), sub.to_owned()))
    };
    let Some(filter) = filter else { return Ok(store::list(tx, &pool.id, None, &age(), limit).await?) };
    Ok(match filter.name.as_str() {
        "username" => {
            let (from, to) = filter.range(pool.key(&filter.value));
            let from = after.map_or(from, |name| format!("{name}\u{1}"));
            store::list_by_username(tx, &pool.id, &from, &to, limit).await?
        }
        "sub" if filter.prefix => return Err(ApiError::invalid_parameter("sub can only be filtered by =.")),
        "sub" => store::find_by_sub(tx, &pool.id, &filter.value).await?.into_iter().filter(|_| after.is_none()).collect(),
        "status" => match filter.value.as_str() {
            "Enabled" => store::list(tx, &pool.id, Some(true), &age(), limit).await?,
            "Disabled" => store::list(tx, &pool.id, Some(false), &age(), limit).await?,
            _ => Vec::new(),
        },
        name => {
            let (from, to) = filter.range(text::fold(&filter.value));
            let after = after.and_then(|a| a.split_once(' ')).map_or((from.as_str(), ""), |(sub, value)| (value, sub));
            store::list_by_attribute(tx, &pool.id, name, after, &to, limit).await?
        }
    })
}

/// Where a user stands in the order that the filter's page is read in.
fn position(pool: &Pool, filter: Option<&Filter>, user: &User) -> String {
    match filter.map(|f| f.name.as_str()) {
        None | Some("status") => format!("{} {}", user.created_at, user.sub),
        Some("username") => pool.key(&user.username),
        Some("cognito:user_status") => format!("{} {}", user.sub, text::fold(user.status.as_str())),
        Some(name) => format!("{} {}", user.sub, text::fold(user.attribute(name).unwrap_or_default())),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn filters_parse() {
        let parsed = |text: &str| Filter::parse(text).map(|f| (f.name, f.prefix, f.value));
        assert_eq!(parsed(r#"family_name = "Reddy""#).unwrap(), ("family_name".into(), false, "Reddy".into()));
        assert_eq!(parsed(r#"username^="te\"st""#).unwrap(), ("username".into(), true, "te\"st".into()));
        assert_eq!(parsed(r#"cognito:user_status="CONFIRMED""#).unwrap().0, "cognito:user_status");
        for bad in ["", "email", r#"email = x"#, r#"email > "x""#, r#"custom:x = "y""#, r#"email = "a"b""#, r#"email = "a\"#] {
            assert!(Filter::parse(bad).is_err(), "{bad}");
        }
    }
}
