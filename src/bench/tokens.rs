//! Refresh grants and code exchanges.

use super::load::{self, CONNECTIONS};
use super::people::People;
use super::primitive::Signatures;
use super::report::{Comparison, Report};
use super::server::Server;
use crate::boot::demo_pool::{CLIENT_ID, POOL_ID};
use anyhow::Result;
use serde_json::json;

/// Sessions that are refreshed in turn: no application refreshes the same one again and again.
const SESSIONS: usize = 1_024;
const BATCH: usize = 256;
const PRIMITIVE: &str = "2 RSA-2048 signatures";
const AIM: f64 = 0.90;

pub fn measure(report: &mut Report, server: &Server, people: &People, seconds: f64) -> Result<()> {
    let signatures = Signatures::new()?;
    let alone = |seconds| signatures.pairs(seconds);
    let of = |name| Comparison { name, primitive: PRIMITIVE, aim: AIM };

    let (_, tokens) = People::exchange(server, &people.codes(server, SESSIONS)?)?;
    let by_oauth: Vec<_> = tokens.iter().map(|token| grant(server, token)).collect();
    let steady = |seconds| load::steady(server, CONNECTIONS, &by_oauth, seconds);
    report.compare(of("refresh grants, /oauth2/token"), seconds, alone, steady)?;

    let by_api: Vec<_> = tokens.iter().map(|token| initiate(server, token)).collect();
    let steady = |seconds| load::steady(server, CONNECTIONS, &by_api, seconds);
    report.compare(of("refresh grants, InitiateAuth"), seconds, alone, steady)?;

    // With PKCE. The codes are fetched between the timed batches.
    let batch = || Ok(People::exchange(server, &people.codes(server, BATCH)?)?.0);
    report.compare(of("code exchanges"), seconds, alone, |seconds| load::batches(seconds, batch))
}

/// A refresh at the token endpoint.
pub fn grant(server: &Server, token: &str) -> Vec<u8> {
    let fields = [("grant_type", "refresh_token"), ("client_id", CLIENT_ID), ("refresh_token", token)];
    server.form(&format!("/{POOL_ID}/oauth2/token"), &[], &fields)
}

/// A refresh through the API.
fn initiate(server: &Server, token: &str) -> Vec<u8> {
    let parameters = json!({ "REFRESH_TOKEN": token });
    server.operation("InitiateAuth", &json!({ "AuthFlow": "REFRESH_TOKEN_AUTH", "ClientId": CLIENT_ID, "AuthParameters": parameters }))
}
