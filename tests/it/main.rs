//! The tests: one binary, one module a subject, each read as a specification.

mod console;
mod mail_files;
mod store;
