//! Mail and SMS: composed from a pool's templates, queued with the change that caused them, delivered by a job.
//!
//! Owns `outbox`. A message is written in the transaction of its cause, so that neither can be there without the other. While no mail
//! server is configured nothing leaves the machine and `/inbox` shows what would have.

pub mod delivery;
pub mod email_view;
pub mod inbox;
pub mod inbox_view;
pub mod message;
pub mod smtp;
pub mod store;
pub mod template;

pub use message::{Channel, Message, MessageKind, compose};
