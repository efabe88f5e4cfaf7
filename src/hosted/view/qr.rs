//! A QR code as a drawing: black on a white plate of its own, so that it can be scanned in dark mode too.

use crate::languages::Text;
use leptos::prelude::*;
use qrcodegen::{QrCode, QrCodeEcc};

/// The light margin around the code (ISO/IEC 18004, 5.3.8).
const QUIET: i32 = 4;

/// A square of dark and light modules.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Qr {
    /// Modules on a side, the margin included.
    size: i32,
    /// The outline of the dark modules: an SVG path.
    path: String,
}

impl Qr {
    /// Of a text; nothing where it is too long to be drawn.
    pub fn of(text: &str) -> Option<Self> {
        let code = QrCode::encode_text(text, QrCodeEcc::Medium).ok()?;
        let path = (0..code.size()).flat_map(|y| row(&code, y)).collect();
        Some(Self { size: code.size() + 2 * QUIET, path })
    }
}

/// The dark runs of a row.
fn row(code: &QrCode, y: i32) -> Vec<String> {
    let mut runs = Vec::new();
    let mut x = 0;
    while x < code.size() {
        let length = (x..code.size()).take_while(|x| code.get_module(*x, y)).count();
        if length > 0 {
            runs.push(format!("M{} {}h{length}v1h-{length}z", x + QUIET, y + QUIET));
        }
        x += i32::try_from(length).unwrap_or(i32::MAX - x).max(1);
    }
    runs
}

/// Draws the code.
#[component]
pub fn QrDrawing(qr: Qr, label: Text) -> impl IntoView {
    let Qr { size, path } = qr;
    view! {
        <svg class="qr" role="img" aria-label=label viewBox=format!("0 0 {size} {size}") shape-rendering="crispEdges">
            <rect width=size.to_string() height=size.to_string() fill="#fff"></rect>
            <path d=path fill="#000"></path>
        </svg>
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ui::render;

    #[test]
    fn every_dark_module_is_drawn_once() {
        let text = "otpauth://totp/Acme:jane?secret=ABCDEFGHIJKLMNOPQRSTUVWXYZ234567&issuer=Acme";
        let code = QrCode::encode_text(text, QrCodeEcc::Medium).unwrap();
        let dark = (0..code.size()).flat_map(|y| (0..code.size()).map(move |x| (x, y))).filter(|(x, y)| code.get_module(*x, *y)).count();
        let qr = Qr::of(text).unwrap();
        let drawn: usize = qr.path.split('h').skip(1).filter_map(|rest| rest.split('v').next()?.parse::<usize>().ok()).sum();
        assert_eq!((drawn, qr.size), (dark, code.size() + 8));
        // The first row of a finder pattern, inside the margin.
        assert!(qr.path.starts_with("M4 4h7v1h-7z"), "{}", qr.path);
        let html = render(view! { <QrDrawing qr label="QR code".into() /> });
        assert!(html.contains(r##"fill="#fff""##) && html.contains(r#"role="img" aria-label="QR code""#), "{html}");
    }

    #[test]
    fn what_is_too_long_is_not_drawn() {
        assert_eq!(Qr::of(&"x".repeat(3_000)), None);
    }
}
