//! What is done about risks, with Cognito's member names: for a pool, or for one of its clients instead.

use super::store;
use super::{Context, Mode};
use crate::api::{ApiError, Cx, Result};
use crate::clients::Client;
use crate::pools::Pool;
use ipnet::IpNet;
use serde::{Deserialize, Serialize};
use std::sync::Arc;

/// The three sections of a configuration; one that is absent is not set.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub struct Sections {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub compromised_credentials_risk_configuration: Option<CompromisedCredentials>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub account_takeover_risk_configuration: Option<AccountTakeover>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub risk_exception_configuration: Option<Exceptions>,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct CompromisedCredentials {
    #[serde(default = "every_event")]
    pub event_filter: Vec<String>,
    pub actions: CompromisedCredentialsActions,
}

fn every_event() -> Vec<String> {
    ["SIGN_IN", "PASSWORD_CHANGE", "SIGN_UP"].map(String::from).to_vec()
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct CompromisedCredentialsActions {
    pub event_action: String,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct AccountTakeover {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub notify_configuration: Option<Notify>,
    pub actions: AccountTakeoverActions,
}

/// What happens at each level of risk.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub struct AccountTakeoverActions {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub low_action: Option<AccountTakeoverAction>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub medium_action: Option<AccountTakeoverAction>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub high_action: Option<AccountTakeoverAction>,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct AccountTakeoverAction {
    pub notify: bool,
    pub event_action: String,
}

/// The mails that tell a user of a risk.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct Notify {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub from: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reply_to: Option<String>,
    pub source_arn: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub block_email: Option<NotifyEmail>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub no_action_email: Option<NotifyEmail>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub mfa_email: Option<NotifyEmail>,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct NotifyEmail {
    pub subject: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub html_body: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub text_body: Option<String>,
}

/// Addresses that are refused, or not looked at, whatever the risk. In CIDR notation, as given.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub struct Exceptions {
    #[serde(rename = "BlockedIPRangeList", skip_serializing_if = "Option::is_none")]
    pub blocked_ip_range_list: Option<Vec<String>>,
    #[serde(rename = "SkippedIPRangeList", skip_serializing_if = "Option::is_none")]
    pub skipped_ip_range_list: Option<Vec<String>>,
}

impl Sections {
    /// Whether nothing is said: then what applied before anything was said applies again.
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }

    /// What nothing acts on yet.
    pub fn without_effect(&self) -> Vec<&'static str> {
        let skipped = self.risk_exception_configuration.as_ref().is_some_and(|e| e.skipped_ip_range_list.is_some());
        let kept = [
            (self.compromised_credentials_risk_configuration.is_some(), "CompromisedCredentialsRiskConfiguration"),
            (self.account_takeover_risk_configuration.is_some(), "AccountTakeoverRiskConfiguration"),
            (skipped, "SkippedIPRangeList"),
        ];
        kept.into_iter().filter(|(set, _)| *set).map(|(_, name)| name).collect()
    }

    /// Refuses what could never be done.
    pub fn check(&self) -> Result<()> {
        if let Some(takeover) = &self.account_takeover_risk_configuration {
            takeover.check()?;
        }
        let exceptions = self.risk_exception_configuration.iter();
        let lists = exceptions.flat_map(|e| [&e.blocked_ip_range_list, &e.skipped_ip_range_list]);
        match lists.flatten().flatten().find(|range| range.parse::<IpNet>().is_err()) {
            Some(range) => Err(ApiError::invalid_parameter(format!("The IP range {range:.64} is not in CIDR notation."))),
            None => Ok(()),
        }
    }

    /// Whether an address is always refused.
    pub fn blocks(&self, address: std::net::IpAddr) -> bool {
        let ranges = self.risk_exception_configuration.iter().filter_map(|e| e.blocked_ip_range_list.as_ref()).flatten();
        let address = address.to_canonical();
        ranges.filter_map(|range| range.parse::<IpNet>().ok()).any(|range| range.contains(&address))
    }
}

impl AccountTakeover {
    fn check(&self) -> Result<()> {
        let Some(notify) = &self.notify_configuration else {
            let actions = [&self.actions.low_action, &self.actions.medium_action, &self.actions.high_action];
            if actions.into_iter().flatten().any(|action| action.notify) {
                return Err(ApiError::invalid_parameter("NotifyConfiguration is required for an action that notifies the user."));
            }
            return Ok(());
        };
        let is_identity = notify.source_arn.split(':').nth(2) == Some("ses")
            && notify.source_arn.splitn(6, ':').nth(5).and_then(|r| r.strip_prefix("identity/")).is_some_and(|name| !name.is_empty());
        if !is_identity {
            return Err(ApiError::invalid_parameter("SourceArn is not the ARN of an Amazon SES identity."));
        }
        let mailbox = |text: &&String| text.parse::<lettre::message::Mailbox>().is_err();
        if let Some(bad) = [&notify.from, &notify.reply_to].into_iter().flatten().find(mailbox) {
            return Err(ApiError::invalid_parameter(format!("{bad:.256} is not an email address.")));
        }
        for (name, email) in
            [("BlockEmail", &notify.block_email), ("NoActionEmail", &notify.no_action_email), ("MfaEmail", &notify.mfa_email)]
        {
            if email.as_ref().is_some_and(|e| e.html_body.is_none() && e.text_body.is_none()) {
                return Err(ApiError::invalid_parameter(format!("{name} needs an HtmlBody or a TextBody.")));
            }
        }
        Ok(())
    }
}

/// What applies to a client: its own configuration or, where it has none, the pool's. Cached like pools are.
pub async fn effective(cx: &mut Cx, pool_id: &str, client_id: &str) -> Result<Arc<Sections>> {
    let key = (pool_id.to_owned(), client_id.to_owned());
    if let Some(sections) = cx.app.caches.risks.get(&key) {
        return Ok(sections);
    }
    let found = store::effective(&mut *cx.read().await?, pool_id, client_id).await?;
    let sections = Arc::new(found.map(|row| row.settings.0).unwrap_or_default());
    cx.app.caches.risks.insert(key, sections.clone());
    Ok(sections)
}

/// Whether the address that a request comes from is one that the pool, or the client, always blocks. Where the pool is only watched, nothing is.
pub async fn is_blocked(cx: &mut Cx, pool: &Pool, client: &Client, context: &Context) -> Result<bool> {
    if Mode::of(pool) != Mode::Enforced {
        return Ok(false);
    }
    Ok(effective(cx, &pool.id, &client.id).await?.blocks(context.address))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn blocking(ranges: &[&str]) -> Sections {
        let list = ranges.iter().map(|r| (*r).to_owned()).collect();
        let exceptions = Exceptions { blocked_ip_range_list: Some(list), skipped_ip_range_list: None };
        Sections { risk_exception_configuration: Some(exceptions), ..Sections::default() }
    }

    #[test]
    fn ranges_hold_their_addresses() {
        let sections = blocking(&["192.0.2.0/24", "2001:db8::/32"]);
        sections.check().unwrap();
        for (address, blocked) in
            [("192.0.2.7", true), ("::ffff:192.0.2.7", true), ("2001:db8::1", true), ("192.0.3.1", false), ("2001:db9::1", false)]
        {
            assert_eq!(sections.blocks(address.parse().unwrap()), blocked, "{address}");
        }
    }

    #[test]
    fn a_range_is_in_cidr_notation() {
        for bad in ["", "192.0.2.1", "192.0.2.0/33", "192.0.2.0-192.0.2.9", "2001:db8::/129", "example.com/8"] {
            assert!(blocking(&[bad]).check().is_err(), "{bad}");
        }
    }
}
