//! The date that SRP clients sign: Java's `EEE MMM d HH:mm:ss 'UTC' yyyy`, in English.

use time::PrimitiveDateTime;
use time::macros::format_description;

/// `TIMESTAMP` as unix seconds: `Tue May 7 00:09:40 UTC 2024`, where the day may also be written `07`.
pub fn parse_timestamp(text: &str) -> Option<i64> {
    let format = format_description!("[weekday repr:short] [month repr:short] [day padding:none] [hour]:[minute]:[second] UTC [year]");
    let signed = text.contains(['+', '-']);
    let at = PrimitiveDateTime::parse(text, &format).ok().filter(|_| !signed)?;
    at.weekday().to_string().starts_with(&text[..3]).then(|| at.assume_utc().unix_timestamp())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn timestamps() {
        for (text, at) in [
            ("Tue May 7 00:09:40 UTC 2024", Some(1_715_040_580)),
            ("Tue May 07 00:09:40 UTC 2024", Some(1_715_040_580)),
            ("Thu Feb 29 23:59:59 UTC 2024", Some(1_709_251_199)),
            ("Wed May 7 00:09:40 UTC 2024", None),
            ("Thu Feb 29 23:59:59 UTC 2023", None),
            ("tue may 7 00:09:40 UTC 2024", None),
            ("Tue May 7 0:09:40 UTC 2024", None),
            ("Tue May 7 24:09:40 UTC 2024", None),
            ("Tue May 7 00:09:40 GMT 2024", None),
            ("Tue May 7 00:09:40 UTC +2024", None),
            ("Tue May 007 00:09:40 UTC 2024", None),
            ("Tue May 7 00:09:40 UTC 2024 ", None),
            ("2024-05-07T00:09:40Z", None),
            ("\u{e9}\u{e9}", None),
            ("", None),
        ] {
            assert_eq!(parse_timestamp(text), at, "{text}");
        }
    }
}
