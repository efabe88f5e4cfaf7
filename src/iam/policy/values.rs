//! Values of conditions: numbers, dates and networks.

use ipnet::IpNet;
use std::net::IpAddr;
use time::format_description::well_known::Rfc3339;
use time::macros::format_description;
use time::{Date, OffsetDateTime, PrimitiveDateTime};

/// A whole or decimal number.
pub(super) fn number(text: &str) -> Option<f64> {
    let text = text.trim();
    let plain = !text.is_empty() && text.bytes().all(|c| c.is_ascii_digit() || b"+-.eE".contains(&c));
    text.parse::<f64>().ok().filter(|n| plain && n.is_finite())
}

/// A time in milliseconds: a form of ISO 8601 as the W3C profiles it, or seconds since 1970.
pub(super) fn date(text: &str) -> Option<i64> {
    let text = text.trim();
    if let Some(seconds) = number(text).filter(|_| text.len() != 4) {
        return Some((seconds * 1_000.0) as i64);
    }
    let at = OffsetDateTime::parse(text, &Rfc3339).ok().or_else(|| partial(text))?;
    i64::try_from(at.unix_timestamp_nanos() / 1_000_000).ok()
}

/// A year, a month, a day, or a time without seconds.
fn partial(text: &str) -> Option<OffsetDateTime> {
    let whole = match text.len() {
        4 => format!("{text}-01-01"),
        7 => format!("{text}-01"),
        10 => text.to_owned(),
        17 => {
            return PrimitiveDateTime::parse(text, format_description!("[year]-[month]-[day]T[hour]:[minute]Z"))
                .ok()
                .map(PrimitiveDateTime::assume_utc);
        }
        _ => {
            return OffsetDateTime::parse(
                text,
                format_description!("[year]-[month]-[day]T[hour]:[minute][offset_hour sign:mandatory]:[offset_minute]"),
            )
            .ok();
        }
    };
    Some(Date::parse(&whole, format_description!("[year]-[month]-[day]")).ok()?.midnight().assume_utc())
}

/// A network, or an address as a network of its own.
pub(super) fn network(text: &str) -> Option<IpNet> {
    text.trim().parse::<IpNet>().ok().or_else(|| text.trim().parse::<IpAddr>().ok().map(IpNet::from))
}

/// An address; one of the old family that came in the form of the new counts as what it is.
pub(super) fn address(text: &str) -> Option<IpAddr> {
    text.trim().parse::<IpAddr>().ok().map(|address| address.to_canonical())
}
