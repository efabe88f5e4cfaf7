//! Risks: what a pool does about them, what its users did, and where its logs go.
//!
//! Owns `risk_configurations`, `auth_events` and `log_deliveries`. A pool is watched where its `AdvancedSecurityMode` is `AUDIT` or `ENFORCED`; one
//! that is not pays nothing: no event is written. An event's id is the `event_id` of the tokens that came of it.

pub mod configuration;
pub mod context;
pub mod events;
pub mod feedback;
pub mod jobs;
pub mod log_delivery;
pub mod mode;
pub mod ops;
pub mod store;

pub use configuration::is_blocked;
pub use context::Context;
pub use mode::Mode;

crate::api::operations! {
    ops::risk_configuration::SetRiskConfiguration,
    ops::risk_configuration::DescribeRiskConfiguration,
    ops::list_auth_events::AdminListUserAuthEvents,
    ops::event_feedback::UpdateAuthEventFeedback,
    ops::event_feedback::AdminUpdateAuthEventFeedback,
    ops::log_delivery::SetLogDeliveryConfiguration,
    ops::log_delivery::GetLogDeliveryConfiguration,
}
