//! What the program was started with: the command line's wishes over what was chosen before.

use std::net::IpAddr;
use std::path::PathBuf;

use super::Settings;
use super::language::Language;
use crate::driver::Aside;

/// What the program was started with.
#[derive(Clone, Debug, PartialEq)]
pub struct Options {
    /// Where the client keeps what it knows, and a server on this computer its mail.
    pub data_dir: PathBuf,
    /// Where the user keeps what is saved.
    pub documents: PathBuf,
    /// The address that the client and a hosted server listen on.
    pub bind: IpAddr,
    /// Stands in the nickname field at first; see [`super::text::nickname_from_account`].
    pub nickname: String,
    /// Stands in the server field at first.
    pub server: String,
    pub port: u16,
    /// 0: any free port.
    pub own_port: u16,
    pub host_port: u16,
    /// What was chosen before.
    pub settings: Settings,
    /// Where settings stand now that could not be read, and why.
    pub settings_aside: Option<Aside>,
    /// The system's language.
    pub language: Language,
    /// Sign in at once.
    pub sign_in: bool,
    /// Host a server at once and sign in to it.
    pub host: bool,
}
