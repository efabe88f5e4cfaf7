//! The pool that users are taken over from: where it is, and what it is asked. It is Cognito's, or another Poolhouse's.

use super::migration::Found;
use crate::api::sigv4::Signer;
use crate::api::{ApiError, Cx, Result};
use crate::kit::clock::SECOND;
use crate::kit::{mac, text};
use crate::outbound::Limits;
use crate::users::Status;
use crate::users::attributes::Attribute;
use axum::body::Bytes;
use http::{HeaderMap, HeaderValue, Method, Request, Uri, header};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

/// What is told of `PoolhouseMigration`.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub struct Upstream {
    /// Without it, Cognito's in the region.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub endpoint: Option<String>,
    pub region: String,
    pub user_pool_id: String,
    pub client_id: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub access_key_id: Option<String>,
}

/// What is not.
#[derive(Default, Serialize, Deserialize)]
pub struct Secrets {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub client_secret: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub secret_access_key: Option<String>,
}

/// Why the other pool gave no user.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Failure {
    /// It said so, with this exception.
    Refused(String),
    /// It could not be asked, or answered what it never should.
    Broken(String),
}

/// A pool that can be asked.
pub struct Client<'a> {
    pub at: &'a Upstream,
    pub secrets: &'a Secrets,
}

type Answer = std::result::Result<Value, Failure>;

impl Client<'_> {
    /// Whether it can be asked for users whose password nobody typed.
    pub fn has_keys(&self) -> bool {
        self.keys().is_some()
    }

    fn keys(&self) -> Option<(&str, &str)> {
        Some((self.at.access_key_id.as_deref()?, self.secrets.secret_access_key.as_deref()?))
    }

    /// Signs in there, and tells who that is. A second factor is not asked for: the password was right.
    pub async fn sign_in(&self, cx: &Cx, username: &str, password: &str) -> std::result::Result<Found, Failure> {
        let mut parameters = json!({ "USERNAME": username, "PASSWORD": password });
        if let Some(secret) = &self.secrets.client_secret {
            let hash = mac::hmac_sha256(secret.as_bytes(), &[username.as_bytes(), self.at.client_id.as_bytes()]);
            parameters["SECRET_HASH"] = text::base64(&hash).into();
        }
        if self.has_keys() {
            let input = json!({
                "UserPoolId": self.at.user_pool_id, "ClientId": self.at.client_id, "AuthFlow": "ADMIN_USER_PASSWORD_AUTH",
                "AuthParameters": parameters,
            });
            self.call(cx, "AdminInitiateAuth", input).await?;
            return self.find(cx, username).await;
        }
        let input = json!({ "ClientId": self.at.client_id, "AuthFlow": "USER_PASSWORD_AUTH", "AuthParameters": parameters });
        let answer = self.call(cx, "InitiateAuth", input).await?;
        let Some(token) = answer["AuthenticationResult"]["AccessToken"].as_str() else {
            let challenge = answer["ChallengeName"].as_str().unwrap_or_default();
            return Err(Failure::Broken(format!("without keys, a user who is asked for {challenge:.40} cannot be taken over")));
        };
        let user = self.call(cx, "GetUser", json!({ "AccessToken": token })).await?;
        Ok(found(&user, Status::Confirmed))
    }

    /// Who has this name there, with their groups. Needs keys.
    pub async fn find(&self, cx: &Cx, username: &str) -> std::result::Result<Found, Failure> {
        let input = json!({ "UserPoolId": self.at.user_pool_id, "Username": username });
        let user = self.call(cx, "AdminGetUser", input.clone()).await?;
        if user["Enabled"] == false {
            return Err(Failure::Refused("NotAuthorizedException".into()));
        }
        let status = user["UserStatus"].as_str().and_then(Status::parse).unwrap_or(Status::ResetRequired);
        let mut found = found(&user, status);
        let groups = self.call(cx, "AdminListGroupsForUser", input).await?;
        let names = groups["Groups"].as_array().into_iter().flatten().filter_map(|group| group["GroupName"].as_str());
        found.groups = names.map(str::to_owned).collect();
        Ok(found)
    }

    async fn call(&self, cx: &Cx, operation: &str, input: Value) -> Answer {
        let broken = |why: String| Failure::Broken(format!("{operation}: {why}"));
        let request = self.request(cx, operation, input).map_err(|error| broken(error.to_string()))?;
        let answer = cx.app.outbound.send(request, Limits::default()).await.map_err(|failure| broken(failure.to_string()))?;
        let body: Value = serde_json::from_slice(answer.body()).unwrap_or_default();
        match (answer.status().is_success(), body["__type"].as_str()) {
            (true, _) if body.is_object() => Ok(body),
            (false, Some(exception)) => Err(Failure::Refused(exception.rsplit('#').next().unwrap_or_default().to_owned())),
            _ => Err(broken(format!("an answer of status {} that is none", answer.status()))),
        }
    }

    fn request(&self, cx: &Cx, operation: &str, input: Value) -> anyhow::Result<Request<Bytes>> {
        let uri: Uri = self.at.address().parse()?;
        let host = uri.authority().map(|a| a.as_str()).unwrap_or_default();
        let mut headers = HeaderMap::from_iter([
            (header::HOST, HeaderValue::from_str(host)?),
            (header::CONTENT_TYPE, HeaderValue::from_static("application/x-amz-json-1.1")),
        ]);
        headers.insert("x-amz-target", HeaderValue::from_str(&format!("{}{operation}", crate::api::wire::PREFIX))?);
        let body = input.to_string().into_bytes();
        if let Some((access_key_id, secret_access_key)) = self.keys().filter(|_| operation.starts_with("Admin")) {
            let region = &self.at.region;
            let signer = Signer { access_key_id, secret_access_key, session_token: None, region, service: "cognito-idp" };
            signer.sign(&Method::POST, &uri, &mut headers, &body, cx.now() / SECOND)?;
        }
        let mut request = Request::new(Bytes::from(body));
        (*request.method_mut(), *request.uri_mut(), *request.headers_mut()) = (Method::POST, uri, headers);
        Ok(request)
    }
}

