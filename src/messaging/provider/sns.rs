//! Amazon SNS: `Publish` to a phone number.

use super::address::Address;
use super::aws::{self, Account};
use super::{Failure, Parcel, may_pass};
use anyhow::ensure;
use axum::body::Bytes;
use http::{Request, Response};

pub struct Sns {
    account: Account,
    /// Names and values of the message's attributes.
    attributes: Vec<(&'static str, String)>,
}

impl Sns {
    /// `sns://KEY:SECRET@REGION?sender-id=…&type=Transactional&origination-number=…`
    pub fn new(address: &Address, hosts: &mut Vec<String>) -> anyhow::Result<Self> {
        address.only(&["endpoint", "session-token", "sender-id", "type", "origination-number"])?;
        let kind = address.option("type").unwrap_or("Transactional");
        ensure!(matches!(kind, "Transactional" | "Promotional"), "its type must be Transactional or Promotional");
        let mut attributes = vec![("AWS.SNS.SMS.SMSType", kind.to_owned())];
        attributes.extend(address.option("sender-id").map(|id| ("AWS.SNS.SMS.SenderID", id.to_owned())));
        attributes.extend(address.option("origination-number").map(|n| ("AWS.MM.SMS.OriginationNumber", n.to_owned())));
        Ok(Self { account: Account::new(address, "sns", "sns", hosts)?, attributes })
    }

    pub fn request(&self, parcel: &Parcel<'_>) -> Result<Request<Bytes>, Failure> {
        let mut form = form_urlencoded::Serializer::new(String::new());
        form.append_pair("Action", "Publish").append_pair("Version", "2010-03-31");
        form.append_pair("PhoneNumber", &parcel.content.to).append_pair("Message", &parcel.content.text);
        for (at, (name, value)) in self.attributes.iter().enumerate() {
            let entry = format!("MessageAttributes.entry.{}", at + 1);
            form.append_pair(&format!("{entry}.Name"), name);
            form.append_pair(&format!("{entry}.Value.DataType"), "String");
            form.append_pair(&format!("{entry}.Value.StringValue"), value);
        }
        self.account.post("/", "application/x-www-form-urlencoded; charset=utf-8", form.finish().into_bytes(), parcel.now)
    }

    pub fn verdict(&self, answer: &Response<Bytes>) -> Result<(), Failure> {
        let status = answer.status();
        if status.is_success() {
            return Ok(());
        }
        let body = String::from_utf8_lossy(answer.body());
        let (code, message) = (element(&body, "Code"), element(&body, "Message"));
        // What is wrong with the number stays wrong; what is wrong with the account may be mended.
        let about_message =
            matches!(code, "InvalidParameter" | "ParameterValueInvalid" | "InvalidParameterValue" | "OptedOut" | "OptedOutException");
        Err(Failure { permanent: about_message && !may_pass(status), reason: aws::reason("SNS", status, code, message) })
    }
}

/// The text of the first element of that name.
fn element<'a>(xml: &'a str, name: &str) -> &'a str {
    let inner = xml.split_once(&format!("<{name}>")).and_then(|(_, rest)| rest.split_once(&format!("</{name}>")));
    inner.map_or("", |(text, _)| text)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::messaging::message::{Channel, Content, MessageKind};

    fn sns() -> Sns {
        let address = Address::parse("sns://AKIA:secret@eu-west-1?sender-id=Acme&endpoint=http://localhost:5000").unwrap();
        Sns::new(&address, &mut Vec::new()).unwrap()
    }

    #[test]
    fn a_text_message_is_one_signed_request() {
        let content = Content::plain(MessageKind::SignIn, "+15555550100", "", "Code 1 & 2");
        let parcel = Parcel { id: "m-1", pool_id: "p", channel: Channel::Sms, content: &content, now: 1_767_225_600_000 };
        let request = sns().request(&parcel).unwrap();
        assert_eq!(
            (request.uri().to_string().as_str(), request.headers()["host"].as_bytes()),
            ("http://localhost:5000/", &b"localhost:5000"[..])
        );
        let body = String::from_utf8_lossy(request.body());
        assert!(body.starts_with("Action=Publish&Version=2010-03-31&PhoneNumber=%2B15555550100&Message=Code+1+%26+2&"), "{body}");
        assert!(body.ends_with("MessageAttributes.entry.2.Value.StringValue=Acme"), "{body}");
    }

    #[test]
    fn a_bad_number_is_given_up() {
        let verdict = |status: u16, code: &str| {
            let body = format!("<ErrorResponse><Error><Type>Sender</Type><Code>{code}</Code><Message>no</Message></Error></ErrorResponse>");
            sns().verdict(&Response::builder().status(status).body(Bytes::from(body)).unwrap())
        };
        assert_eq!(verdict(400, "InvalidParameter"), Err(Failure::permanent("SNS answered 400: InvalidParameter no")));
        assert!(!verdict(400, "Throttling").unwrap_err().permanent && !verdict(403, "AuthorizationError").unwrap_err().permanent);
    }
}
