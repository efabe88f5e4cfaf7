//! Where a pool's logs go, with Cognito's member names.

use super::Mode;
use crate::api::{ApiError, Result};
use crate::pools::Pool;
use crate::pools::settings::UserPoolTier;
use serde::{Deserialize, Serialize};

/// `LogConfigurationType`
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct LogConfiguration {
    pub log_level: LogLevel,
    pub event_source: EventSource,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cloud_watch_logs_configuration: Option<CloudWatchLogs>,
    #[serde(rename = "S3Configuration", default, skip_serializing_if = "Option::is_none")]
    pub s3_configuration: Option<S3>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub firehose_configuration: Option<Firehose>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "UPPERCASE")]
pub enum LogLevel {
    Error,
    Info,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum EventSource {
    UserNotification,
    UserAuthEvents,
}

#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub struct CloudWatchLogs {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub log_group_arn: Option<String>,
}

#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub struct S3 {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub bucket_arn: Option<String>,
}

#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub struct Firehose {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub stream_arn: Option<String>,
}

/// Refuses what the pool's plan has not, and destinations that are none.
pub fn check(pool: &Pool, configurations: &[LogConfiguration]) -> Result<()> {
    let mut message = String::new();
    let aimless = |source| configurations.iter().any(|c| c.event_source == source && c.destinations() == 0);
    let repeated = |source| configurations.iter().filter(|c| c.event_source == source).count() > 1;
    // In the service's spelling.
    for (what, names) in [("in request have no destination", named(aimless)), ("appear more then once in a request", named(repeated))] {
        if !names.is_empty() {
            message += &format!(" Following event sources {what}: [{}].", names.join(", "));
        }
    }
    if !message.is_empty() {
        return Err(ApiError::invalid_parameter(format!("Request validation Failed.{message}")));
    }
    configurations.iter().try_for_each(|c| c.check(pool))
}

/// The names of the event sources of which this is true.
fn named(is: impl Fn(EventSource) -> bool) -> Vec<&'static str> {
    let all = [(EventSource::UserNotification, "userNotification"), (EventSource::UserAuthEvents, "userAuthEvents")];
    all.into_iter().filter(|(source, _)| is(*source)).map(|(_, name)| name).collect()
}

impl LogConfiguration {
    fn destinations(&self) -> usize {
        let given = [self.cloud_watch_logs_configuration.is_some(), self.s3_configuration.is_some(), self.firehose_configuration.is_some()];
        given.into_iter().filter(|given| *given).count()
    }

    fn check(&self, pool: &Pool) -> Result<()> {
        if self.destinations() != 1 {
            return Err(ApiError::invalid_parameter("A log configuration has exactly one destination."));
        }
        match self.event_source {
            EventSource::UserNotification => self.check_notifications()?,
            EventSource::UserAuthEvents => self.check_events(pool)?,
        }
        self.check_destination()
    }

    fn check_notifications(&self) -> Result<()> {
        if self.log_level != LogLevel::Error {
            return Err(ApiError::invalid_parameter("The LogLevel of userNotification must be ERROR."));
        }
        if self.cloud_watch_logs_configuration.is_none() {
            return Err(ApiError::invalid_parameter("userNotification logs can be sent to CloudWatchLogsConfiguration only."));
        }
        Ok(())
    }

    fn check_events(&self, pool: &Pool) -> Result<()> {
        if self.log_level != LogLevel::Info {
            return Err(ApiError::invalid_parameter("The LogLevel of userAuthEvents must be INFO."));
        }
        if pool.settings().user_pool_tier != UserPoolTier::Plus {
            return Err(ApiError::feature_unavailable_in_tier("userAuthEvents logs need the feature plan Plus."));
        }
        if !Mode::of(pool).watches() {
            return Err(ApiError::invalid_parameter("userAuthEvents logs need the AdvancedSecurityMode AUDIT or ENFORCED."));
        }
        Ok(())
    }

    fn check_destination(&self) -> Result<()> {
        let log_group = self.cloud_watch_logs_configuration.as_ref().map(|c| ("LogGroupArn", &c.log_group_arn, "logs", "log-group:"));
        let stream = self.firehose_configuration.as_ref().map(|c| ("StreamArn", &c.stream_arn, "firehose", "deliverystream/"));
        let bucket = self.s3_configuration.as_ref().map(|c| ("BucketArn", &c.bucket_arn, "s3", ""));
        for (member, arn, service, prefix) in [log_group, stream, bucket].into_iter().flatten() {
            if !arn.as_deref().is_some_and(|arn| is_arn_of(arn, service, prefix)) {
                return Err(ApiError::invalid_parameter(format!("{member} is not the ARN of a destination for logs.")));
            }
        }
        Ok(())
    }
}

/// `arn:partition:service:region:account:{prefix}name`
fn is_arn_of(arn: &str, service: &str, prefix: &str) -> bool {
    let parts: Vec<&str> = arn.splitn(6, ':').collect();
    let &[scheme, _, named, _, _, resource] = parts.as_slice() else { return false };
    scheme == "arn" && named == service && resource.strip_prefix(prefix).is_some_and(|name| !name.is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_destination_is_of_its_service() {
        assert!(is_arn_of("arn:aws:logs:us-east-1:000000000000:log-group:pool", "logs", "log-group:"));
        assert!(is_arn_of("arn:aws:s3:::bucket", "s3", ""));
        assert!(is_arn_of("arn:aws:firehose:us-east-1:000000000000:deliverystream/s", "firehose", "deliverystream/"));
        for bad in ["arn:aws:logs:us-east-1:000000000000:log-group:", "arn:aws:s3:::bucket", "logs", "arn:aws:logs:a:b:c"] {
            assert!(!is_arn_of(bad, "logs", "log-group:"), "{bad}");
        }
    }
}