impl Upstream {
    fn address(&self) -> String {
        self.endpoint.clone().unwrap_or_else(|| format!("https://cognito-idp.{}.amazonaws.com/", self.region))
    }

    /// Refuses what cannot be asked.
    pub fn check(&self, secrets: &Secrets) -> Result<()> {
        let fault = |what: &str| Err(ApiError::invalid_parameter(format!("PoolhouseMigration: {what}")));
        let url = url::Url::parse(&self.address()).ok().filter(|url| matches!(url.scheme(), "http" | "https") && url.has_host());
        let Some(url) = url else { return fault("Endpoint must be an http or https address.") };
        if !url.username().is_empty() || url.query().is_some() || url.fragment().is_some() || url.path() != "/" {
            return fault("Endpoint must be a scheme and a host, with nothing after it.");
        }
        let word =
            |text: &str| !text.is_empty() && text.len() <= 131 && text.bytes().all(|c| c.is_ascii_alphanumeric() || b"-_+".contains(&c));
        for (name, value) in [("Region", &self.region), ("UserPoolId", &self.user_pool_id), ("ClientId", &self.client_id)] {
            if !word(value) {
                return fault(&format!("{name} is not well-formed."));
            }
        }
        if self.access_key_id.is_some() != secrets.secret_access_key.is_some() {
            return fault("AccessKeyId and SecretAccessKey go together.");
        }
        Ok(())
    }
}

fn found(user: &Value, status: Status) -> Found {
    let attributes = user["UserAttributes"].as_array().into_iter().flatten();
    let pairs = attributes.filter_map(|a| Some((a["Name"].as_str()?.to_owned(), a["Value"].as_str()?.to_owned())));
    let (sub, attributes): (Vec<_>, Vec<_>) = pairs.partition(|(name, _)| name == "sub");
    let sms = user["UserMFASettingList"].as_array().into_iter().flatten().any(|factor| factor == "SMS_MFA");
    Found {
        username: user["Username"].as_str().map(str::to_owned),
        sub: sub.into_iter().next().map(|(_, sub)| sub),
        attributes: attributes.into_iter().map(|(name, value)| Attribute { name, value }).collect(),
        status,
        sms_mfa: sms,
        ..Found::default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn settings_that_cannot_work_are_refused() {
        let good =
            || Upstream { region: "eu-west-1".into(), user_pool_id: "eu-west-1_A".into(), client_id: "c".into(), ..Upstream::default() };
        assert_eq!(good().address(), "https://cognito-idp.eu-west-1.amazonaws.com/");
        assert!(good().check(&Secrets::default()).is_ok());
        for endpoint in ["ftp://a", "https://u@a/", "https://a/path", "https://a/?q", "a"] {
            assert!(Upstream { endpoint: Some(endpoint.into()), ..good() }.check(&Secrets::default()).is_err(), "{endpoint}");
        }
        assert!(Upstream { region: "a.evil.example/".into(), ..good() }.check(&Secrets::default()).is_err());
        assert!(Upstream { access_key_id: Some("AKIA".into()), ..good() }.check(&Secrets::default()).is_err());
    }
}
