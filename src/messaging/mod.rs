//! Mail and SMS: composed from a pool's templates, queued with the change that caused them, delivered by a job.
//!
//! Owns `outbox`. A message is written in the transaction of its cause, so that neither can be there without the other. While no provider is
//! configured nothing leaves the machine and `/inbox` shows what would have. What no provider took for a day, or refused for good, waits for an
//! operator.

pub mod alert;
pub mod command;
pub mod delivery;
pub mod email_view;
pub mod inbox;
pub mod inbox_view;
pub mod message;
pub mod ops;
pub mod provider;
pub mod store;
pub mod template;
pub mod words;

pub use alert::{Alert, Notice, alert, notice};
pub use message::{Channel, Message, MessageKind, compose};

crate::api::operations! {
    ops::undelivered::ListUndeliveredMessages,
    ops::undelivered::ResendMessage,
    ops::undelivered::DeleteUndeliveredMessage,
}
