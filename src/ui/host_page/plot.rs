//! What the server counts, and a small plot of two minutes. It ends where something was counted last, not
//! now: so the picture changes only when there is something to see.

use std::collections::BTreeMap;

use egui::{Color32, Pos2, Rect, Role, Sense, Stroke, Ui, WidgetInfo, pos2, vec2};

use super::{View, title_ui, weak_ui};
use crate::app::host_panel::{PLOT_S, Second};
use crate::app::language::Sentence;
use crate::app::text;
use crate::ui::{theme, words};

/// The plot, in points.
const HEIGHT: f32 = 84.0;

pub fn counts_ui(ui: &mut Ui, view: &View<'_>) {
    title_ui(ui, &words::say(ui, "host-counts"));
    let totals = view.hosting.panel.totals();
    let datagrams = Sentence::new("host-datagrams")
        .count("received", totals.received)
        .count("sent", totals.sent)
        .count("dropped", totals.dropped);
    let mail = Sentence::new("host-mail")
        .count("stored", totals.stored)
        .count("handed", totals.handed_over)
        .count("expired", totals.expired);
    ui.add(egui::Label::new(words::tell(ui, &datagrams)).wrap());
    ui.add(egui::Label::new(words::tell(ui, &mail)).wrap());
    plot_ui(ui, view);
}

/// Datagrams a second: what comes and what goes. Mail that was stored stands as bars.
fn plot_ui(ui: &mut Ui, view: &View<'_>) {
    let colours = theme::palette(ui);
    let all = view.hosting.panel.seconds();
    let seconds: BTreeMap<i64, &Second> = all.map(|second| (second.at_s, second)).collect();
    let Some(end_s) = seconds.keys().next_back().copied() else {
        return;
    };
    let until = text::clock_s(view.now, end_s * 1_000);
    let most = |count: fn(&Second) -> u64| seconds.values().map(|s| count(s)).max().unwrap_or(0);
    let (received, sent, mail) = (most(|s| s.received), most(|s| s.sent), most(|s| s.mail));
    let size = vec2(ui.available_width(), HEIGHT);
    let (rect, plot) = ui.allocate_exact_size(size, Sense::hover());
    let spoken = Sentence::new("host-plot")
        .with("time", &until)
        .count("received", received)
        .count("sent", sent)
        .count("mail", mail);
    let spoken = words::tell(ui, &spoken);
    plot.widget_info(|| WidgetInfo::labeled(Role::Image, true, &spoken));
    let painter = ui.painter_at(rect);
    painter.rect_filled(rect, 7.0, colours.field);
    let space = rect.shrink(6.0);
    let top = received.max(sent).max(1);
    let x = |at_s: i64| {
        let share = (at_s - (end_s - PLOT_S)) as f32 / PLOT_S as f32;
        space.left() + share * space.width()
    };
    for (at_s, second) in seconds.iter().filter(|(_, second)| second.mail > 0) {
        let share = second.mail as f32 / mail.max(1) as f32;
        let height = share * space.height() / 2.0;
        let bar = Rect::from_min_max(
            pos2(x(*at_s) - 1.5, space.bottom() - height),
            pos2(x(*at_s) + 1.5, space.bottom()),
        );
        painter.rect_filled(bar, 0.0, colours.weak);
    }
    let line = |count: fn(&Second) -> u64, (width, colour): (f32, Color32)| {
        let point = |at_s: i64| -> Pos2 {
            let count = seconds.get(&at_s).map_or(0, |second| count(second));
            let height = count as f32 / top as f32 * space.height();
            pos2(x(at_s), space.bottom() - height)
        };
        let points: Vec<_> = (end_s - PLOT_S..=end_s).map(point).collect();
        painter.line(points, Stroke::new(width, colour));
    };
    // Where both are the same, the one below is seen on both sides of the other.
    line(|second| second.sent, (4.0, colours.accent));
    line(|second| second.received, (1.5, colours.online));
    legend_ui(ui, top, &until);
}

/// What the colours mean, how high the plot is and where it ends.
fn legend_ui(ui: &mut Ui, top: u64, until: &str) {
    let colours = theme::palette(ui);
    ui.horizontal_wrapped(|ui| {
        let entries = [
            (words::say(ui, "host-legend-in"), colours.online),
            (words::say(ui, "host-legend-out"), colours.accent),
            (words::say(ui, "host-legend-mail"), colours.weak),
        ];
        for (text, colour) in entries {
            let (dot, _) = ui.allocate_exact_size(vec2(10.0, 12.0), Sense::hover());
            ui.painter().circle_filled(dot.center(), 4.0, colour);
            weak_ui(ui, &text);
        }
        let scale = Sentence::new("host-legend-scale").count("most", top);
        let scale = scale.with("time", until);
        weak_ui(ui, &words::tell(ui, &scale));
    });
}
