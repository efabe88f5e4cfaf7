//! Devices that users trust: their keys, their secrets as SRP verifiers, and whether they are remembered.

crate::api::operations! {}
