//! What becomes of a line between two windows, from key to mark, on a simulated network.

use egui::Shape;
use egui_kittest::kittest::Queryable;

use super::lan::{Lan, Who};
use super::screen::Screen;
use crate::wire::{Network, PERFECT, ROUGH};

/// So many milliseconds there, and as many back.
const FAR_MS: u64 = 300;

#[test]
fn a_line_that_arrives_at_once_has_a_tick_and_nothing_before_it() {
    let (mut lan, [amy, sonic]) = Lan::with(["amy", "sonic"]);
    lan.say(sonic, "amy", "hello");
    lan.until("the line", |lan| lan[sonic].shows("hello"));
    assert_eq!(mark(&lan[sonic], "delivered"), "tick");
    assert!(lan[amy].shows("Tab sonic"), "it has opened by itself");
    assert!(lan[amy].shows("hello"));
}

#[test]
fn a_line_has_no_sign_for_half_a_second_then_a_ring_then_a_tick() {
    let far = Network {
        delay_ms: (FAR_MS, FAR_MS),
        ..PERFECT
    };
    let (mut lan, [_, sonic]) = Lan::new(2, far).joined(["amy", "sonic"]);
    lan.say(sonic, "amy", "hello");
    lan.run_for(40);
    assert_eq!(mark(&lan[sonic], "sending…"), "");
    lan.run_for(459);
    assert_eq!(mark(&lan[sonic], "sending…"), "");
    lan.run_for(20);
    assert_eq!(mark(&lan[sonic], "no answer, asking the server…"), "ring");
    lan.run_for(80);
    assert_eq!(mark(&lan[sonic], "no answer, asking the server…"), "ring");
    lan.run_for(20);
    assert_eq!(mark(&lan[sonic], "delivered"), "tick");
}

/// What is painted as the mark of the own line that says this of itself.
fn mark(screen: &Screen, label: &str) -> String {
    let place = screen.harness.get_by_label(label).rect();
    let shapes = &screen.harness.output().shapes;
    let painted = shapes.iter().filter_map(|clipped| {
        let is_in = place.contains_rect(clipped.shape.visual_bounding_rect());
        let named = match &clipped.shape {
            Shape::Circle(_) => "ring",
            Shape::Path(_) => "tick",
            Shape::Rect(_) => "box",
            _ => return None,
        };
        is_in.then_some(named)
    });
    painted.collect::<Vec<_>>().join(" ")
}
