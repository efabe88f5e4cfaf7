//! The hosted pages: sign in, sign up, confirm, reset, choose a new password, prove or set up a second factor, choose an account, consent, sign out.
//!
//! Owns `flows` and `browser_sessions`. A page is drawn by a plain handler from a model; a form posts to the page's own address, where one
//! layer checks that it came from this browser and page, and a server function does the work through the same operations as the API.
//! Looking at a page writes nothing: a flow row is made by the first form that has something to tell, and from then on it is the page's state,
//! bound to the browser that it began in. No page needs a script.

pub mod actions;
pub mod answer;
pub mod authorize;
pub mod cookies;
pub mod custom_form;
pub mod device;
pub mod flow;
pub mod guard;
pub mod jobs;
pub mod language;
pub mod logout;
pub mod model;
pub mod pages;
pub mod preview;
pub mod second_step;
pub mod session;
pub mod sso;
pub mod store;
pub mod template;
pub mod view;
pub mod visit;
pub mod wording;
