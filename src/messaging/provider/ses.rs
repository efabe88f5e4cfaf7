//! Amazon SES, API v2: `SendEmail`.

use super::address::Address;
use super::aws::{self, Account};
use super::{Failure, Parcel, may_pass};
use axum::body::Bytes;
use http::{Request, Response};
use serde_json::{Value, json};

pub struct Ses {
    account: Account,
    from: String,
    configuration_set: Option<String>,
}

impl Ses {
    /// `ses://KEY:SECRET@REGION?configuration-set=…`
    pub fn new(address: &Address, from: &str, hosts: &mut Vec<String>) -> anyhow::Result<Self> {
        address.only(&["endpoint", "session-token", "configuration-set"])?;
        Ok(Self {
            account: Account::new(address, "ses", "email", hosts)?,
            from: from.to_owned(),
            configuration_set: address.option("configuration-set").map(str::to_owned),
        })
    }

    pub fn request(&self, parcel: &Parcel<'_>) -> Result<Request<Bytes>, Failure> {
        let body = self.body(parcel).to_string().into_bytes();
        self.account.post("/v2/email/outbound-emails", "application/json", body, parcel.now)
    }

    /// The service makes the `Message-ID` itself, so that the message's own id goes along as a tag.
    fn body(&self, parcel: &Parcel<'_>) -> Value {
        let content = parcel.content;
        let text = |data: &str| json!({ "Data": data, "Charset": "UTF-8" });
        let mut body = json!({ "Text": text(&content.text) });
        if let Some(html) = &content.html {
            body["Html"] = text(html);
        }
        let mut message = json!({
            "FromEmailAddress": content.from.as_deref().unwrap_or(&self.from),
            "Destination": { "ToAddresses": [content.to] },
            "Content": { "Simple": { "Subject": text(&content.subject), "Body": body } },
            "EmailTags": [{ "Name": "poolhouse-message", "Value": parcel.id }],
        });
        if let Some(arn) = &content.source_arn {
            message["FromEmailAddressIdentityArn"] = arn.as_str().into();
        }
        if let Some(address) = &content.reply_to {
            message["ReplyToAddresses"] = json!([address]);
        }
        if let Some(set) = content.configuration_set.as_ref().or(self.configuration_set.as_ref()) {
            message["ConfigurationSetName"] = set.as_str().into();
        }
        message
    }

    pub fn verdict(&self, answer: &Response<Bytes>) -> Result<(), Failure> {
        let status = answer.status();
        if status.is_success() {
            return Ok(());
        }
        let body: Value = serde_json::from_slice(answer.body()).unwrap_or_default();
        let header = answer.headers().get("x-amzn-errortype").and_then(|v| v.to_str().ok());
        let code = header.or_else(|| body["__type"].as_str()).unwrap_or_default();
        let code = code.split(':').next().unwrap_or_default().rsplit('#').next().unwrap_or_default();
        let message = body["message"].as_str().or_else(|| body["Message"].as_str()).unwrap_or_default();
        // What the account lacks may be mended: a domain that is not verified yet, sending that is paused, a quota.
        let mendable = matches!(
            code,
            "MailFromDomainNotVerifiedException" | "AccountSuspendedException" | "SendingPausedException" | "NotFoundException"
        ) || code.contains("Limit")
            || code.contains("TooManyRequests")
            || code.contains("Throttling");
        Err(Failure { permanent: !may_pass(status) && !mendable, reason: aws::reason("SES", status, code, message) })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::messaging::message::{Channel, Content, MessageKind};

    fn ses() -> Ses {
        let address = Address::parse("ses://AKIA:secret@eu-west-1?configuration-set=mine").unwrap();
        Ses::new(&address, "no-reply@acme.example", &mut Vec::new()).unwrap()
    }

    #[test]
    fn a_mail_is_one_signed_request() {
        let content =
            Content { configuration_set: Some("pool".into()), ..Content::plain(MessageKind::SignUp, "jane@example.com", "Hello", "Hi") };
        let parcel = Parcel { id: "m-1", pool_id: "p", channel: Channel::Email, content: &content, now: 1_767_225_600_000 };
        let request = ses().request(&parcel).unwrap();
        assert_eq!(request.uri(), "https://email.eu-west-1.amazonaws.com/v2/email/outbound-emails");
        let authorization = request.headers()["authorization"].to_str().unwrap();
        assert!(authorization.contains("Credential=AKIA/20260101/eu-west-1/ses/aws4_request"), "{authorization}");
        let body: Value = serde_json::from_slice(request.body()).unwrap();
        assert_eq!(body["FromEmailAddress"], "no-reply@acme.example");
        assert_eq!(body["Content"]["Simple"]["Body"], json!({ "Text": { "Data": "Hi", "Charset": "UTF-8" } }));
        assert_eq!((&body["ConfigurationSetName"], &body["EmailTags"][0]["Value"]), (&json!("pool"), &json!("m-1")));
    }

    #[test]
    fn what_may_be_mended_is_tried_again() {
        let verdict = |status: u16, kind: &str| {
            let answer = Response::builder().status(status).header("x-amzn-errortype", kind);
            ses().verdict(&answer.body(Bytes::from_static(b"{\"message\":\"no\"}")).unwrap())
        };
        assert_eq!(verdict(200, ""), Ok(()));
        assert_eq!(verdict(400, "MessageRejected:"), Err(Failure::permanent("SES answered 400: MessageRejected no")));
        assert_eq!(
            verdict(400, "MailFromDomainNotVerifiedException"),
            Err(Failure::passing("SES answered 400: MailFromDomainNotVerifiedException no"))
        );
        assert!(!verdict(429, "TooManyRequestsException").unwrap_err().permanent && !verdict(500, "").unwrap_err().permanent);
    }
}
