//! The question where and how a conversation is saved as a file, over the window, and the bar that says
//! where it stands then.

use egui::{RichText, Ui, vec2};

use super::{theme, widgets, words};
use crate::app::Command;
use crate::app::filing::{FORMS, Filing, Form, Saved, Step};
use crate::app::language::Sentence;

/// Longest path that the field takes, in characters: the systems' own limit.
const PATH_MAX: usize = 4096;

/// Draws the question, if something is being saved.
pub fn filing_ui(ui: &Ui, filing: Option<&Filing>, commands: &mut Vec<Command>) {
    let Some(filing) = filing else { return };
    let modal = egui::Modal::new(egui::Id::unique("filing"))
        .frame(theme::dialog_frame(ui))
        .show(ui.ctx(), |ui| {
            let room = ui.ctx().content_rect().width() - 5.0 * theme::EDGE;
            ui.set_width(theme::DIALOG_WIDTH.min(room));
            let title = Sentence::new("talk-export-title").with("peer", &filing.peer);
            ui.heading(RichText::new(words::tell(ui, &title)).size(theme::TITLE));
            ui.add_space(theme::GAP);
            ui.add_enabled_ui(!filing.is_busy(), |ui| {
                form_ui(ui, filing, commands);
                place_ui(ui, filing, commands);
            });
            widgets::problem_ui(ui, filing.problem.as_ref());
            ui.add_space(theme::GAP);
            answers_ui(ui, filing, commands);
        });
    if modal.should_close() && !filing.is_busy() {
        commands.push(Command::File(Step::Leave));
    }
}

fn form_ui(ui: &mut Ui, filing: &Filing, commands: &mut Vec<Command>) {
    ui.horizontal_wrapped(|ui| {
        for (form, _) in FORMS {
            let word = words::say(
                ui,
                match form {
                    Form::Text => "talk-export-text",
                    Form::Html => "talk-export-html",
                    Form::Json => "talk-export-json",
                },
            );
            if ui.radio(filing.form == form, word).clicked() {
                let step = Step::Change(form, filing.path.clone());
                commands.push(Command::File(step));
            }
        }
    });
}

fn place_ui(ui: &mut Ui, filing: &Filing, commands: &mut Vec<Command>) {
    let mut path = filing.path.clone();
    ui.add_space(theme::GAP);
    let label = RichText::new(words::say(ui, "talk-export-place")).small();
    let label = ui.label(label.color(theme::palette(ui).weak));
    let browse = words::say(ui, "talk-export-browse");
    ui.horizontal(|ui| {
        const BROWSE: f32 = 96.0;
        let field = egui::TextEdit::singleline(&mut path)
            .desired_width(ui.available_width() - BROWSE - theme::GAP)
            .char_limit(PATH_MAX)
            .margin(egui::Margin::symmetric(8, 6));
        ui.add(field).labelled_by(label.id);
        let size = vec2(BROWSE, ui.available_height());
        if ui.add(egui::Button::new(browse).min_size(size)).clicked() {
            commands.push(Command::File(Step::Browse));
        }
    });
    if path != filing.path {
        commands.push(Command::File(Step::Change(filing.form, path)));
    }
}

fn answers_ui(ui: &mut Ui, filing: &Filing, commands: &mut Vec<Command>) {
    let (save, leave) = (
        words::say(ui, "talk-export-save"),
        words::say(ui, "shell-cancel"),
    );
    ui.horizontal(|ui| {
        let button = theme::main_button(ui, &save);
        let button = ui.add_enabled(!filing.is_busy(), button);
        // Enter saves, as long as the user has not gone elsewhere.
        if ui.memory(|memory| memory.focused().is_none()) {
            button.request_focus();
        }
        if button.clicked() {
            commands.push(Command::File(Step::Save));
        }
        let button = egui::Button::new(leave).min_size(vec2(0.0, theme::BUTTON_HEIGHT));
        if ui.add_enabled(!filing.is_writing(), button).clicked() {
            commands.push(Command::File(Step::Leave));
        }
        if filing.is_writing() {
            ui.label(words::say(ui, "talk-export-writing"));
        }
    });
}

/// Draws the bar about the file that was saved last.
pub fn saved_bar_ui(ui: &mut Ui, saved: Option<&Saved>, commands: &mut Vec<Command>) {
    let Some(saved) = saved else { return };
    let colour = theme::palette(ui).on_bar;
    let text = words::tell(ui, &saved.sentence);
    theme::bar_frame(ui).show(ui, |ui| {
        ui.set_width(ui.available_width());
        ui.spacing_mut().item_spacing.y = 5.0;
        ui.add(egui::Label::new(RichText::new(text).color(colour)).wrap());
        ui.horizontal_wrapped(|ui| {
            if ui.button(words::say(ui, "talk-export-folder")).clicked() {
                commands.push(Command::File(Step::ShowFolder));
            }
            if ui.button(words::say(ui, "talk-export-copy")).clicked() {
                ui.ctx().copy_text(saved.path.display().to_string());
            }
            if ui.button(words::say(ui, "talk-export-dismiss")).clicked() {
                commands.push(Command::File(Step::Dismiss));
            }
        });
    });
}
