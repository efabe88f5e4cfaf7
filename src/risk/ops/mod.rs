//! The operations on risks, events and logs.

pub mod event_feedback;
pub mod list_auth_events;
pub mod log_delivery;
pub mod risk_configuration;
