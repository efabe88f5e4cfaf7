//! Signing in with a password that the request carries.

use super::history;
use super::progress::Progress;
use crate::api::{ApiError, Cx, Result};
use crate::clients::Client;
use crate::pools::Pool;
use crate::risk::events::Challenge;
use crate::triggers::authentication;
use crate::triggers::migration::{self, Outcome};
use crate::users::password::Account;
use crate::users::{Status, User, lookup, password};

/// The user of this name, if the password is right. Unknown users cost and, where the client hides them, answer the same as known ones.
/// Users who are elsewhere still are taken over. `begins` says that the sign-in begins with this password, so that the pool's function is asked
/// before it is looked at.
pub async fn verify(cx: &mut Cx, pool: &Pool, client: &Client, username: &str, given: &str, begins: bool) -> Result<User> {
    cx.app.hasher.refuse_when_full(cx.turn(&pool.id, username).address)?;
    let mut user = lookup::find(cx, pool, username).await?;
    if user.is_none() {
        user = match migration::sign_in(cx, pool, client, username, given).await? {
            Some(Outcome::TakenOver(user)) => {
                if begins {
                    authentication::pre(cx, pool, client, Some(&user), username).await?;
                }
                return Ok(user);
            }
            Some(Outcome::There(user)) => Some(user),
            None => None,
        };
    }
    if begins {
        authentication::pre(cx, pool, client, user.as_ref(), username).await?;
    }
    if let Some(user) = &user {
        refuse_without_password(client, user)?;
    }
    let matched = password::verify(cx, pool, &Account::of(user.as_ref(), username), given).await?;
    match user {
        Some(user) if matched => Ok(user),
        Some(user) => {
            history::failed(cx, pool, client, &user.sub, &Progress::default(), Challenge::Password).await?;
            Err(ApiError::bad_credentials())
        }
        None if !client.hides_users() => Err(ApiError::no_such_user()),
        None => {
            // What a watched pool writes of somebody who exists.
            history::pretend(cx, pool, username).await?;
            Err(ApiError::bad_credentials())
        }
    }
}

/// A user who never had a password here cannot prove one: say what to do, unless that would tell a stranger that the user exists.
pub fn refuse_without_password(client: &Client, user: &User) -> Result<()> {
    if user.password.is_none() && user.status == Status::ResetRequired && !client.hides_users() {
        return Err(ApiError::password_reset_required("Password reset required for the user"));
    }
    Ok(())
}
