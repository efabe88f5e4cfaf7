//! The AWS operations as such: what one is, who may call it, how it is named, checked, called and answered.

pub mod caller;
pub mod cx;
pub mod dispatch;
pub mod door;
pub mod error;
pub mod operation;
pub mod page;
pub mod shape;
pub mod sigv4;
pub mod wire;

pub use caller::caller;
pub use cx::Cx;
pub use door::Door;
pub use error::{ApiError, Exception, Result};
pub(crate) use operation::operations;
pub use operation::{Empty, Operation};
