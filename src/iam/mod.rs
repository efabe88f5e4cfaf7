//! Identity and access management: roles, users and policies, what they allow, and temporary credentials.

pub mod sts;
