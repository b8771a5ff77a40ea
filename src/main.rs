//! Arguments, logging, wiring. What the program does lives in the library.

#![cfg_attr(
    all(windows, feature = "gui", not(debug_assertions)),
    windows_subsystem = "windows"
)]

use std::io::{self, Write};
#[cfg(feature = "gui")]
use std::net::IpAddr;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use directories::ProjectDirs;
use super_chatter::app::SETTINGS;
#[cfg(feature = "gui")]
use super_chatter::app::language::Language;
#[cfg(feature = "gui")]
use super_chatter::app::text::nickname_from_account;
use super_chatter::app::text::visible;
#[cfg(feature = "gui")]
use super_chatter::app::{DEFAULT_PORT, Options};
#[cfg(feature = "gui")]
use super_chatter::arguments::Prefill;
use super_chatter::arguments::{self, Arguments, LogLevel, Mode};
use super_chatter::console::talk::{Console, Exit};
use super_chatter::console::{client, server};
use super_chatter::driver::clock::Clock;
#[cfg(feature = "gui")]
use super_chatter::driver::dialogs;
#[cfg(feature = "gui")]
use super_chatter::driver::instance::{Claim, Instance};
use super_chatter::driver::log as kept;
use super_chatter::protocol::Nickname;
#[cfg(feature = "gui")]
use super_chatter::store::Aside;
use super_chatter::store::mailbox::{self, Mailbox};
use super_chatter::store::settings;
use super_chatter::store::{StoreError, classic_mail, file_name, make_folder};
#[cfg(feature = "gui")]
use super_chatter::ui;
use tracing::level_filters::LevelFilter;
use tracing_subscriber::filter::Targets;
use tracing_subscriber::prelude::*;

/// Any error, on its way to its one line.
type Error = Box<dyn std::error::Error>;

fn main() -> ExitCode {
    let arguments = match arguments::parse(std::env::args_os()) {
        Ok(arguments) => arguments,
        Err(error) => error.exit(),
    };
    log(arguments.log_level);
    run(arguments).unwrap_or_else(|error| {
        complain(&error.to_string());
        ExitCode::FAILURE
    })
}

fn run(arguments: Arguments) -> Result<ExitCode, Error> {
    let Arguments {
        mode,
        data_dir,
        bind,
        log_level: _,
    } = arguments;
    let data_dir = || {
        data_dir
            .or_else(default_data_dir)
            .ok_or("no home folder was found: name a folder with --data-dir")
    };
    let out = &mut io::stdout();
    match mode {
        #[cfg(feature = "gui")]
        Mode::Window(prefill) => window(prefill, data_dir()?, bind),
        Mode::Serve { port } => {
            let data_dir = data_dir()?;
            make_folder(&data_dir)?;
            server::run(bind, port, server_store(&data_dir)?, out)?;
            Ok(ExitCode::SUCCESS)
        }
        Mode::Client {
            nickname,
            host,
            port,
            own_port,
        } => {
            let profile = console_profile(&data_dir()?, &nickname);
            let console = Console::new(nickname, host, port);
            match client::run(console, bind, own_port, profile, out)? {
                Exit::Done => Ok(ExitCode::SUCCESS),
                Exit::NoServer => Ok(ExitCode::FAILURE),
                Exit::Failed(error) => Err(error.into()),
            }
        }
        Mode::ImportMail(folder) => import(&server_store(&data_dir()?)?, &folder),
        Mode::ExportMail(folder) => export(&server_store(&data_dir()?)?, &folder),
    }
}

