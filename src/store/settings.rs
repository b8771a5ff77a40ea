//! What the user has chosen, in a file of JSON that people can read. A setting that the file does not
//! have, or has with a value that is none here, keeps its default, and one that is not known here is kept
//! as it is; a file that can't be read at all is moved aside.

use std::fs;
use std::io::{self, Read};
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use crate::store::aside::{Aside, move_aside};
use crate::store::whole_file::WholeFile;
use crate::store::{Fault, FaultKind, StoreError};

/// Largest file that is read, in bytes: a hundred times what is ever written.
const FILE_MAX: u64 = 1024 * 1024;

/// Light or dark.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Appearance {
    /// As the system has it.
    #[default]
    System,
    Light,
    Dark,
}

/// Whether something is on.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Choice {
    /// As the system has it.
    #[default]
    System,
    On,
    Off,
}

/// Where the window stood last, in points.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Place {
    pub size: [f32; 2],
    /// `None`: the system does not tell.
    pub at: Option<[f32; 2]>,
    pub maximised: bool,
}

/// All that the user has chosen.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Settings {
    /// The last name that a server took; empty: none yet.
    pub nickname: String,
    /// The last server that answered, as it was typed; empty: none yet.
    pub server: String,
    pub port: u16,
    /// What that server's host calls the room; empty: nothing.
    pub room: String,
    /// 0: any free port.
    pub own_port: u16,
    pub host_port: u16,
    /// What the room of one's own server is called.
    pub host_name: String,
    /// Where one's own server keeps its mail; `None`: with everything else.
    pub host_folder: Option<PathBuf>,
    /// One's own server is started with the program.
    pub host_at_start: bool,
    pub sign_in_at_start: bool,
    /// `None`: the system's.
    pub language: Option<String>,
    pub appearance: Appearance,
    pub high_contrast: Choice,
    pub reduced_motion: Choice,
    /// The size of everything, 1 being the system's.
    pub zoom: f32,
    pub notifications: bool,
    /// A notification shows the text, too.
    pub notification_text: bool,
    pub do_not_disturb: bool,
    pub sounds: bool,
    /// Others see that one is writing, and one sees it of them.
    pub typing: bool,
    /// Others see what one has read, and one sees it of them.
    pub read_receipts: bool,
    /// Closing the window leaves a server running where there is a tray.
    pub keep_hosting: bool,
    pub window: Option<Place>,
    /// How wide the list of people is, in points.
    pub side_width: f32,
    /// Emoji that were used last, newest first.
    pub emoji: Vec<String>,
    /// Settings of a newer program, kept as they are.
    #[serde(flatten)]
    pub others: Map<String, Value>,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            nickname: String::new(),
            server: String::new(),
            port: 50000,
            room: String::new(),
            own_port: 0,
            host_port: 50000,
            host_name: String::new(),
            host_folder: None,
            host_at_start: false,
            sign_in_at_start: false,
            language: None,
            appearance: Appearance::System,
            high_contrast: Choice::System,
            reduced_motion: Choice::System,
            zoom: 1.0,
            notifications: true,
            notification_text: true,
            do_not_disturb: false,
            sounds: false,
            typing: true,
            read_receipts: true,
            keep_hosting: false,
            window: None,
            side_width: 272.0,
            emoji: Vec::new(),
            others: Map::new(),
        }
    }
}

impl Settings {
    /// The file in which one's own server keeps its register and mail; all else is in `data_dir`.
    pub fn server_store(&self, data_dir: &Path) -> PathBuf {
        let folder = self.host_folder.as_deref().unwrap_or(data_dir);
        folder.join("server.db")
    }
}

/// Settings as they were found.
#[derive(Debug, Default)]
pub struct Loaded {
    pub settings: Settings,
    /// Where a file stands now that could not be read, and why.
    pub aside: Option<Aside>,
}

/// Reads the settings in the file `path`; without the file they are the default ones. An error: the file
/// can neither be read nor moved aside, and is where it was.
pub fn load(path: &Path) -> Result<Loaded, StoreError> {
    let failed = |source| StoreError::File {
        path: path.to_owned(),
        source,
    };
    let text = match read(path) {
        Ok(text) => text,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Loaded::default()),
        Err(error) => return Err(failed(error)),
    };
    let why = match parse(&text) {
        Ok(settings) => {
            return Ok(Loaded {
                settings: sane(settings),
                aside: None,
            });
        }
        Err(error) => Fault::new(FaultKind::Damaged, error.to_string()).at(path),
    };
    let path = move_aside(path, "damaged")?;
    Ok(Loaded {
        settings: Settings::default(),
        aside: Some(Aside { path, why }),
    })
}

/// Writes the settings to the file `path`: after a power cut either the old or the new ones stand there.
/// An error: a file that is not to be written, or no room.
pub fn save(path: &Path, settings: &Settings) -> Result<(), StoreError> {
    let text = serde_json::to_string_pretty(settings).map_err(|error| StoreError::File {
        path: path.to_owned(),
        source: error.into(),
    })?;
    let mut file = WholeFile::create(path)?;
    file.write(&text)?;
    file.write("\n")?;
    file.put()
}

/// Takes each setting by itself: a slip of a hand, or a choice that only a newer program knows, costs no
/// more than that one.
fn parse(text: &[u8]) -> Result<Settings, serde_json::Error> {
    let values: Map<String, Value> = serde_json::from_slice(text)?;
    let is_good = |(name, value): &(String, Value)| {
        let alone = Map::from_iter([(name.clone(), value.clone())]);
        let good = Settings::deserialize(Value::Object(alone)).is_ok();
        if !good {
            // Not the value: it may be what somebody wrote.
            tracing::warn!(%name, "a setting has a value that is none, and its default now");
        }
        good
    };
    let good = values.into_iter().filter(is_good).collect();
    Settings::deserialize(Value::Object(good))
}

fn read(path: &Path) -> io::Result<Vec<u8>> {
    let mut text = Vec::new();
    fs::File::open(path)?
        .take(FILE_MAX)
        .read_to_end(&mut text)?;
    Ok(text)
}

/// What a hand or another program may have written becomes what a window can be drawn with.
fn sane(mut settings: Settings) -> Settings {
    let within = |value: f32, least: f32, most: f32, default: f32| {
        if value.is_finite() {
            value.clamp(least, most)
        } else {
            default
        }
    };
    settings.zoom = within(settings.zoom, 0.5, 3.0, 1.0);
    settings.side_width = within(settings.side_width, 200.0, 480.0, 272.0);
    settings.emoji.truncate(64);
    settings
}
