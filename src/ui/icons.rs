//! Small pictures that are drawn, so that they are as sharp as text and have its colours.

use egui::{Color32, Pos2, Rect, Shape, Stroke, Ui, pos2, vec2};

/// A face that smiles: the emoji to choose from.
pub fn smiley(ui: &Ui, rect: Rect) {
    let colour = super::theme::palette(ui).weak;
    let stroke = Stroke::new(1.4, colour);
    let (center, radius) = (rect.center(), rect.width() / 2.0 - 0.7);
    ui.painter().circle_stroke(center, radius, stroke);
    for side in [-1.0, 1.0] {
        let eye = center + vec2(side * radius * 0.38, -radius * 0.25);
        ui.painter().circle_filled(eye, radius * 0.14, colour);
    }
    let mouth: Vec<Pos2> = (0..=12)
        .map(|step| {
            let angle = std::f32::consts::PI * (0.15 + 0.7 * step as f32 / 12.0);
            center + vec2(angle.cos(), angle.sin()) * radius * 0.58
        })
        .collect();
    ui.painter().add(Shape::line(mouth, stroke));
}

/// A paper plane: off it goes.
pub fn plane(ui: &Ui, rect: Rect, colour: Color32) {
    let at = |x: f32, y: f32| {
        pos2(
            rect.left() + x * rect.width(),
            rect.top() + y * rect.height(),
        )
    };
    let (tail_up, tip, tail_down) = (at(0.05, 0.08), at(1.0, 0.5), at(0.05, 0.92));
    let (fold, near) = (at(0.2, 0.5), at(0.62, 0.5));
    for wing in [
        vec![tail_up, tip, near, fold],
        vec![fold, near, tip, tail_down],
    ] {
        ui.painter()
            .add(Shape::convex_polygon(wing, colour, Stroke::NONE));
    }
}

/// Three dots: there is more to do.
pub fn dots(ui: &Ui, rect: Rect, colour: Color32) {
    for step in [-1.0, 0.0, 1.0] {
        let center = rect.center() + vec2(step * 5.0, 0.0);
        ui.painter().circle_filled(center, 1.6, colour);
    }
}

/// A wheel with teeth: how it all works can be set.
pub fn gear(ui: &Ui, rect: Rect, colour: Color32) {
    let (center, stroke) = (rect.center(), Stroke::new(1.4, colour));
    ui.painter().circle_stroke(center, 1.9, stroke);
    ui.painter().circle_stroke(center, 4.6, stroke);
    for tooth in 0..6 {
        let way = egui::Vec2::angled(std::f32::consts::TAU * tooth as f32 / 6.0);
        let ends = [center + 4.6 * way, center + 6.8 * way];
        ui.painter().line_segment(ends, Stroke::new(2.2, colour));
    }
}

/// An arrow head: what is above.
pub fn up(ui: &Ui, rect: Rect, colour: Color32) {
    head(ui, rect, colour, -1.0);
}

/// An arrow head: what is below.
pub fn down(ui: &Ui, rect: Rect, colour: Color32) {
    head(ui, rect, colour, 1.0);
}

fn head(ui: &Ui, rect: Rect, colour: Color32, down: f32) {
    let at = |x: f32, y: f32| rect.center() + vec2(x * 5.0, y * down * 2.5);
    let points = vec![at(-1.0, -1.0), at(0.0, 1.0), at(1.0, -1.0)];
    ui.painter()
        .add(Shape::line(points, Stroke::new(1.6, colour)));
}

/// A cross: away with it.
pub fn cross(ui: &Ui, rect: Rect, colour: Color32) {
    let stroke = Stroke::new(1.4, colour);
    for arm in [vec2(4.0, 4.0), vec2(4.0, -4.0)] {
        let ends = [rect.center() - arm, rect.center() + arm];
        ui.painter().line_segment(ends, stroke);
    }
}
