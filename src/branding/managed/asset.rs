//! The images of a style: which category takes which kind of file, and whether a file is what it says.

use super::svg;
use crate::kit::text;
use serde::{Deserialize, Serialize};
use std::collections::HashSet;

/// The most images of a style, and the largest one.
pub const ASSETS: i64 = 40;
const LARGEST: usize = 1_000_000;

/// `AssetType`: its enumerations were checked against the service's model.
#[derive(Debug, Clone, Deserialize, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct AssetType {
    pub category: String,
    pub color_mode: String,
    pub extension: String,
    /// Base64.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub bytes: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub resource_id: Option<String>,
}

/// An image that was found to be what it says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Asset {
    pub category: String,
    pub color_mode: String,
    pub extension: String,
    pub resource_id: Option<String>,
    pub bytes: Vec<u8>,
}

impl Asset {
    /// What tells icons of one category and mode apart: there is one for each identity provider.
    pub fn resource_key(&self) -> &str {
        self.resource_id.as_deref().filter(|_| self.category == "IDP_BUTTON_ICON").unwrap_or_default()
    }

    pub fn into_type(self) -> AssetType {
        let bytes = Some(text::base64(&self.bytes));
        AssetType { category: self.category, color_mode: self.color_mode, extension: self.extension, bytes, resource_id: self.resource_id }
    }
}

/// Checks the images of a request, each in its own place.
pub fn check_all(given: Vec<AssetType>) -> Result<Vec<Asset>, String> {
    let assets = given.into_iter().map(check).collect::<Result<Vec<_>, _>>()?;
    let mut places = HashSet::new();
    for asset in &assets {
        if !places.insert((&asset.category, &asset.color_mode, asset.resource_key())) {
            return Err(format!("The asset {} is given more than once for {}.", asset.category, asset.color_mode));
        }
    }
    Ok(assets)
}

/// The extensions that a category takes.
fn accepted(category: &str) -> &'static [&'static str] {
    match category {
        "FAVICON_ICO" => &["ICO"],
        "FAVICON_SVG" => &["SVG"],
        "IDP_BUTTON_ICON" => &["ICO", "SVG"],
        _ => &["PNG", "SVG", "JPEG", "WEBP"],
    }
}

fn check(given: AssetType) -> Result<Asset, String> {
    let AssetType { category, color_mode, extension, bytes, resource_id } = given;
    let accepted = accepted(&category);
    if !accepted.contains(&extension.as_str()) {
        return Err(format!("The asset {category} must be one of [{}].", accepted.join(", ")));
    }
    let bytes = bytes.and_then(|b| text::from_base64(&b)).filter(|b| !b.is_empty());
    let bytes = bytes.ok_or_else(|| format!("The asset {category} has no bytes."))?;
    if bytes.len() > LARGEST {
        return Err(format!("The asset {category} is larger than {LARGEST} bytes."));
    }
    let bytes = match extension.as_str() {
        "SVG" => svg::sanitize(&bytes).map_err(|reason| format!("The asset {category} is not a valid SVG file: {reason}."))?,
        _ if is_raster(&extension, &bytes) => bytes,
        _ => return Err(format!("The asset {category} is not a valid {extension} file.")),
    };
    if bytes.len() > LARGEST {
        return Err(format!("The asset {category} is larger than {LARGEST} bytes."));
    }
    Ok(Asset { category, color_mode, extension, resource_id, bytes })
}

/// Whether a file begins as files of its kind do.
fn is_raster(extension: &str, bytes: &[u8]) -> bool {
    match extension {
        "PNG" => bytes.starts_with(b"\x89PNG\r\n\x1a\n"),
        "JPEG" => bytes.starts_with(b"\xff\xd8\xff"),
        "WEBP" => bytes.starts_with(b"RIFF") && bytes.get(8..12) == Some(b"WEBP"),
        // A directory of at least one icon.
        "ICO" => bytes.starts_with(b"\0\0\x01\0") && bytes.get(4..6).is_some_and(|count| count != [0, 0]),
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const ICO: &[u8] = b"\0\0\x01\0\x01\0\x10\x10";
    const PNG: &[u8] = b"\x89PNG\r\n\x1a\n1234";
    const SVG: &[u8] = br#"<svg xmlns="http://www.w3.org/2000/svg"/>"#;

    fn asset(category: &str, extension: &str, bytes: &[u8]) -> AssetType {
        let bytes = Some(text::base64(bytes));
        AssetType { category: category.into(), color_mode: "LIGHT".into(), extension: extension.into(), bytes, resource_id: None }
    }

    #[test]
    fn each_category_takes_its_kinds_of_file() {
        let files = [("PNG", PNG), ("JPEG", b"\xff\xd8\xff\xe0"), ("WEBP", b"RIFF\x04\0\0\0WEBPVP8 "), ("ICO", ICO), ("SVG", SVG)];
        let pictures = &["PNG", "JPEG", "WEBP", "SVG"][..];
        for (category, expected) in [
            ("FAVICON_ICO", &["ICO"][..]),
            ("FAVICON_SVG", &["SVG"]),
            ("IDP_BUTTON_ICON", &["ICO", "SVG"]),
            ("PAGE_BACKGROUND", pictures),
            ("FORM_LOGO", pictures),
            ("PASSKEY_GRAPHIC", pictures),
        ] {
            for (extension, bytes) in files {
                let taken = check(asset(category, extension, bytes)).is_ok();
                assert_eq!(taken, expected.contains(&extension), "{category} {extension}");
            }
        }
    }

    #[test]
    fn a_file_is_what_it_says() {
        for extension in ["PNG", "JPEG", "WEBP", "SVG"] {
            for bytes in [&b"text"[..], b"GIF89a......", ICO, if extension == "PNG" { SVG } else { PNG }, b"MZ\x90"] {
                let refusal = check(asset("FORM_LOGO", extension, bytes)).unwrap_err();
                assert!(refusal.starts_with(&format!("The asset FORM_LOGO is not a valid {extension} file")), "{refusal}");
            }
        }
        assert_eq!(check(asset("FORM_LOGO", "PNG", b"")).unwrap_err(), "The asset FORM_LOGO has no bytes.");
        let large = [PNG, &[0; 1_000_000]].concat();
        assert_eq!(check(asset("FORM_LOGO", "PNG", &large)).unwrap_err(), "The asset FORM_LOGO is larger than 1000000 bytes.");
    }

    #[test]
    fn a_place_holds_one_image_and_providers_have_one_each() {
        let twice = check_all(vec![asset("FORM_LOGO", "PNG", PNG), asset("FORM_LOGO", "SVG", SVG)]);
        assert_eq!(twice.unwrap_err(), "The asset FORM_LOGO is given more than once for LIGHT.");
        let icon = |name: &str| AssetType { resource_id: Some(name.into()), ..asset("IDP_BUTTON_ICON", "ICO", ICO) };
        assert_eq!(check_all(vec![icon("Okta"), icon("Google")]).unwrap().len(), 2);
        assert!(check_all(vec![icon("Okta"), icon("Okta")]).is_err());
    }
}
