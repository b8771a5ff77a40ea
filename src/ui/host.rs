//! The box that starts a server on this computer, and the addresses to pass on.

use egui::{RichText, Ui};

use super::{theme, widgets, words};
use crate::app::form::{Field, Form, Problems};
use crate::app::hosting::{Hosting, Standing};
use crate::app::language::Sentence;
use crate::app::{Command, Page};

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
        let label = words::say(ui, "host-box");
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
        Standing::Starting | Standing::Stopping if hosting.importing => {
            weak(ui, &words::say(ui, "host-box-importing"));
        }
        Standing::Starting => {
            weak(ui, &words::say(ui, "host-box-starting"));
        }
        Standing::Stopping => {
            weak(ui, &words::say(ui, "host-box-stopping"));
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
        let label = weak(ui, &words::say(ui, "shell-host-port"));
        field.labelled_by(label.id);
    });
}

fn addresses_ui(ui: &mut Ui, hosting: &Hosting) {
    match hosting.addresses.is_empty() {
        true => widgets::hint_ui(ui, &words::say(ui, "host-join-nowhere")),
        false => {
            weak(ui, &words::say(ui, "host-box-join"));
        }
    }
    for address in &hosting.addresses {
        ui.horizontal(|ui| {
            ui.add(egui::Label::new(RichText::new(address).monospace()).truncate());
            let to_right = egui::Layout::right_to_left(egui::Align::Center);
            ui.with_layout(to_right, |ui| {
                let label = Sentence::new("host-copy-address").with("address", address);
                let copy = ui.button(words::say(ui, "host-copy"));
                if copy.accessible_name(words::tell(ui, &label)).clicked() {
                    ui.copy_text(address.clone());
                }
            });
        });
    }
    let people = match hosting.online {
        0 => words::say(ui, "host-box-nobody"),
        n => words::tell(ui, &Sentence::new("host-box-people").count("count", n)),
    };
    weak(ui, &people);
}

/// The way to the page with all the rest.
pub fn page_button_ui(ui: &mut Ui, commands: &mut Vec<Command>) {
    ui.add_space(2.0);
    if ui.button(words::say(ui, "host-box-open")).clicked() {
        commands.push(Command::Go(Page::Host));
    }
}

fn weak(ui: &mut Ui, text: &str) -> egui::Response {
    ui.label(RichText::new(text).small().color(theme::palette(ui).weak))
}

#[cfg(test)]
mod tests {
    use egui_kittest::Harness;
    use egui_kittest::kittest::Queryable;

    use super::*;

    #[test]
    fn without_a_network_it_says_that_nobody_can_join() {
        let mut hosting = Hosting::default();
        hosting.standing = Standing::On;
        let screen = draw(hosting.clone());
        let nowhere = words_of("host-join-nowhere");
        assert!(screen.query_by_label(&nowhere).is_some());
        hosting.addresses = vec![[10, 0, 0, 5], [10, 0, 0, 6]]
            .into_iter()
            .map(address)
            .collect();
        let screen = draw(hosting);
        assert!(screen.query_by_label(&nowhere).is_none());
        assert!(screen.query_by_label("10.0.0.5:50000").is_some());
    }

    #[test]
    fn a_server_that_stops_for_an_import_says_so_and_no_good_bye() {
        let mut hosting = Hosting::default();
        hosting.importing = true;
        for standing in [Standing::Stopping, Standing::Starting] {
            hosting.standing = standing;
            let screen = draw(hosting.clone());
            assert!(
                screen
                    .query_by_label(&words_of("host-box-importing"))
                    .is_some()
            );
            assert!(
                screen
                    .query_by_label(&words_of("host-box-stopping"))
                    .is_none()
            );
        }
    }

    fn draw(hosting: Hosting) -> Harness<'static> {
        let (mut form, problems) = (Form::default(), Problems::default());
        Harness::new_ui(move |ui| {
            host_ui(ui, &hosting, (&mut form, &problems), &mut Vec::new());
        })
    }

    fn words_of(id: &'static str) -> String {
        crate::app::language::Language::default().say(id)
    }

    fn address(ip: [u8; 4]) -> String {
        std::net::SocketAddr::from((ip, 50_000)).to_string()
    }
}
