//! What tests of IAM and STS share: signed forms, and keys that are not the root's.

use super::harness::{Answer, HOST, Sent, Site, TARGET};
use crate::api::sigv4::Signer;
use crate::kit::clock::SECOND;
use axum::http::{HeaderMap, HeaderName, HeaderValue, Method, Uri, header};
use serde_json::{Value, json};

/// A key of a user, or temporary credentials.
#[derive(Debug, Clone)]
pub struct Key {
    pub id: String,
    pub secret: String,
    pub token: Option<String>,
}

impl Key {
    pub fn root() -> Self {
        Self { id: "AKIAROOT".into(), secret: "root-secret-for-tests".into(), token: None }
    }

    /// The credentials in an answer of STS.
    #[track_caller]
    pub fn of(answer: &Answer) -> Self {
        answer.expect(200);
        let text = |name| element(&answer.body, name).unwrap_or_else(|| panic!("no {name} in {}", answer.body));
        Self { id: text("AccessKeyId"), secret: text("SecretAccessKey"), token: Some(text("SessionToken")) }
    }

    fn signer<'a>(&'a self, service: &'a str) -> Signer<'a> {
        Signer {
            access_key_id: &self.id,
            secret_access_key: &self.secret,
            session_token: self.token.as_deref(),
            region: "us-east-1",
            service,
        }
    }
}

/// The text of the first element of this name.
pub fn element(xml: &str, name: &str) -> Option<String> {
    let (_, after) = xml.split_once(&format!("<{name}>"))?;
    Some(after.split_once(&format!("</{name}>"))?.0.to_owned())
}

/// `(code, message)` of a refusal.
pub fn fault(answer: &Answer) -> (String, String) {
    let text = |name| element(&answer.body, name).unwrap_or_default();
    (text("Code"), text("Message"))
}

/// A statement that allows or denies.
pub fn statement(effect: &str, action: Value, resource: Value) -> Value {
    json!({ "Effect": effect, "Action": action, "Resource": resource })
}

pub fn document(statements: Value) -> String {
    json!({ "Version": "2012-10-17", "Statement": statements }).to_string()
}

impl Site {
    /// A Query request, signed by this key or by nobody.
    pub async fn query(&self, service: &str, key: Option<&Key>, fields: &[(&str, &str)]) -> Answer {
        let version = if service == "iam" { "2010-05-08" } else { "2011-06-15" };
        let body =
            form_urlencoded::Serializer::new(String::new()).append_pair("Version", version).extend_pairs(fields).finish().into_bytes();
        let kind = ("content-type", "application/x-www-form-urlencoded; charset=utf-8".to_owned());
        self.signed(service, key, vec![kind], body).await
    }

    /// An operation of user pools, signed by this key.
    pub async fn by(&self, key: &Key, operation: &str, input: &Value) -> Answer {
        let target = format!("{TARGET}{operation}");
        let headers = vec![("content-type", "application/x-amz-json-1.1".to_owned()), ("x-amz-target", target)];
        self.signed("cognito-idp", Some(key), headers, input.to_string().into_bytes()).await
    }

    async fn signed(&self, service: &str, key: Option<&Key>, mut headers: Vec<(&'static str, String)>, body: Vec<u8>) -> Answer {
        if let Some(key) = key {
            let mut map = HeaderMap::from_iter([(header::HOST, HeaderValue::from_static(HOST))]);
            for (name, value) in &headers {
                map.insert(HeaderName::from_static(name), value.parse().expect("a value"));
            }
            let now = self.now() / SECOND;
            key.signer(service).sign(&Method::POST, &Uri::from_static("/"), &mut map, &body, now).expect("a signature");
            for name in ["authorization", "x-amz-date", "x-amz-security-token"] {
                headers.extend(map.get(name).map(|value| (name, value.to_str().expect("ASCII").to_owned())));
            }
        }
        self.send(Sent { method: Method::POST, path: "/", headers, body }).await
    }

    /// An action of IAM by the root key that succeeds.
    pub async fn iam(&self, action: &str, fields: &[(&str, &str)]) -> Answer {
        let all: Vec<_> = [("Action", action)].into_iter().chain(fields.iter().copied()).collect();
        let answer = self.query("iam", Some(&Key::root()), &all).await;
        assert_eq!(answer.status, 200, "{action} {fields:?}: {}", answer.body);
        answer
    }

    /// A user with this inline policy, and a key of theirs.
    pub async fn operator(&self, name: &str, statements: Value) -> Key {
        self.iam("CreateUser", &[("UserName", name)]).await;
        self.iam("PutUserPolicy", &[("UserName", name), ("PolicyName", "inline"), ("PolicyDocument", &document(statements))]).await;
        let answer = self.iam("CreateAccessKey", &[("UserName", name)]).await;
        let text = |name| element(&answer.body, name).expect("a key");
        Key { id: text("AccessKeyId"), secret: text("SecretAccessKey"), token: None }
    }
}
