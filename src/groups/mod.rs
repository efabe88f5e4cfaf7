//! Groups of users: precedence and roles.
//!
//! Owns `user_groups` and `group_members`. A membership hangs on its user and on its group, and goes with either. What tokens say of groups
//! is decided in [`membership`].

pub mod group;
pub mod membership;
pub mod ops;
pub mod store;

pub use group::Group;
pub use membership::Membership;

crate::api::operations! {
    ops::create::CreateGroup,
    ops::get::GetGroup,
    ops::update::UpdateGroup,
    ops::delete::DeleteGroup,
    ops::list::ListGroups,
    ops::membership::AdminAddUserToGroup,
    ops::membership::AdminRemoveUserFromGroup,
    ops::list_for_user::AdminListGroupsForUser,
    ops::list_users::ListUsersInGroup,
}
