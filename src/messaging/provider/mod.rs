//! Who carries messages out of the house: an SMTP server, Amazon SES or SNS, Twilio, or a hook of the operator's own.
//!
//! Each makes one request of a message, and reads from the answer whether it was taken, may be tried again, or never will be.

mod address;
mod aws;
pub mod dkim;
mod ses;
mod smtp;
mod sns;
mod twilio;
mod webhook;

use super::message::{Channel, Content};
use crate::boot::config::Config;
use crate::kit::clock::Millis;
use crate::outbound::{Limits, Outbound};
use address::Address;
use anyhow::{Context, bail};
use axum::body::Bytes;
use http::{Request, Response};
use std::time::Duration;

/// An answer comes within this time, or the attempt has failed.
const LIMITS: Limits = Limits { timeout: Duration::from_secs(20), max_body: 64 * 1024 };

/// Why a message was not taken. The reason is told to operators, so that it never repeats what the message says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Failure {
    /// Whether trying again is of no use.
    pub permanent: bool,
    pub reason: String,
}

impl Failure {
    pub fn permanent(reason: impl Into<String>) -> Self {
        Self { permanent: true, reason: reason.into() }
    }

    pub fn passing(reason: impl Into<String>) -> Self {
        Self { permanent: false, reason: reason.into() }
    }
}

enum Carrier {
    Smtp(Box<smtp::Smtp>),
    Ses(ses::Ses),
    Sns(sns::Sns),
    Twilio(twilio::Twilio),
    Webhook(webhook::Webhook),
}

/// Who carries mail, and who carries text messages.
pub struct Providers {
    email: Option<Carrier>,
    sms: Option<Carrier>,
    /// Of their own: the operator's providers may be where app owners' functions must not reach.
    outbound: Outbound,
}

/// One message and when it is sent.
pub struct Parcel<'a> {
    pub id: &'a str,
    pub pool_id: &'a str,
    pub channel: Channel,
    pub content: &'a Content,
    pub now: Millis,
}

impl Providers {
    pub fn new(config: &Config) -> anyhow::Result<Self> {
        let mut hosts = Vec::new();
        let email = config.email_url.as_deref().map(|url| email(config, url, &mut hosts).context("email-url")).transpose()?;
        let sms = config.sms_url.as_deref().map(|url| sms(url, &mut hosts).context("sms-url")).transpose()?;
        if config.dkim.is_some() && !matches!(email, Some(Carrier::Smtp(_))) {
            bail!("dkim-domain is for mail over SMTP: other providers sign themselves");
        }
        let outbound = Outbound::new(config.outbound_allow.clone().with(&hosts)?, config.outbound_ca_file.as_deref())?;
        Ok(Self { email, sms, outbound })
    }

    /// Whether messages leave the machine at all. Where they do not, they are shown at `/inbox`.
    pub fn any(&self) -> bool {
        self.email.is_some() || self.sms.is_some()
    }

    pub fn has(&self, channel: Channel) -> bool {
        self.of(channel).is_some()
    }

    fn of(&self, channel: Channel) -> Option<&Carrier> {
        match channel {
            Channel::Email => self.email.as_ref(),
            Channel::Sms => self.sms.as_ref(),
        }
    }

    /// Hands a message over.
    pub async fn send(&self, parcel: &Parcel<'_>) -> Result<(), Failure> {
        let carrier = self.of(parcel.channel).ok_or_else(|| Failure::passing("nobody is configured to carry it"))?;
        match carrier {
            Carrier::Smtp(smtp) => smtp.send(parcel).await,
            Carrier::Ses(ses) => ses.verdict(&self.exchange(ses.request(parcel)?).await?),
            Carrier::Sns(sns) => sns.verdict(&self.exchange(sns.request(parcel)?).await?),
            Carrier::Twilio(twilio) => twilio.verdict(&self.exchange(twilio.request(parcel)?).await?),
            Carrier::Webhook(hook) => hook.verdict(&self.exchange(hook.request(parcel)?).await?),
        }
    }

    async fn exchange(&self, request: Request<Bytes>) -> Result<Response<Bytes>, Failure> {
        self.outbound.send(request, LIMITS).await.map_err(|failure| Failure::passing(failure.to_string()))
    }
}

fn email(config: &Config, url: &str, hosts: &mut Vec<String>) -> anyhow::Result<Carrier> {
    if url.starts_with("smtp://") || url.starts_with("smtps://") {
        return Ok(Carrier::Smtp(Box::new(smtp::Smtp::new(config, url)?)));
    }
    let address = Address::parse(url)?;
    match address.scheme() {
        "ses" => Ok(Carrier::Ses(ses::Ses::new(&address, &config.mail_from, hosts)?)),
        "webhook+https" | "webhook+http" => Ok(Carrier::Webhook(webhook::Webhook::new(url, hosts)?)),
        _ => bail!("it must begin with smtp://, smtps://, ses:// or webhook+https://"),
    }
}

fn sms(url: &str, hosts: &mut Vec<String>) -> anyhow::Result<Carrier> {
    let address = Address::parse(url)?;
    match address.scheme() {
        "sns" => Ok(Carrier::Sns(sns::Sns::new(&address, hosts)?)),
        "twilio" => Ok(Carrier::Twilio(twilio::Twilio::new(&address, hosts)?)),
        "webhook+https" | "webhook+http" => Ok(Carrier::Webhook(webhook::Webhook::new(url, hosts)?)),
        _ => bail!("it must begin with sns://, twilio:// or webhook+https://"),
    }
}

/// Whether a status is the sender's or the moment's fault rather than the message's.
fn may_pass(status: http::StatusCode) -> bool {
    status.is_server_error() || matches!(status.as_u16(), 401 | 403 | 408 | 425 | 429)
}

/// Text of a provider, cut to what a line of a log takes.
fn short(text: &str) -> String {
    text.chars().filter(|c| !c.is_control()).take(200).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::boot::config::Settings;

    fn refusal(settings: Settings) -> String {
        match settings.resolve(false).and_then(|config| Providers::new(&config)) {
            Ok(_) => "none".into(),
            Err(error) => format!("{error:#}"),
        }
    }

    #[test]
    fn an_address_that_can_not_work_is_refused_and_not_repeated() {
        for url in [
            "ftp://user:hunter2@host",
            "sns://key:hunter2@us-east-1?nonsense=1",
            "sns://:hunter2@us-east-1",
            "twilio://AC1:hunter2@api.twilio.com",
            "webhook+https://host/path",
            "webhook+https://:hunter2@",
            "hunter2",
        ] {
            let why = refusal(Settings { sms_url: Some(url.into()), ..Settings::default() });
            assert!(why.starts_with("sms-url: ") && !why.contains("hunter2"), "{url}: {why}");
        }
        for url in ["ses://key:hunter2@", "sns://key:hunter2@us-east-1", "smtp://"] {
            let why = refusal(Settings { email_url: Some(url.into()), ..Settings::default() });
            assert!(why.starts_with("email-url: ") && !why.contains("hunter2"), "{url}: {why}");
        }
    }
}
