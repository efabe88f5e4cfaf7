//! SMTP, by lettre, over a pool of connections.

use super::dkim::Dkim;
use super::{Failure, Parcel, short};
use crate::boot::config::Config;
use anyhow::{Context, anyhow};
use lettre::message::{Mailbox, Message, MultiPart, SinglePart};
use lettre::transport::smtp::client::{Certificate, Tls, TlsParameters};
use lettre::{AsyncSmtpTransport, AsyncTransport as _, Tokio1Executor};
use std::time::Duration;

/// The operator's mail server.
pub struct Smtp {
    transport: AsyncSmtpTransport<Tokio1Executor>,
    from: Mailbox,
    domain: String,
    dkim: Option<Dkim>,
}

impl Smtp {
    pub fn new(config: &Config, address: &str) -> anyhow::Result<Self> {
        // The library's own words would repeat the address, and with it the password.
        let mut builder = AsyncSmtpTransport::<Tokio1Executor>::from_url(address).map_err(|_| anyhow!("it is not a valid address"))?;
        let url = url::Url::parse(address).map_err(|_| anyhow!("it is not a URL"))?;
        let host = url.host_str().filter(|h| !h.is_empty()).context("it names no host")?.to_owned();
        if let Some(file) = &config.smtp_ca_file {
            let pem = std::fs::read(file).with_context(|| format!("cannot read {}", file.display()))?;
            let parameters = TlsParameters::builder(host).add_root_certificate(Certificate::from_pem(&pem)?).build()?;
            builder = builder.tls(if url.scheme() == "smtps" { Tls::Wrapper(parameters) } else { Tls::Required(parameters) });
        }
        let from: Mailbox = config.mail_from.parse().context("mail-from is not a valid address")?;
        let domain = from.email.domain().to_owned();
        let dkim = config.dkim.as_ref().map(Dkim::new).transpose()?;
        if let Some(dkim) = &dkim {
            tracing::info!(record = dkim.record(), "mail is signed; the DNS must hold this record");
        }
        Ok(Self { transport: builder.timeout(Some(Duration::from_secs(20))).build(), from, domain, dkim })
    }

    pub async fn send(&self, parcel: &Parcel<'_>) -> Result<(), Failure> {
        let message = self.message(parcel).map_err(|e| Failure::permanent(format!("{e:#}")))?;
        let mut mail = message.formatted();
        if let Some(dkim) = &self.dkim {
            let mut signed = dkim.header(&mail, parcel.now).map_err(|e| Failure::permanent(format!("{e:#}")))?.into_bytes();
            signed.append(&mut mail);
            mail = signed;
        }
        match self.transport.send_raw(message.envelope(), &mail).await {
            Ok(_) => Ok(()),
            Err(error) => {
                // What the server holds against this server or its credentials may be mended; what it holds against the message may not.
                let about_us = error.status().is_some_and(|code| matches!(u16::from(code), 530 | 534 | 535 | 538 | 554));
                Err(Failure { permanent: error.is_permanent() && !about_us, reason: short(&error.to_string()) })
            }
        }
    }

    fn message(&self, parcel: &Parcel<'_>) -> anyhow::Result<Message> {
        let content = parcel.content;
        let from = match &content.from {
            Some(from) => from.parse().context("the pool's sender is not a valid address")?,
            None => self.from.clone(),
        };
        // The same id at each attempt, so that a receiver can drop a copy.
        let mut builder = Message::builder()
            .from(from)
            .to(content.to.parse().context("the receiver's address is not valid")?)
            .subject(&content.subject)
            .message_id(Some(format!("<{}@{}>", parcel.id, self.domain)));
        if let Some(reply_to) = &content.reply_to {
            builder = builder.reply_to(reply_to.parse().context("the pool's reply-to is not a valid address")?);
        }
        Ok(match &content.html {
            Some(html) => builder.multipart(MultiPart::alternative_plain_html(content.text.clone(), html.clone()))?,
            None => builder.singlepart(SinglePart::plain(content.text.clone()))?,
        })
    }
}
