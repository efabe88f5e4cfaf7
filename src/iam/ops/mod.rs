//! IAM's own actions: setting up roles, users, groups, policies and providers.

super::query::actions! {
    "iam":
}
