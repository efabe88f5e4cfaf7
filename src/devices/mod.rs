//! Devices that users trust: their keys, their secrets as SRP verifiers, and whether they are remembered.
//!
//! Owns `devices`. A row begins when a sign-in hands out a device key ([`sign_in`]) and counts once its user has confirmed it; one that nobody
//! confirms goes after a day. A device is only ever found through its user, so that nobody reaches another's.

pub mod device;
pub mod jobs;
pub mod ops;
pub mod secret;
pub mod sign_in;
pub mod store;

pub use device::Device;

crate::api::operations! {
    ops::confirm::ConfirmDevice,
    ops::get::GetDevice,
    ops::get::AdminGetDevice,
    ops::list::ListDevices,
    ops::list::AdminListDevices,
    ops::update_status::UpdateDeviceStatus,
    ops::update_status::AdminUpdateDeviceStatus,
    ops::forget::ForgetDevice,
    ops::forget::AdminForgetDevice,
}
