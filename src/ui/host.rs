//! The box that starts a server on this computer, and the addresses to pass on.

use egui::{RichText, Ui};

use super::{theme, widgets};
use crate::app::Command;
use crate::app::form::{Field, Form, Problems};
use crate::app::hosting::{Hosting, Standing};

/// Draws the box, its port and, while the server runs, its addresses.
pub fn host_ui(
    ui: &mut Ui,
    hosting: &Hosting,
    (form, problems): (&mut Form, &Problems),
    commands: &mut Vec<Command>,
) {
    let stopping = hosting.standing == Standing::Stopping;
    ui.horizontal(|ui| {
        let mut wanted = hosting.is_wanted();
        let label = "Host server";
        let tick = ui.add_enabled(!stopping, egui::Checkbox::new(&mut wanted, label));
        if tick.changed() {
            commands.push(match wanted {
                true => Command::Host(form.clone()),
                false => Command::StopHosting,
            });
        }
        port_ui(ui, hosting, form);
    });
    widgets::problem_ui(ui, problems.at(Field::Host));
    widgets::problem_ui(ui, problems.at(Field::HostPort));
    match hosting.standing {
        Standing::Off => {}
        Standing::Starting => {
            weak(ui, "Starting…");
        }
        Standing::Stopping => {
            weak(ui, "Saying good-bye to everybody…");
        }
        Standing::On => addresses_ui(ui, hosting),
    }
}

/// The port, at the right end of the row; it can't be changed while the server runs.
fn port_ui(ui: &mut Ui, hosting: &Hosting, form: &mut Form) {
    let to_right = egui::Layout::right_to_left(egui::Align::Center);
    ui.with_layout(to_right, |ui| {
        let field = egui::TextEdit::singleline(&mut form.host_port)
            .desired_width(theme::PORT_WIDTH - 24.0)
            .char_limit(5)
            .margin(egui::Margin::symmetric(8, 4));
        let field = ui.add_enabled(hosting.standing == Standing::Off, field);
        let label = weak(ui, "Host port");
        field.labelled_by(label.id);
    });
}

fn addresses_ui(ui: &mut Ui, hosting: &Hosting) {
    weak(ui, "Others join at");
    for address in &hosting.addresses {
        ui.horizontal(|ui| {
            ui.add(egui::Label::new(RichText::new(address).monospace()).truncate());
            let to_right = egui::Layout::right_to_left(egui::Align::Center);
            ui.with_layout(to_right, |ui| {
                let copy = ui.add(egui::Button::new("Copy").small());
                if copy.accessible_name(format!("Copy {address}")).clicked() {
                    ui.copy_text(address.clone());
                }
            });
        });
    }
    let people = match hosting.online {
        0 => "Nobody is signed in yet.".to_owned(),
        1 => "1 person is signed in.".to_owned(),
        n => format!("{n} people are signed in."),
    };
    weak(ui, &people);
}

fn weak(ui: &mut Ui, text: &str) -> egui::Response {
    ui.label(RichText::new(text).small().color(theme::palette(ui).weak))
}
