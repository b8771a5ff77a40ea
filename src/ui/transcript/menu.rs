//! The menu of a line, by the right mouse button or the keyboard, and the question before one is
//! deleted.

use egui::containers::menu::menu_style;
use egui::{Id, Modal, Popup, PopupKind, Pos2, Response, Ui};

use super::super::{theme, words};
use super::line::{Placed, follow};
use super::text::Link;
use super::{Memory, View};
use crate::app::language::Sentence;
use crate::app::lines::{Line, Origin};
use crate::app::{Command, Delivery, LineId};

/// An open menu.
pub struct Menu {
    line: LineId,
    at: Pos2,
    /// The link that it is about.
    link: Option<Link>,
    /// The keyboard opened it, and is to be at its first entry.
    focus: bool,
}

impl Menu {
    /// The menu of a line, as the keyboard opens it.
    pub fn at_line(line: &Placed) -> Self {
        Self {
            line: line.line,
            at: line.places.bubble.left_bottom(),
            link: line.text.links.first().cloned(),
            focus: true,
        }
    }
}

/// Opens the menu where the mouse asks for it, and draws it while it is open.
pub fn menu_ui(
    ui: &mut Ui,
    view: &View<'_>,
    (ground, placed): (&Response, &[Placed]),
    (memory, commands): (&mut Memory, &mut Vec<Command>),
) {
    let at = ui.input(|input| input.pointer.interact_pos());
    if let (true, Some(at)) = (ground.secondary_clicked(), at)
        && let Some(line) = placed
            .iter()
            .find(|line| line.places.row.y_range().contains(at.y))
    {
        memory.current = Some(line.line);
        memory.menu = Some(Menu {
            line: line.line,
            at,
            link: line.link_at(at).cloned(),
            focus: false,
        });
    }
    let Some(mut menu) = memory.menu.take() else {
        return;
    };
    let Some(line) = view.lines.place(menu.line).and_then(|at| view.lines.at(at)) else {
        return;
    };
    let mut open = true;
    let selected = memory.selected(ui, view);
    Popup::new(
        Id::unique("line-menu"),
        ui.ctx().clone(),
        menu.at,
        ui.layer_id(),
    )
    .kind(PopupKind::Menu)
    .style(menu_style)
    .anchor_widget(ground.id)
    .accessible_name(words::say(ui, "talk-menu"))
    .open_bool(&mut open)
    .show(|ui| {
        let asked = (&mut memory.doomed, commands);
        entries_ui(ui, line, (&mut menu, selected), asked);
    });
    if open {
        memory.menu = Some(menu);
    } else {
        memory.refocus = true;
        ui.ctx().request_repaint();
    }
}

fn entries_ui(
    ui: &mut Ui,
    line: &Line,
    (menu, selected): (&mut Menu, Option<String>),
    (doomed, commands): (&mut Option<LineId>, &mut Vec<Command>),
) {
    ui.set_min_width(170.0);
    let mut focus = std::mem::take(&mut menu.focus);
    let mut entry = |ui: &mut Ui, id: &'static str| {
        let button = ui.button(words::say(ui, id));
        if std::mem::take(&mut focus) {
            button.request_focus();
        }
        button.clicked()
    };
    if let Some(selected) = selected
        && entry(ui, "talk-copy-selected")
    {
        ui.ctx().copy_text(selected);
    }
    if entry(ui, "talk-copy-message") {
        ui.ctx().copy_text(line.text.clone());
    }
    if let Some(link) = &menu.link {
        if entry(ui, "talk-copy-link") {
            ui.ctx().copy_text(link.url.clone());
        }
        if entry(ui, "talk-open-link") {
            follow(ui, link);
        }
    }
    if let Origin::Own {
        delivery: Delivery::Failed(_),
    } = line.origin
    {
        ui.separator();
        if entry(ui, "talk-retry") {
            commands.push(Command::Retry(line.id));
        }
        if entry(ui, "talk-edit") {
            commands.push(Command::Edit(line.id));
        }
    }
    ui.separator();
    if entry(ui, "talk-details") {
        commands.push(Command::Story(Some(line.id)));
    }
    if can_go(line) && entry(ui, "talk-delete") {
        *doomed = Some(line.id);
    }
}

/// Nothing more will be known of the line.
fn can_go(line: &Line) -> bool {
    match line.origin {
        Origin::Theirs { .. } => true,
        Origin::Own { delivery } => match delivery {
            Delivery::Delivered(_) | Delivery::Failed(_) => true,
            Delivery::Trying | Delivery::HandingOver | Delivery::Waiting | Delivery::Stored => {
                false
            }
        },
    }
}

/// Asks once before a line is deleted. The keyboard is at the answer that changes nothing.
pub fn doomed_ui(ui: &Ui, view: &View<'_>, memory: &mut Memory, commands: &mut Vec<Command>) {
    let Some(line) = memory.doomed else {
        return;
    };
    let id = Id::unique("line-doomed");
    let is_new = ui.ctx().read_response(id).is_none();
    let modal = Modal::new(id).frame(theme::dialog_frame(ui));
    let modal = modal.show(ui.ctx(), |ui| {
        let room = ui.ctx().content_rect().width() - 5.0 * theme::EDGE;
        ui.set_width(theme::CARD_WIDTH.min(room));
        ui.heading(words::say(ui, "talk-delete-title"));
        ui.add_space(theme::GAP);
        let said = Sentence::new("talk-delete-said").with("peer", view.peer);
        ui.label(words::tell(ui, &said));
        ui.add_space(theme::GAP);
        ui.vertical_centered_justified(|ui| {
            let delete = ui.button(words::say(ui, "talk-delete-delete"));
            let keep = ui.button(words::say(ui, "talk-delete-keep"));
            if is_new {
                keep.request_focus();
            }
            if delete.clicked() {
                commands.push(Command::Delete(line));
            }
            delete.clicked() || keep.clicked()
        })
        .inner
    });
    if modal.inner || modal.should_close() {
        memory.doomed = None;
        memory.refocus = true;
        ui.ctx().request_repaint();
    }
}
