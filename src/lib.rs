//! Super Chatter.
pub mod app;
pub mod arguments;
pub mod console;
pub mod driver;
pub mod machine;
pub mod protocol;
pub mod store;