/// Opens the window and returns when it is closed. Whoever double-clicked sees no standard error, so
/// what keeps the window from opening is also shown in a dialog.
#[cfg(feature = "gui")]
fn window(prefill: Prefill, data_dir: PathBuf, bind: IpAddr) -> Result<ExitCode, Error> {
    let made = make_folder(&data_dir).map_err(|error| error.to_string());
    let instance = match Instance::claim(&data_dir) {
        Claim::First(instance) => instance,
        Claim::Raised => {
            writeln!(
                io::stdout(),
                "Super Chatter is open already: its window is in front now."
            )?;
            return Ok(ExitCode::SUCCESS);
        }
    };
    let _tidy = instance.tidy();
    let loaded = settings::load(&data_dir.join(SETTINGS));
    let settings::Loaded { settings, aside } = loaded.unwrap_or_else(|error| settings::Loaded {
        aside: Some(Aside {
            path: data_dir.join(SETTINGS),
            why: error.into(),
        }),
        ..Default::default()
    });
    let remembered = |text: &String| Some(text.clone()).filter(|text| !text.is_empty());
    let server = prefill.server;
    let options = Options {
        bind,
        nickname: prefill
            .nickname
            .map(|name| name.to_string())
            .or_else(|| remembered(&settings.nickname))
            .unwrap_or_else(account_nickname),
        port: match &server {
            Some(server) => server.port.unwrap_or(DEFAULT_PORT),
            None => settings.port,
        },
        sign_in: prefill.sign_in || (server.is_none() && settings.sign_in_at_start),
        server: match server {
            Some(server) => server.host,
            None => settings.server.clone(),
        },
        own_port: prefill.own_port.unwrap_or(settings.own_port),
        host_port: prefill.host_port.unwrap_or(settings.host_port),
        host: prefill.host || settings.host_at_start,
        data_dir: data_dir.clone(),
        documents: dialogs::documents(),
        language: Language::of_locale(&sys_locale::get_locale().unwrap_or_default()),
        settings,
        settings_aside: aside,
    };
    let opened = made.and_then(|()| ui::run(options, instance));
    if let Err(sentence) = &opened {
        ui::fatal_dialog("Super Chatter", sentence);
    }
    opened?;
    Ok(ExitCode::SUCCESS)
}

/// The name of the account, as a nickname.
#[cfg(feature = "gui")]
fn account_nickname() -> String {
    let account = ["USER", "LOGNAME", "USERNAME"]
        .iter()
        .find_map(|name| std::env::var(name).ok());
    nickname_from_account(&account.unwrap_or_default())
}

fn import(store: &Path, folder: &Path) -> Result<ExitCode, Error> {
    let mut opened = open_mailbox(store)?;
    let now_ms = Clock::start().now().unix_ms;
    let imported = classic_mail::import(&mut opened.mailbox, &opened.saved, folder, now_ms)?;
    for problem in &imported.problems {
        complain(&problem.to_string());
    }
    writeln!(
        io::stdout(),
        "files imported: {}, messages: {}, into {}",
        imported.files,
        imported.messages,
        store.display()
    )?;
    Ok(if imported.problems.is_empty() {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    })
}

fn export(store: &Path, folder: &Path) -> Result<ExitCode, Error> {
    let opened = open_mailbox(store)?;
    let exported = classic_mail::export(&opened.saved, folder)?;
    writeln!(
        io::stdout(),
        "files exported: {}, messages: {}, from {}",
        exported.files,
        exported.messages,
        store.display()
    )?;
    Ok(ExitCode::SUCCESS)
}

fn open_mailbox(store: &Path) -> Result<mailbox::Opened, StoreError> {
    let opened = Mailbox::open(store)?;
    if let Some(aside) = &opened.aside {
        complain(&aside.to_string());
    }
    Ok(opened)
}

fn default_data_dir() -> Option<PathBuf> {
    ProjectDirs::from("", "", "super-chatter").map(|dirs| dirs.data_dir().to_owned())
}

/// Where the window hosts, too.
fn server_store(data_dir: &Path) -> Result<PathBuf, StoreError> {
    let settings::Loaded { settings, aside } = settings::load(&data_dir.join(SETTINGS))?;
    if let Some(aside) = aside {
        complain(&format!(
            "the settings can't be read and were moved to {aside}"
        ));
    }
    Ok(settings.server_store(data_dir))
}

/// Each name has a profile of its own, so that consoles can run beside each other.
fn console_profile(data_dir: &Path, nickname: &Nickname) -> PathBuf {
    let folder = format!("console-{}", file_name(nickname));
    data_dir.join(folder).join("profile.db")
}

/// `RUST_LOG`, where it is set, knows better. The window's crates warn of things that are no fault
/// of anybody's at every start, such as a desktop without settings of its own.
fn log(level: LogLevel) {
    let said = std::env::var("RUST_LOG")
        .ok()
        .and_then(|said| said.parse::<Targets>().ok());
    let filter = said.unwrap_or_else(|| {
        let quiet = ["winit", "egui_system_font_provider"].map(|name| (name, LevelFilter::ERROR));
        Targets::new()
            .with_targets(quiet)
            .with_default(level.filter())
    });
    let lines = tracing_subscriber::fmt::layer().with_writer(io::stderr);
    tracing_subscriber::registry()
        .with(lines.with_filter(filter))
        .with(kept::layer())
        .init();
}

/// Where nobody reads the standard error there is nobody to tell. What is complained of may quote a
/// file or the network.
fn complain(line: &str) {
    let _ = writeln!(io::stderr(), "super-chatter: {}", visible(line));
}
