//! Twilio: the Messages resource of its API of 2010-04-01.

use super::address::Address;
use super::{Failure, Parcel, may_pass, short};
use crate::kit::text;
use anyhow::ensure;
use axum::body::Bytes;
use http::header::{AUTHORIZATION, CONTENT_TYPE, HeaderValue};
use http::{Request, Response};
use serde_json::Value;

pub struct Twilio {
    address: String,
    authorization: HeaderValue,
    /// `From`, or a messaging service.
    sender: (&'static str, String),
}

impl Twilio {
    /// `twilio://SID:TOKEN@api.twilio.com?from=%2B15555550100` or `…?messaging-service=MG…`; a key of an account signs with `…&account=AC…`.
    pub fn new(address: &Address, hosts: &mut Vec<String>) -> anyhow::Result<Self> {
        address.only(&["endpoint", "from", "messaging-service", "account"])?;
        let (sid, token) = address.credentials()?;
        let account = address.option("account").unwrap_or(sid);
        ensure!(account.bytes().all(|c| c.is_ascii_alphanumeric()), "its account is not a SID");
        let sender = match (address.option("from"), address.option("messaging-service")) {
            (Some(from), None) => ("From", from.to_owned()),
            (None, Some(service)) => ("MessagingServiceSid", service.to_owned()),
            _ => anyhow::bail!("it needs either from or messaging-service"),
        };
        let endpoint = address.endpoint(&format!("https://{}", address.host()?), hosts)?;
        let mut authorization = HeaderValue::try_from(format!("Basic {}", text::base64(format!("{sid}:{token}").as_bytes())))?;
        authorization.set_sensitive(true);
        Ok(Self { address: format!("{endpoint}/2010-04-01/Accounts/{account}/Messages.json"), authorization, sender })
    }

    pub fn request(&self, parcel: &Parcel<'_>) -> Result<Request<Bytes>, Failure> {
        let mut form = form_urlencoded::Serializer::new(String::new());
        form.append_pair("To", &parcel.content.to).append_pair(self.sender.0, &self.sender.1).append_pair("Body", &parcel.content.text);
        Request::post(&self.address)
            .header(AUTHORIZATION, &self.authorization)
            .header(CONTENT_TYPE, "application/x-www-form-urlencoded")
            .body(Bytes::from(form.finish()))
            .map_err(|_| Failure::passing("the request cannot be made"))
    }

    pub fn verdict(&self, answer: &Response<Bytes>) -> Result<(), Failure> {
        let status = answer.status();
        if status.is_success() {
            return Ok(());
        }
        let body: Value = serde_json::from_slice(answer.body()).unwrap_or_default();
        let (code, message) = (body["code"].as_i64().unwrap_or_default(), body["message"].as_str().unwrap_or_default());
        // An account that is not found, or may not send yet, may be mended; a number that takes no messages may not.
        let mendable = may_pass(status) || status.as_u16() == 404;
        Err(Failure {
            permanent: !mendable,
            reason: format!("Twilio answered {}: {code} {}", status.as_u16(), short(message)).trim_end().to_owned(),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::messaging::message::{Channel, Content, MessageKind};

    #[test]
    fn a_text_message_is_one_request() {
        let address = Address::parse("twilio://AC1:token@api.twilio.com?from=%2B15555550199").unwrap();
        let twilio = Twilio::new(&address, &mut Vec::new()).unwrap();
        let content = Content::plain(MessageKind::SignIn, "+15555550100", "", "Code 123456");
        let parcel = Parcel { id: "m-1", pool_id: "p", channel: Channel::Sms, content: &content, now: 0 };
        let request = twilio.request(&parcel).unwrap();
        assert_eq!(request.uri(), "https://api.twilio.com/2010-04-01/Accounts/AC1/Messages.json");
        assert_eq!(request.headers()["authorization"], format!("Basic {}", text::base64(b"AC1:token")).as_str());
        assert_eq!(request.body(), "To=%2B15555550100&From=%2B15555550199&Body=Code+123456");
        let answer = |status: u16| {
            Response::builder().status(status).body(Bytes::from_static(b"{\"code\":21211,\"message\":\"Invalid 'To'\"}")).unwrap()
        };
        assert_eq!(twilio.verdict(&answer(201)), Ok(()));
        assert_eq!(twilio.verdict(&answer(400)), Err(Failure::permanent("Twilio answered 400: 21211 Invalid 'To'")));
        assert!(!twilio.verdict(&answer(429)).unwrap_err().permanent);
    }
}
