//! What a style makes of a page: which pictures stand where, for which schemes.

use super::settings;
use super::store::{AssetName, Style};
use super::stylesheet::{self, is_on, text};
use crate::ui::{Bar, FormLogo, Look, Picture, Scheme};
use serde_json::Value;

/// A scheme that colours are set for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Mode {
    Light,
    Dark,
}

impl Mode {
    pub fn name(self) -> &'static str {
        if self == Self::Light { "light" } else { "dark" }
    }

    /// The member of the settings.
    pub fn member(self) -> &'static str {
        if self == Self::Light { "lightMode" } else { "darkMode" }
    }

    /// The colour modes of images that are right for it, the best one first. Any image is better than none.
    fn preferred(self) -> [&'static str; 3] {
        if self == Self::Light { ["LIGHT", "DYNAMIC", "DARK"] } else { ["DARK", "DYNAMIC", "LIGHT"] }
    }
}

impl Scheme {
    /// The modes that the style sheet has colours for, and the condition of each.
    pub fn modes(self) -> &'static [(Mode, &'static str)] {
        match self {
            Self::Light => &[(Mode::Light, "")],
            Self::Dark => &[(Mode::Dark, "")],
            Self::Either => &[(Mode::Light, ""), (Mode::Dark, "@media (prefers-color-scheme:dark)")],
        }
    }
}

/// Which images there are, and where they are served.
#[derive(Debug, Clone, Default)]
pub struct Images {
    names: Vec<AssetName>,
    /// What the addresses begin with, and the version that they end with.
    folder: String,
    version: i64,
}

impl Images {
    /// The address of the image of a category that suits a mode best.
    pub fn address(&self, category: &str, mode: Mode) -> Option<String> {
        let of = |color: &str| self.names.iter().find(|name| name.category == category && name.color_mode == color);
        let name = mode.preferred().into_iter().find_map(of)?;
        Some(format!("{}/{}-{}?v={}", self.folder, name.category.to_ascii_lowercase(), name.color_mode.to_ascii_lowercase(), self.version))
    }

    fn picture(&self, category: &str, scheme: Scheme) -> Option<Picture> {
        let first = scheme.modes().first()?.0;
        let address = self.address(category, first)?;
        let dark = self.address(category, Mode::Dark).filter(|dark| scheme == Scheme::Either && *dark != address);
        Some(Picture { address, dark })
    }
}

pub fn scheme(settings: &Value) -> Scheme {
    match text(settings, "categories/global/colorSchemeMode") {
        "DARK" => Scheme::Dark,
        "DYNAMIC" => Scheme::Either,
        _ => Scheme::Light,
    }
}

/// The look of a client's pages in a style that is published.
pub fn of(style: &Style, names: Vec<AssetName>) -> Look {
    let folder = format!("brand/{}/asset", style.client_id);
    let css = format!("brand/{}/style.css?look={}", style.client_id, style.modified_at);
    let all = settings::merged(style.settings.as_ref().map(|s| s.0.clone()));
    draw(&all, css, &Images { names, folder, version: style.modified_at })
}

/// The style sheet of a style, in the folder that [`of`] names.
pub fn css(style: &Style, names: Vec<AssetName>) -> String {
    css_below(style, names, "asset")
}

/// The same for a sheet that is served elsewhere, so that images are found from there.
pub fn css_below(style: &Style, names: Vec<AssetName>, folder: &str) -> String {
    let all = settings::merged(style.settings.as_ref().map(|s| s.0.clone()));
    stylesheet::write(&all, &Images { names, folder: folder.to_owned(), version: style.modified_at })
}

