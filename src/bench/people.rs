//! Users of the demo pool, and what they hold.

use super::load::{self, Tally};
use super::server::Server;
use crate::boot::demo_pool::{CLIENT_ID, POOL_ID};
use crate::kit::{mac, text};
use anyhow::{Context, Result};
use serde_json::json;

pub const PASSWORD: &str = "Correct-Horse-7";
/// RFC 7636, 4.1.
const CODE_VERIFIER: &str = "a-verifier-that-is-long-enough-for-the-rules-of-it";
const COUNT: usize = 16;

/// Some people who can sign in.
pub struct People {
    pub names: Vec<String>,
    /// The cookies of a browser in which the first is signed in.
    cookies: String,
}

impl People {
    pub fn create(server: &Server) -> Result<Self> {
        let names: Vec<String> = (0..COUNT).map(|n| format!("person{n}@example.com")).collect();
        let attributes = |name| json!([{ "Name": "email", "Value": name }, { "Name": "email_verified", "Value": "true" }, { "Name": "name", "Value": "A Person" }]);
        let created = names.iter().map(|name| {
            let input = json!({ "UserPoolId": POOL_ID, "Username": name, "MessageAction": "SUPPRESS", "UserAttributes": attributes(name) });
            server.signed_operation("AdminCreateUser", &input)
        });
        load::batch(server, &created.collect::<Result<Vec<_>>>()?, |answer| answer.expect(200))?;
        let passwords = names.iter().map(|name| {
            let input = json!({ "UserPoolId": POOL_ID, "Username": name, "Password": PASSWORD, "Permanent": true });
            server.signed_operation("AdminSetUserPassword", &input)
        });
        load::batch(server, &passwords.collect::<Result<Vec<_>>>()?, |answer| answer.expect(200))?;
        let cookies = sign_in_browser(server, &names[0])?;
        Ok(Self { names, cookies })
    }

    /// Fresh authorization codes, each from a request to the authorization endpoint of a browser that is signed in.
    pub fn codes(&self, server: &Server, count: usize) -> Result<Vec<String>> {
        let request = server.get(&page("oauth2/authorize", server), &[("cookie", &self.cookies)]);
        let (_, codes) = load::batch(server, &vec![request; count], |answer| {
            answer.expect(302)?;
            let location = answer.header("location").and_then(|l| l.split_once('?')).map(|(_, query)| query).unwrap_or_default();
            let code = form_urlencoded::parse(location.as_bytes()).find(|(name, _)| name == "code");
            Ok(code.context("a signed-in browser got no code")?.1.into_owned())
        })?;
        Ok(codes)
    }

    /// Exchanges codes; what comes back are the refresh tokens.
    pub fn exchange(server: &Server, codes: &[String]) -> Result<(Tally, Vec<String>)> {
        let redirect_uri = format!("{}/demo", server.url());
        let fields = |code| {
            [
                ("grant_type", "authorization_code"),
                ("client_id", CLIENT_ID),
                ("redirect_uri", redirect_uri.as_str()),
                ("code", code),
                ("code_verifier", CODE_VERIFIER),
            ]
        };
        let requests: Vec<_> = codes.iter().map(|code| server.form(&format!("/{POOL_ID}/oauth2/token"), &[], &fields(code))).collect();
        load::batch(server, &requests, |answer| {
            answer.expect(200)?;
            answer.json()?["refresh_token"].as_str().map(str::to_owned).context("an exchange gave no refresh token")
        })
    }
}

/// A sign-in with the password.
pub fn sign_in(server: &Server, name: &str) -> Vec<u8> {
    let parameters = json!({ "USERNAME": name, "PASSWORD": PASSWORD });
    server.operation("InitiateAuth", &json!({ "AuthFlow": "USER_PASSWORD_AUTH", "ClientId": CLIENT_ID, "AuthParameters": parameters }))
}

/// The address that the demo application sends a browser to.
pub fn page(name: &str, server: &Server) -> String {
    let challenge = text::base64url(&mac::sha256(CODE_VERIFIER.as_bytes()));
    let query = form_urlencoded::Serializer::new(String::new())
        .append_pair("response_type", "code")
        .append_pair("client_id", CLIENT_ID)
        .append_pair("redirect_uri", &format!("{}/demo", server.url()))
        .append_pair("scope", "openid email profile")
        .append_pair("state", "af0ifjsldkj-af0ifjsldkj")
        .append_pair("nonce", "n-0S6_WzA2Mj-n-0S6_WzA2Mj")
        .append_pair("code_challenge", &challenge)
        .append_pair("code_challenge_method", "S256")
        .finish();
    format!("/{POOL_ID}/{name}?{query}")
}

/// Fills in the sign-in page and keeps its cookies.
fn sign_in_browser(server: &Server, name: &str) -> Result<String> {
    let (address, mut connection) = (page("login", server), server.connect()?);
    let cookie = |answer: &super::client::Answer<'_>, wanted: &str| {
        let set = answer.headers().filter(|(n, _)| n.eq_ignore_ascii_case("set-cookie")).map(|(_, value)| value);
        let found = set.filter_map(|value| value.split(';').next()).find(|pair| pair.split('=').next() == Some(wanted));
        found.map(str::to_owned).with_context(|| format!("the server set no cookie {wanted}"))
    };
    let browser = cookie(&connection.exchange(&server.get(&address, &[]))?, "XSRF-TOKEN")?;
    let token = browser.split_once('=').map(|(_, value)| value).unwrap_or_default();
    let form = server.form(&address, &[("cookie", &browser)], &[("_csrf", token), ("username", name), ("password", PASSWORD)]);
    let answer = connection.exchange(&form)?;
    answer.expect(302)?;
    Ok(format!("{browser}; {}", cookie(&answer, "cognito")?))
}
