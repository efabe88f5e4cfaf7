//! DescribeUserPoolDomain

use crate::api::{Cx, Door, Operation, Result};
use crate::pools::domain::DomainSettings;
use crate::pools::store;
use serde::{Deserialize, Serialize};

#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct DescribeUserPoolDomain {
    pub domain: String,
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct Described {
    pub domain_description: Description,
}

/// `DomainDescriptionType`; empty for a domain that is not known, as in Cognito.
#[derive(Serialize, Default)]
#[serde(rename_all = "PascalCase")]
pub struct Description {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub user_pool_id: Option<String>,
    #[serde(rename = "AWSAccountId", skip_serializing_if = "Option::is_none")]
    pub aws_account_id: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub domain: Option<String>,
    /// Where Cognito keeps the pages' files: here the server itself.
    #[serde(rename = "S3Bucket", skip_serializing_if = "Option::is_none")]
    pub s3_bucket: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub version: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub cloud_front_distribution: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub status: Option<&'static str>,
    #[serde(flatten)]
    pub settings: Option<DomainSettings>,
}

impl Operation for DescribeUserPoolDomain {
    const NAME: &'static str = "DescribeUserPoolDomain";
    const DOOR: Door = Door::Iam;
    type Output = Described;

    async fn run(self, cx: &mut Cx) -> Result<Described> {
        let Some(domain) = store::find_domain(&mut *cx.read().await?, &self.domain).await? else {
            return Ok(Described { domain_description: Description::default() });
        };
        let config = &cx.app.config;
        let description = Description {
            user_pool_id: Some(domain.pool_id),
            aws_account_id: Some(config.account_id.clone()),
            cloud_front_distribution: Some(config.public_host().to_owned()),
            s3_bucket: Some("poolhouse"),
            version: Some(env!("CARGO_PKG_VERSION")),
            domain: Some(domain.domain),
            status: Some("ACTIVE"),
            settings: Some(domain.settings),
        };
        Ok(Described { domain_description: description })
    }
}
