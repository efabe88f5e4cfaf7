//! SMTP, by lettre.

use super::message::Content;
use crate::boot::config::Config;
use anyhow::Context;
use lettre::message::{Mailbox, Message, MultiPart, SinglePart};
use lettre::transport::smtp::client::{Certificate, Tls, TlsParameters};
use lettre::{AsyncSmtpTransport, AsyncTransport as _, Tokio1Executor};
use std::time::Duration;

/// A pool of connections to the operator's mail server.
pub struct Smtp {
    transport: AsyncSmtpTransport<Tokio1Executor>,
    from: Mailbox,
    domain: String,
}

/// Why a message was not taken.
#[derive(Debug)]
pub struct Failure {
    /// Whether trying again is of no use.
    pub permanent: bool,
    pub reason: String,
}

impl Smtp {
    /// `None` when no server is configured.
    pub fn new(config: &Config) -> anyhow::Result<Option<Self>> {
        let Some(address) = &config.smtp_url else { return Ok(None) };
        let mut builder = AsyncSmtpTransport::<Tokio1Executor>::from_url(address).context("smtp-url is not a valid address")?;
        let url = url::Url::parse(address)?;
        if let Some(file) = &config.smtp_ca_file {
            let pem = std::fs::read(file).with_context(|| format!("cannot read {}", file.display()))?;
            let host = url.host_str().context("smtp-url names no host")?.to_owned();
            let parameters = TlsParameters::builder(host).add_root_certificate(Certificate::from_pem(&pem)?).build()?;
            builder = builder.tls(if url.scheme() == "smtps" { Tls::Wrapper(parameters) } else { Tls::Required(parameters) });
        }
        let from: Mailbox = config.mail_from.parse().context("mail-from is not a valid address")?;
        let domain = from.email.domain().to_owned();
        Ok(Some(Self { transport: builder.timeout(Some(Duration::from_secs(20))).build(), from, domain }))
    }

    pub async fn send(&self, id: &str, content: &Content) -> Result<(), Failure> {
        let message = self.message(id, content).map_err(|e| Failure { permanent: true, reason: format!("{e:#}") })?;
        match self.transport.send(message).await {
            Ok(_) => Ok(()),
            Err(error) => {
                // What the server holds against this server or its credentials may be mended; what it holds against the message may not.
                let about_us = error.status().is_some_and(|code| matches!(u16::from(code), 530 | 534 | 535 | 538 | 554));
                Err(Failure { permanent: error.is_permanent() && !about_us, reason: error.to_string() })
            }
        }
    }

    fn message(&self, id: &str, content: &Content) -> anyhow::Result<Message> {
        let from = match &content.from {
            Some(from) => from.parse().context("the pool's sender is not a valid address")?,
            None => self.from.clone(),
        };
        // The same id at each attempt, so that a receiver can drop a copy.
        let mut builder = Message::builder()
            .from(from)
            .to(content.to.parse()?)
            .subject(&content.subject)
            .message_id(Some(format!("<{id}@{}>", self.domain)));
        if let Some(reply_to) = &content.reply_to {
            builder = builder.reply_to(reply_to.parse().context("the pool's reply-to is not a valid address")?);
        }
        Ok(match &content.html {
            Some(html) => builder.multipart(MultiPart::alternative_plain_html(content.text.clone(), html.clone()))?,
            None => builder.singlepart(SinglePart::plain(content.text.clone()))?,
        })
    }
}
