//! The operations on branding.

pub mod ui_customization;
