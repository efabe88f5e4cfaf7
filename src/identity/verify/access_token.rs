//! Access tokens of Facebook and Amazon: the provider itself says whose they are and for which application.

use super::{apps, invalid, malformed};
use crate::api::{ApiError, Cx, Result};
use crate::federation::provider_keys::{Trouble, base, get, unavailable};
use crate::identity::login::Login;
use crate::identity::provider::{AMAZON, FACEBOOK};
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use serde::Deserialize;

#[derive(Deserialize)]
struct Named {
    id: String,
}

/// Facebook tells the application and the user that a token is for.
pub async fn facebook(cx: &mut Cx, setting: &str, token: &str) -> Result<Login> {
    check_form(token)?;
    let (base, _) = base(cx, FACEBOOK);
    let app: Named = get(cx, &format!("{base}/app?fields=id"), Some(token)).await.map_err(refused)?;
    let app = known(setting, &[&app.id])?;
    let user: Named = get(cx, &format!("{base}/me?fields=id"), Some(token)).await.map_err(refused)?;
    login(FACEBOOK, &app, &user.id)
}

#[derive(Deserialize)]
struct TokenInfo {
    aud: String,
    #[serde(default)]
    app_id: String,
    user_id: String,
    exp: i64,
}

/// Amazon's token information: `exp` is the number of seconds that are left.
pub async fn amazon(cx: &mut Cx, setting: &str, token: &str) -> Result<Login> {
    check_form(token)?;
    let (base, is_replaced) = base(cx, AMAZON);
    let base = if is_replaced { base } else { "https://api.amazon.com".to_owned() };
    let token = utf8_percent_encode(token, NON_ALPHANUMERIC);
    let info: TokenInfo = get(cx, &format!("{base}/auth/o2/tokeninfo?access_token={token}"), None).await.map_err(refused)?;
    if info.exp <= 0 {
        return Err(invalid("Token expired."));
    }
    login(AMAZON, &known(setting, &[&info.aud, &info.app_id])?, &info.user_id)
}

/// What goes into a request must be text without control characters.
fn check_form(token: &str) -> Result<()> {
    if token.len() <= 4_096 && token.bytes().all(|c| c.is_ascii_graphic()) { Ok(()) } else { Err(malformed()) }
}

fn known(setting: &str, candidates: &[&str]) -> Result<String> {
    let found = apps(setting).find(|app| candidates.contains(app));
    found.map(str::to_owned).ok_or_else(|| invalid("Incorrect token audience."))
}

fn login(provider: &str, app: &str, subject: &str) -> Result<Login> {
    if subject.is_empty() || subject.len() > 1024 {
        return Err(malformed());
    }
    Ok(Login::of_access_token(provider, app, subject))
}

/// A token that the provider does not know, or no answer at all.
fn refused(why: Trouble) -> ApiError {
    match why {
        Trouble::Refused(_) => invalid("The provider does not know the token."),
        Trouble::Failed(why) => unavailable(Some(&why)),
    }
}
