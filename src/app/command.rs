//! All that a user can ask for. It is carried out by [`super::App::run`].

use std::path::PathBuf;

use super::attention::Watching;
use super::filing;
use super::form::Form;
use super::host_panel::HostCommand;
use super::{LineId, Nickname, Settings};

/// What the window shows beside the people.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Page {
    #[default]
    Talk,
    /// A search in everything that was ever said.
    Search,
    /// The server on this computer.
    Host,
    Settings,
}

/// All that a user can ask for.
#[derive(Clone, Debug, PartialEq)]
pub enum Command {
    SignIn(Form),
    SignOut,
    /// Ask a silent server now instead of when the pause is over.
    Reconnect,
    /// Start a server on this computer and sign in to it.
    Host(Form),
    StopHosting,
    /// Take in the classic program's mail files of a folder: the server on this computer stops and starts
    /// again for it, or is started as [`Command::Host`] does.
    Import {
        mail: PathBuf,
        form: Form,
    },
    /// Something for the server on this computer.
    Hosting(HostCommand),
    /// Show another page.
    Go(Page),
    /// These settings hold from now on.
    Change(Box<Settings>),
    /// Look at the conversation with this person; it gets a tab if it has none.
    Open(Nickname),
    CloseTab(Nickname),
    /// Open the tab that was closed last again, where it was.
    ReopenTab,
    /// Move a tab to this place of the row, counted from 0.
    MoveTab {
        peer: Nickname,
        to: usize,
    },
    /// Everything from this person counts as read.
    MarkRead(Nickname),
    /// What stands in the message field for somebody.
    Draft {
        peer: Nickname,
        text: String,
    },
    /// Send what stands in the message field. It is emptied when the text has been passed on; a text
    /// that is not accepted comes back.
    Send {
        to: Nickname,
        text: String,
    },
    /// Try a failed line again.
    Retry(LineId),
    /// The text of a failed line stands in the message field again, instead of the line.
    Edit(LineId),
    /// Delete a line on this computer, for good. One of which more will be known stays.
    Delete(LineId),
    /// Tell what became of this line, and go on telling; `None`: that is not looked at any more.
    Story(Option<LineId>),
    /// Read the lines before those in memory.
    ShowEarlier(Nickname),
    /// Read the lines after those in memory, where these end before the newest.
    ShowLater(Nickname),
    /// Go back to the newest lines.
    ShowNewest(Nickname),
    /// Have this line in memory, with those around it.
    ShowLine {
        peer: Nickname,
        line: LineId,
    },
    /// Look for a text in all lines, or in those with one person.
    Search {
        text: String,
        peer: Option<Nickname>,
    },
    /// Look further back for the same.
    SearchEarlier(Option<Nickname>),
    DismissNotice,
    /// The standing notice has been read: the next one follows.
    DismissStanding,
    /// Whether the user sees the newest lines of the selected conversation: what arrives unseen
    /// counts as unread. To be said again when another conversation is selected.
    Attend(bool),
    /// Whether the host's page is in sight: only then the server on this computer is asked to tell what
    /// there is to see.
    SeeHost(bool),
    /// What the user is looking at: what comes in elsewhere is worth a notification.
    Watch(Watching),
    /// Out of sight, into the tray. Without one nothing happens.
    Hide,
    /// Save a conversation as a file.
    File(filing::Step),
    /// Say good-bye and end the threads; [`super::App::has_ended`] tells when that is done.
    Quit,
}
