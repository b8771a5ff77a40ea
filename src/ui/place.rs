//! Where the window stands: remembered while it is open, found again at the next start if that place
//! still is one. Sizes are in points of the system, whatever the zoom of what the window shows.

use std::time::Duration;

use egui::{Context, Rect, Vec2, ViewportBuilder, ViewportCommand, ViewportInfo, pos2, vec2};

use super::theme;
use super::window::Window;
use crate::app::{Command, Now, Place};

/// A window that is moved is written down at most so often, in milliseconds.
const PAUSE_MS: i64 = 1000;

/// Larger than any screen, in points: a size or place beyond it was never ours.
const MOST: f32 = 32_000.0;

/// A window as it was left, or as it is at first.
pub(super) fn restored(viewport: ViewportBuilder, place: Option<&Place>) -> ViewportBuilder {
    let Some(place) = place else {
        return viewport.with_inner_size(theme::WINDOW);
    };
    let [width, height] = place.size;
    let is_sane = |length: f32| length.is_finite() && length < MOST;
    let size = if is_sane(width) && is_sane(height) {
        vec2(width, height).max(theme::WINDOW_MIN.into())
    } else {
        theme::WINDOW.into()
    };
    let viewport = viewport
        .with_inner_size(size)
        .with_maximized(place.maximised);
    match place.at {
        Some([x, y]) if is_sane(x.abs()) && is_sane(y.abs()) => viewport.with_position([x, y]),
        Some(_) | None => viewport,
    }
}

/// Brings a window that no screen shows back to the first of them. `screens` and `place` are in points
/// of the system.
pub(super) fn bring_back(ctx: &Context, place: Option<&Place>, screens: &[Rect]) {
    let Some(Place {
        size, at: Some(at), ..
    }) = place
    else {
        return;
    };
    // The part that a window is moved by is at the top.
    let handle = pos2(at[0] + size[0] / 2.0, at[1] + 8.0);
    let is_shown = screens.iter().any(|screen| screen.contains(handle));
    if let (false, Some(first)) = (is_shown, screens.first()) {
        let corner = first.min + Vec2::splat(theme::EDGE);
        ctx.send_viewport_cmd(ViewportCommand::OuterPosition(corner));
    }
}

impl Window {
    /// A window that was hidden stands where it was: a window manager takes it for a new one.
    pub(super) fn come_back(&self, ctx: &Context) {
        if let Some([x, y]) = self.app.settings().window.and_then(|place| place.at) {
            let at = pos2(x, y) / ctx.zoom_factor();
            ctx.send_viewport_cmd(ViewportCommand::OuterPosition(at));
        }
    }

    /// Writes down where the window stands, if that has changed and is not written too often.
    pub(super) fn keep_place(&mut self, ctx: &Context, now: Now) {
        let Some(place) = self.changed_place(ctx) else {
            return;
        };
        let since_ms = now.unix_ms.saturating_sub(self.placed_ms);
        if (0..PAUSE_MS).contains(&since_ms) {
            let left_ms = PAUSE_MS.saturating_sub(since_ms).unsigned_abs();
            ctx.request_repaint_after(Duration::from_millis(left_ms));
            return;
        }
        self.write_place(now, place);
    }

    /// As [`Window::keep_place`], at once: the window is about to close.
    pub(super) fn keep_last_place(&mut self, ctx: &Context, now: Now) {
        if let Some(place) = self.changed_place(ctx) {
            self.write_place(now, place);
        }
    }

    fn write_place(&mut self, now: Now, place: Place) {
        self.placed_ms = now.unix_ms;
        let mut settings = self.app.settings().clone();
        settings.window = Some(place);
        self.app.run(now, Command::Change(Box::new(settings)));
    }

    /// Where the window stands, if it is to be seen and that is another place than the one written.
    fn changed_place(&self, ctx: &Context) -> Option<Place> {
        let before = self.app.settings().window;
        let zoom = ctx.zoom_factor();
        let place = ctx.input(|input| place(input.viewport(), before, zoom));
        place.filter(|place| !self.app.is_hidden() && Some(*place) != before)
    }
}

/// Where a window stands; `None`: nowhere that is worth knowing. A maximised one keeps the size that it
/// has otherwise.
fn place(viewport: &ViewportInfo, before: Option<Place>, zoom: f32) -> Option<Place> {
    if viewport.minimized == Some(true) || viewport.fullscreen == Some(true) {
        return None;
    }
    let size = viewport.inner_rect?.size() * zoom;
    let at = viewport.outer_rect.map(|outer| outer.min * zoom);
    let now = Place {
        size: size.into(),
        at: at.map(|at| [at.x, at.y]),
        maximised: false,
    };
    match (viewport.maximized, before) {
        (Some(true), before) => Some(Place {
            maximised: true,
            ..before.unwrap_or(Place {
                size: theme::WINDOW,
                at: None,
                maximised: true,
            })
        }),
        (Some(false) | None, _) => Some(now),
    }
}
