//! The tests: one binary, one module a subject, each read as a specification.

mod mail_files;
mod store;
