//! How a pool's pages look and what they link to: logo and style sheet, managed login styles, terms of use and privacy policy.
//!
//! Owns `ui_customizations`; `managed` and `terms` say what they own. A style sheet is checked and written anew when it is set, so that
//! what is served is only what was understood. What a page needs of all this is one cached [`Brand`].

pub mod brand;
pub mod css;
pub mod http;
pub mod managed;
pub mod ops;
mod slots;
pub mod store;
pub mod terms;

pub use brand::{Brand, load};

crate::api::operations! {
    ops::ui_customization::SetUICustomization,
    ops::ui_customization::GetUICustomization,
    ops::managed_login_create::CreateManagedLoginBranding,
    ops::managed_login_describe::DescribeManagedLoginBranding,
    ops::managed_login_describe::DescribeManagedLoginBrandingByClient,
    ops::managed_login_update::UpdateManagedLoginBranding,
    ops::managed_login_delete::DeleteManagedLoginBranding,
    ops::terms_create::CreateTerms,
    ops::terms_describe::DescribeTerms,
    ops::terms_describe::DescribeTermsByClient,
    ops::terms_update::UpdateTerms,
    ops::terms_delete::DeleteTerms,
    ops::terms_list::ListTerms,
}
