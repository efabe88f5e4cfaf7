//! SetUICustomization and GetUICustomization

use crate::api::{ApiError, Cx, Door, Operation, Result};
use crate::branding::brand::{self, ALL};
use crate::branding::css;
use crate::branding::store::{self, Customization};
use crate::kit::clock::{Millis, epoch_seconds};
use crate::kit::text;
use serde::{Deserialize, Serialize};

/// Limits that Cognito documents: 3 KB of CSS, 100 KB of image, 135 KB of both as they are sent.
const MAX_CSS: usize = 3 * 1024;
const MAX_IMAGE: usize = 100 * 1024;
const MAX_SENT: usize = 135 * 1024;

#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct SetUICustomization {
    pub user_pool_id: String,
    #[serde(default)]
    pub client_id: Option<String>,
    #[serde(rename = "CSS", default)]
    pub css: Option<String>,
    /// Base64.
    #[serde(default)]
    pub image_file: Option<String>,
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct Answer {
    #[serde(rename = "UICustomization")]
    pub ui_customization: UiCustomization,
}

/// `UICustomizationType`; empty where nothing was set.
#[derive(Serialize, Default)]
#[serde(rename_all = "PascalCase")]
pub struct UiCustomization {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub user_pool_id: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub client_id: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub image_url: Option<String>,
    #[serde(rename = "CSS", skip_serializing_if = "Option::is_none")]
    pub css: Option<String>,
    #[serde(rename = "CSSVersion", skip_serializing_if = "Option::is_none")]
    pub css_version: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub last_modified_date: Option<f64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub creation_date: Option<f64>,
}

impl UiCustomization {
    fn of(cx: &Cx, c: Customization) -> Self {
        let issuer = cx.app.config.issuer(&c.pool_id);
        Self {
            image_url: c.image_type.map(|_| format!("{issuer}/brand/{}/logo?v={}", c.client_id, c.css_version)),
            user_pool_id: Some(c.pool_id),
            client_id: Some(c.client_id),
            css: c.css,
            css_version: Some(c.css_version),
            last_modified_date: Some(epoch_seconds(c.modified_at)),
            creation_date: Some(epoch_seconds(c.created_at)),
        }
    }
}

impl Operation for SetUICustomization {
    const NAME: &'static str = "SetUICustomization";
    const DOOR: Door = Door::Iam;
    type Output = Answer;

    fn pool_id(&self) -> Option<&str> {
        Some(&self.user_pool_id)
    }

    async fn run(self, cx: &mut Cx) -> Result<Answer> {
        let pool = crate::pools::load(cx, &self.user_pool_id).await?;
        let client_id = check_client(cx, &pool.id, self.client_id).await?;
        if self.css.as_ref().map_or(0, String::len) + self.image_file.as_ref().map_or(0, String::len) > MAX_SENT {
            return Err(ApiError::invalid_parameter("request parameters too large"));
        }
        let style = self.css.as_deref().map(check_css).transpose()?;
        let image = self.image_file.map(|file| check_image(&file)).transpose()?;
        let now = cx.now();
        let mut tx = cx.begin().await?;
        crate::pools::hold(&mut tx, &pool.id).await?;
        let before = store::find(&mut tx, &pool.id, &client_id).await?;
        let (image, image_type) = image.map_or((None, None), |(bytes, kind)| (Some(bytes), Some(kind.to_owned())));
        let customization = Customization {
            pool_id: pool.id.clone(),
            client_id,
            css: self.css,
            style,
            css_version: version(now, before.as_ref()),
            image,
            image_type,
            created_at: before.map_or(now, |b| b.created_at),
            modified_at: now,
        };
        store::put(&mut tx, &customization).await?;
        tx.commit().await?;
        brand::forget(&cx.app.caches);
        Ok(Answer { ui_customization: UiCustomization::of(cx, customization) })
    }
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct GetUICustomization {
    pub user_pool_id: String,
    #[serde(default)]
    pub client_id: Option<String>,
}

impl Operation for GetUICustomization {
    const NAME: &'static str = "GetUICustomization";
    const DOOR: Door = Door::Iam;
    type Output = Answer;

    fn pool_id(&self) -> Option<&str> {
        Some(&self.user_pool_id)
    }

    async fn run(self, cx: &mut Cx) -> Result<Answer> {
        let pool = crate::pools::load(cx, &self.user_pool_id).await?;
        let client_id = check_client(cx, &pool.id, self.client_id).await?;
        let found = brand::find(cx, &pool.id, &client_id).await?;
        Ok(Answer { ui_customization: found.map(|c| UiCustomization::of(cx, c)).unwrap_or_default() })
    }
}

async fn check_client(cx: &mut Cx, pool_id: &str, client_id: Option<String>) -> Result<String> {
    match client_id {
        None => Ok(ALL.to_owned()),
        Some(id) if id == ALL => Ok(id),
        Some(id) => Ok(crate::clients::load_in(cx, pool_id, &id).await?.id.clone()),
    }
}

fn check_css(css: &str) -> Result<String> {
    if css.len() > MAX_CSS {
        return Err(ApiError::invalid_parameter("request parameters too large"));
    }
    css::validate(css).map_err(|error| ApiError::invalid_parameter(format!("The CSS is not allowed. {error}")))
}

/// The image and its media type. The type is read from the content: a name or header could say anything.
fn check_image(file: &str) -> Result<(Vec<u8>, &'static str)> {
    let bytes = text::from_base64(file).ok_or_else(|| ApiError::invalid_parameter("ImageFile is not valid base64."))?;
    if bytes.len() > MAX_IMAGE {
        return Err(ApiError::invalid_parameter("request parameters too large"));
    }
    let kind = match bytes.as_slice() {
        [0x89, b'P', b'N', b'G', ..] => "image/png",
        [0xff, 0xd8, 0xff, ..] => "image/jpeg",
        _ => return Err(ApiError::invalid_parameter("The image must be a PNG or JPEG file.")),
    };
    Ok((bytes, kind))
}

/// A number like a time, as Cognito's versions are; it always rises, so that addresses with it can be kept for ever.
fn version(now: Millis, before: Option<&Customization>) -> String {
    let digits: String = crate::kit::clock::iso8601(now).chars().filter(char::is_ascii_digit).collect();
    let last = before.and_then(|b| b.css_version.parse::<u64>().ok()).unwrap_or_default();
    digits.parse::<u64>().unwrap_or_default().max(last + 1).to_string()
}
