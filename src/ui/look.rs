//! How a page is dressed beyond its style sheet: pictures, bars and which schemes it is drawn for. Addresses are relative to the site's pages.

use leptos::prelude::*;

/// Which schemes a page is drawn for.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Scheme {
    Light,
    Dark,
    /// Whichever the reader's system prefers.
    #[default]
    Either,
}

impl Scheme {
    /// The content of `<meta name="color-scheme">`.
    pub fn content(self) -> &'static str {
        match self {
            Self::Light => "light",
            Self::Dark => "dark",
            Self::Either => "light dark",
        }
    }

    /// What the base style sheet is told: it has dark colours of its own.
    pub fn forced(self) -> Option<&'static str> {
        (self == Self::Light).then_some("light")
    }
}

/// A picture, and another one for dark schemes.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Picture {
    pub address: String,
    pub dark: Option<String>,
}

/// A bar across the page.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Bar {
    pub logo: Option<Picture>,
}

/// The logo of the form.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct FormLogo {
    pub picture: Picture,
    /// Whether it stands in the form and not beside it.
    pub inside: bool,
    /// Whether it stands above and not below.
    pub above: bool,
}

/// How a page is dressed.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Look {
    /// The address of the style sheet.
    pub css: String,
    pub scheme: Scheme,
    /// Addresses and media types.
    pub icons: Vec<(String, &'static str)>,
    pub header: Option<Bar>,
    pub footer: Option<Bar>,
    pub form_logo: Option<FormLogo>,
}

impl Look {
    /// The same for pages below `base`.
    pub fn below(mut self, base: &str) -> Self {
        let bars = [&mut self.header, &mut self.footer].into_iter().flatten().filter_map(|bar| bar.logo.as_mut());
        let pictures = bars.chain(self.form_logo.as_mut().map(|logo| &mut logo.picture));
        let addresses = pictures.flat_map(|picture| std::iter::once(&mut picture.address).chain(picture.dark.as_mut()));
        for address in addresses.chain([&mut self.css]).chain(self.icons.iter_mut().map(|(address, _)| address)) {
            *address = format!("{base}/{address}");
        }
        self
    }

    /// Whether a picture says whose page it is.
    pub fn has_logo(&self) -> bool {
        self.form_logo.is_some() || self.header.as_ref().is_some_and(|bar| bar.logo.is_some())
    }
}

/// Draws a picture. Without a name it says nothing that the page does not say elsewhere.
#[component]
pub fn PictureImage(picture: Picture, name: String, class: &'static str) -> impl IntoView {
    let dark = picture.dark.map(|address| view! { <source media="(prefers-color-scheme: dark)" srcset=address /> });
    view! {
        <picture>
            {dark}
            <img class=class src=picture.address alt=name />
        </picture>
    }
}

/// Draws a bar.
#[component]
pub fn BarRow(bar: Bar, name: String) -> impl IntoView {
    bar.logo.map(|picture| view! { <PictureImage picture name class="bar-logo" /> })
}
