//! Where a request comes from: the connection, and what an application says of its user's device.

use crate::api::{ApiError, Cx, Result};
use crate::clients::Client;
use crate::kit::{mac, text, user_agent};
use crate::pools::Pool;
use serde::{Deserialize, Serialize};
use std::net::IpAddr;

/// `UserContextData`
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub struct UserContextData {
    pub ip_address: Option<String>,
    pub encoded_data: Option<String>,
}

/// `ContextData`: what a server says of the user whom it signs in.
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct ContextData {
    pub ip_address: String,
    pub server_name: String,
    pub server_path: String,
    pub http_headers: Vec<HttpHeader>,
    #[serde(default)]
    pub encoded_data: Option<String>,
}

/// Cognito's member names begin small here.
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct HttpHeader {
    #[serde(default)]
    pub header_name: Option<String>,
    #[serde(default)]
    pub header_value: Option<String>,
}

/// What is kept of it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Context {
    pub address: IpAddr,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub user_agent: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub timezone: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub device_id: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub device_fingerprint: Option<String>,
}

/// What a browser collected, once it was found genuine.
#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
struct Collected {
    user_agent: Option<String>,
    device_id: Option<String>,
    device_fingerprint: Option<String>,
    client_timezone: Option<String>,
}

impl Context {
    /// What the connection alone tells.
    pub fn of_request(cx: &Cx) -> Self {
        Self {
            address: cx.address.to_canonical(),
            user_agent: cx.user_agent.clone(),
            timezone: None,
            device_id: None,
            device_fingerprint: None,
        }
    }

    /// With what an application says. Its word on the address counts only where the client proves itself with a secret and may give it:
    /// anybody can send a request in the name of a client without one.
    pub fn of_user(cx: &Cx, pool: &Pool, client: &Client, data: Option<&UserContextData>) -> Result<Self> {
        let mut context = Self::of_request(cx);
        let Some(data) = data else { return Ok(context) };
        if let Some(given) = &data.ip_address {
            let address = parse(given)?;
            if client.is_confidential() && client.enable_propagate_additional_user_context_data {
                context.address = address;
            }
        }
        context.take(pool, client, data.encoded_data.as_deref());
        Ok(context)
    }

    /// With what an administrator's server says of its user.
    pub fn of_server(cx: &Cx, pool: &Pool, client: &Client, data: Option<&ContextData>) -> Result<Self> {
        let mut context = Self::of_request(cx);
        let Some(data) = data else { return Ok(context) };
        context.address = parse(&data.ip_address)?;
        let named = data.http_headers.iter().find(|h| h.header_name.as_ref().is_some_and(|n| n.eq_ignore_ascii_case("user-agent")));
        context.user_agent = named.and_then(|h| h.header_value.as_deref()).map(short);
        context.take(pool, client, data.encoded_data.as_deref());
        Ok(context)
    }

    /// Takes over what a browser collected, as far as it is genuine; anything else is ignored, as Cognito does.
    fn take(&mut self, pool: &Pool, client: &Client, encoded: Option<&str>) {
        let Some(collected) = encoded.and_then(|text| decode(text, &pool.id, &client.id)) else { return };
        if let Some(user_agent) = collected.user_agent.filter(|t| !t.is_empty()) {
            self.user_agent = Some(short(&user_agent));
        }
        self.timezone = collected.client_timezone.and_then(|t| offset(&t));
        self.device_id = collected.device_id.as_deref().map(short);
        self.device_fingerprint = collected.device_fingerprint.map(|f| mac::sha256_hex(f.as_bytes()));
    }

    /// `Chrome 126, Windows 10`
    pub fn device_name(&self) -> String {
        user_agent::describe(self.user_agent.as_deref().unwrap_or_default())
    }
}

fn parse(address: &str) -> Result<IpAddr> {
    let parsed = address.trim().parse::<IpAddr>().map(|a| a.to_canonical());
    parsed.map_err(|_| ApiError::invalid_parameter(format!("Invalid IP address: {address:.64}")))
}

fn short(text: &str) -> String {
    text.chars().take(256).collect()
}

/// `01:00` as `+01:00`; nothing for what is no offset.
fn offset(text: &str) -> Option<String> {
    let (sign, rest) = match text.strip_prefix('-') {
        Some(rest) => ('-', rest),
        None => ('+', text.strip_prefix('+').unwrap_or(text)),
    };
    let (hours, minutes) = rest.split_once(':')?;
    let formed = hours.len() == 2 && minutes.len() == 2 && rest.bytes().all(|c| c.is_ascii_digit() || c == b':');
    formed.then(|| format!("{sign}{hours}:{minutes}"))
}

/// The data that Cognito's collection script makes: base64 of JSON, whose payload is signed with the client's id as the key.
fn decode(encoded: &str, pool_id: &str, client_id: &str) -> Option<Collected> {
    #[derive(Deserialize)]
    struct Envelope {
        payload: String,
        signature: String,
        version: String,
    }
    #[derive(Deserialize)]
    #[serde(rename_all = "camelCase")]
    struct Payload {
        context_data: Collected,
        user_pool_id: String,
    }
    let envelope: Envelope = serde_json::from_slice(&text::from_base64(encoded)?).ok()?;
    let expected = mac::hmac_sha256(client_id.as_bytes(), &[envelope.version.as_bytes(), envelope.payload.as_bytes()]);
    if !mac::same(&expected, &text::from_base64(&envelope.signature)?) {
        return None;
    }
    let payload: Payload = serde_json::from_str(&envelope.payload).ok()?;
    (payload.user_pool_id == pool_id).then_some(payload.context_data)
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn encode(client_id: &str, pool_id: &str) -> String {
        let data = json!({ "UserAgent": "curl/8.5.0", "DeviceId": "d:1", "DeviceFingerprint": "f", "ClientTimezone": "01:00" });
        let payload = json!({ "contextData": data, "username": "jane", "userPoolId": pool_id, "timestamp": "1" }).to_string();
        let signature = text::base64(&mac::hmac_sha256(client_id.as_bytes(), &[b"JS20171115", payload.as_bytes()]));
        text::base64(json!({ "payload": payload, "signature": signature, "version": "JS20171115" }).to_string().as_bytes())
    }

    #[test]
    fn only_what_is_signed_for_the_client_and_pool_counts() {
        let collected = decode(&encode("client", "pool"), "pool", "client").unwrap();
        assert_eq!(collected.user_agent.as_deref(), Some("curl/8.5.0"));
        assert!(decode(&encode("other", "pool"), "pool", "client").is_none());
        assert!(decode(&encode("client", "other"), "pool", "client").is_none());
        for garbage in ["", "!", "e30=", "W10="] {
            assert!(decode(garbage, "pool", "client").is_none(), "{garbage}");
        }
    }

    #[test]
    fn offsets_have_one_form() {
        assert_eq!(offset("01:00").as_deref(), Some("+01:00"));
        assert_eq!(offset("-07:00").as_deref(), Some("-07:00"));
        assert_eq!(offset("+05:30").as_deref(), Some("+05:30"));
        for bad in ["", "1:00", "ab:cd", "--1:00", "01:00:00", "ä1:0"] {
            assert_eq!(offset(bad), None, "{bad}");
        }
    }

    #[test]
    fn an_address_must_be_one() {
        assert_eq!(parse("::ffff:192.0.2.1").unwrap(), "192.0.2.1".parse::<IpAddr>().unwrap());
        assert_eq!(parse("192.0.2.1.9").unwrap_err().message(), "Invalid IP address: 192.0.2.1.9");
    }
}
