//! Sign-ins, by password and by SRP.

use super::load::{self, Tally};
use super::machine::cores;
use super::people::{PASSWORD, People, sign_in};
use super::primitive::{self, Signatures};
use super::report::{Comparison, Report};
use super::server::Server;
use crate::auth::srp::Claim;
use crate::auth::srp::client::Client;
use crate::boot::demo_pool::{CLIENT_ID, POOL_ID};
use crate::kit::clock::{Clock, SECOND};
use crate::kit::text;
use anyhow::{Context, Result};
use serde_json::{Value, json};

const CONCURRENCY: usize = 8;
const BATCH: usize = 128;

pub fn measure(report: &mut Report, server: &Server, people: &People, seconds: f64) -> Result<()> {
    let requests: Vec<_> = people.names.iter().map(|name| sign_in(server, name)).collect();
    let comparison = Comparison { name: "password sign-ins", primitive: "argon2id hash", aim: 0.93 };
    report.compare(comparison, seconds, primitive::hashes, |seconds| load::steady(server, CONCURRENCY, &requests, seconds))?;

    let (signatures, client) = (Signatures::new()?, Client::new(&[0x5a; 32]));
    let comparison = Comparison { name: "SRP sign-ins", primitive: "3 exponentiations, 2 signatures", aim: 0.80 };
    let primitive = |seconds| signatures.with_powers(seconds);
    report.compare(comparison, seconds, primitive, |seconds| load::batches(seconds, || srp_batch(server, people, &client)))
}

/// Both steps of some sign-ins. What the client works out between them is not timed: it is more than the server's part.
fn srp_batch(server: &Server, people: &People, client: &Client) -> Result<Tally> {
    let begin: Vec<_> = people.names.iter().cycle().take(BATCH).map(|name| initiate(server, name, &client.srp_a())).collect();
    let (mut total, challenges) = load::batch(server, &begin, |answer| {
        answer.expect(200)?;
        Ok(answer.json()?["ChallengeParameters"].take())
    })?;
    let share = BATCH.div_ceil(cores());
    let shares: Vec<_> = challenges.chunks(share).collect();
    let answers = load::together(shares.len(), |n| shares[n].iter().map(|c| respond(server, client, c)).collect::<Result<Vec<_>>>())?;
    let (responses, _) = load::batch(server, &answers.concat(), |answer| {
        answer.expect(200)?;
        answer.json()?["AuthenticationResult"]["AccessToken"].as_str().map(drop).context("an SRP sign-in gave no tokens")
    })?;
    total += Tally { operations: 0.0, ..responses };
    Ok(total)
}

fn initiate(server: &Server, name: &str, srp_a: &str) -> Vec<u8> {
    let parameters = json!({ "USERNAME": name, "SRP_A": srp_a });
    server.operation("InitiateAuth", &json!({ "AuthFlow": "USER_SRP_AUTH", "ClientId": CLIENT_ID, "AuthParameters": parameters }))
}

fn respond(server: &Server, client: &Client, challenge: &Value) -> Result<Vec<u8>> {
    let parameter = |name: &str| challenge[name].as_str().with_context(|| format!("the challenge has no {name}"));
    let (user, block) = (parameter("USER_ID_FOR_SRP")?, parameter("SECRET_BLOCK")?);
    let secret_block = text::from_base64(block).context("SECRET_BLOCK is no Base64")?;
    let hex = |name| parameter(name).and_then(|value| text::from_hex(value).with_context(|| format!("{name} is not hexadecimal")));
    let timestamp = timestamp()?;
    let pool_name = POOL_ID.split_once('_').map(|(_, name)| name).unwrap_or_default();
    let claim = Claim { pool_name, username: user, secret_block: &secret_block, timestamp: &timestamp };
    let signature = client.signature(&claim, PASSWORD, &hex("SALT")?, &hex("SRP_B")?).context("SRP_B is not acceptable")?;
    let responses = json!({
        "USERNAME": user,
        "PASSWORD_CLAIM_SECRET_BLOCK": block,
        "PASSWORD_CLAIM_SIGNATURE": text::base64(&signature),
        "TIMESTAMP": timestamp,
    });
    let input = json!({ "ChallengeName": "PASSWORD_VERIFIER", "ClientId": CLIENT_ID, "ChallengeResponses": responses });
    Ok(server.operation("RespondToAuthChallenge", &input))
}

/// Now, as SRP clients write it.
fn timestamp() -> Result<String> {
    let format =
        time::macros::format_description!("[weekday repr:short] [month repr:short] [day padding:none] [hour]:[minute]:[second] UTC [year]");
    Ok(time::OffsetDateTime::from_unix_timestamp(Clock::System.now() / SECOND)?.format(format)?)
}
