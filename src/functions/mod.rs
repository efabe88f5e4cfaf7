//! Where app owners' functions run, and how they are managed.
pub mod sandbox;