fn draw(all: &Value, css: String, images: &Images) -> Look {
    let scheme = scheme(all);
    let first = scheme.modes().first().map_or(Mode::Light, |(mode, _)| *mode);
    let bar = |component: &str, category: &str| {
        let on = is_on(all, &format!("categories/global/{component}/enabled"));
        let logo =
            images.picture(&format!("{category}_LOGO"), scheme).filter(|_| is_on(all, &format!("components/{component}/logo/enabled")));
        let ground = is_on(all, &format!("components/{component}/backgroundImage/enabled"));
        let ground = ground && images.address(&format!("{category}_BACKGROUND"), first).is_some();
        (on && (logo.is_some() || ground)).then_some(Bar { logo })
    };
    let icon = |category: &str, kind: &str, media: &'static str| {
        let wanted = stylesheet::at(all, "components/favicon/enabledTypes").and_then(Value::as_array);
        let wanted = wanted.is_some_and(|kinds| kinds.iter().any(|k| k == kind));
        Some((images.address(category, first).filter(|_| wanted)?, media))
    };
    let form_logo = images.picture("FORM_LOGO", scheme).filter(|_| is_on(all, "components/form/logo/enabled"));
    Look {
        css,
        scheme,
        icons: [icon("FAVICON_ICO", "ICO", "image/x-icon"), icon("FAVICON_SVG", "SVG", "image/svg+xml")].into_iter().flatten().collect(),
        header: bar("pageHeader", "PAGE_HEADER"),
        footer: bar("pageFooter", "PAGE_FOOTER"),
        form_logo: form_logo.map(|picture| FormLogo {
            picture,
            inside: text(all, "components/form/logo/formInclusion") != "OUT",
            above: text(all, "components/form/logo/position") != "BOTTOM",
        }),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn names(list: &[(&str, &str)]) -> Vec<AssetName> {
        list.iter().map(|(category, mode)| AssetName { category: (*category).into(), color_mode: (*mode).into() }).collect()
    }

    fn look(own: Value, list: &[(&str, &str)]) -> Look {
        let images = Images { names: names(list), folder: "a".into(), version: 7 };
        draw(&settings::merged(Some(own)), "c".into(), &images)
    }

    #[test]
    fn pictures_stand_where_they_are_turned_on() {
        let list = [("FORM_LOGO", "DARK"), ("PAGE_FOOTER_LOGO", "LIGHT"), ("PAGE_HEADER_LOGO", "LIGHT"), ("FAVICON_ICO", "LIGHT")];
        let plain = look(json!({}), &list);
        assert_eq!((plain.form_logo, plain.header, plain.scheme), (None, None, Scheme::Light));
        assert_eq!(plain.footer.and_then(|bar| bar.logo).map(|logo| logo.address), Some("a/page_footer_logo-light?v=7".to_owned()));
        assert_eq!(plain.icons, [("a/favicon_ico-light?v=7".to_owned(), "image/x-icon")]);
        let own = json!({
            "categories": { "global": { "colorSchemeMode": "DYNAMIC", "pageFooter": { "enabled": false } } },
            "components": { "form": { "logo": { "enabled": true, "formInclusion": "OUT", "position": "BOTTOM" } }, "favicon": { "enabledTypes": ["SVG"] } },
        });
        let dressed = look(own, &list);
        let logo = dressed.form_logo.unwrap();
        assert!(!logo.inside && !logo.above && dressed.footer.is_none() && dressed.icons.is_empty());
        assert_eq!((logo.picture.address.as_str(), logo.picture.dark), ("a/form_logo-dark?v=7", None));
    }

    #[test]
    fn a_dark_picture_is_for_dark_schemes() {
        let own = json!({ "categories": { "global": { "colorSchemeMode": "DYNAMIC" } }, "components": { "form": { "logo": { "enabled": true } } } });
        let picture = look(own, &[("FORM_LOGO", "LIGHT"), ("FORM_LOGO", "DARK")]).below("/p").form_logo.unwrap().picture;
        assert_eq!((picture.address.as_str(), picture.dark.as_deref()), ("/p/a/form_logo-light?v=7", Some("/p/a/form_logo-dark?v=7")));
    }
}
