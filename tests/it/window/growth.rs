//! The work of a frame does not grow with what is kept: neither with the lines on disk nor with the
//! people in the list. Counted in what is drawn, which is the same on every machine; the times are in
//! `benches/frame.rs`.

use egui::Shape;
use egui::epaint::Primitive;
use super_chatter::app::Command;
use super_chatter::machine::client::{Event, Record, Session};
use super_chatter::store::profile::Profile;

use super::screen::{Ear, Screen, contact, folder, name, theirs};

/// Lines in a commit while the history is made.
const BATCH: usize = 10_000;

#[test]
fn a_hundred_thousand_lines_are_drawn_as_a_thousand_are() {
    let (few, many) = (with_lines(1_000), with_lines(100_000));
    assert_eq!(Drawn::by(&few), Drawn::by(&many));
}

#[test]
fn nine_thousand_people_are_drawn_as_a_thousand_are() {
    let (few, many) = (with_people(1_000), with_people(9_000));
    assert_eq!(Drawn::by(&few), Drawn::by(&many));
}

/// What a frame came to.
#[derive(Debug, PartialEq, Eq)]
struct Drawn {
    shapes: usize,
    /// Letters in texts, whether they are in view or not.
    glyphs: usize,
    vertices: usize,
}

impl Drawn {
    fn by(screen: &Screen) -> Self {
        let out = screen.harness.output();
        let meshes = screen
            .harness
            .ctx
            .tessellate(out.shapes.clone(), out.pixels_per_point);
        let vertices = meshes.iter().map(|clipped| match &clipped.primitive {
            Primitive::Mesh(mesh) => mesh.vertices.len(),
            Primitive::Callback(_) => 0,
        });
        Self {
            shapes: out.shapes.len(),
            glyphs: glyphs(screen),
            vertices: vertices.sum(),
        }
    }
}

/// Letters in the texts of the last frame, whether they were in view or not.
pub fn glyphs(screen: &Screen) -> usize {
    let shapes = &screen.harness.output().shapes;
    shapes.iter().map(|clipped| in_shape(&clipped.shape)).sum()
}

#[allow(
    clippy::wildcard_enum_match_arm,
    reason = "the other shapes of egui have no text"
)]
fn in_shape(shape: &Shape) -> usize {
    match shape {
        Shape::Text(text) => text.galley.rows.iter().map(|row| row.glyphs.len()).sum(),
        Shape::Vec(shapes) => shapes.iter().map(in_shape).sum(),
        _ => 0,
    }
}

/// A window on a profile with so many lines of sonic's, with sonic in front.
fn with_lines(count: usize) -> Screen {
    let data_dir = folder();
    let file = data_dir.path().join("profile.db");
    let mut profile = Profile::open(&file).expect("a new profile").profile;
    let ids: Vec<_> = (1..=count).collect();
    for batch in ids.chunks(BATCH) {
        // The same words at the same distance from the end.
        let line = |&id: &usize| {
            let left = count - id;
            let words = format!("{left}: {}", "some words ".repeat(left % 7));
            Record::Line(theirs(id as u64, "sonic", &words))
        };
        let records: Vec<_> = batch.iter().map(line).collect();
        profile.commit(&records).expect("there is room");
    }
    drop(profile);
    let mut screen = Screen::on(&data_dir, "amy", &Ear::new());
    screen.until("an open profile", |screen| screen.app().is_opened());
    screen.told(Event::Session(Session::Online));
    screen.told(Event::Contacts(vec![contact("sonic", true)]));
    screen.run(Command::Open(name("sonic")));
    screen.until("the lines", |screen| screen.lines("sonic") > 100);
    screen
}

/// A window with so many people and an empty conversation in front.
fn with_people(count: usize) -> Screen {
    let mut screen = Screen::quiet();
    screen.told(Event::Session(Session::Online));
    let people = (0..count).map(|n| contact(&format!("n{n:05}"), true));
    screen.told(Event::Contacts(people.collect()));
    screen.run(Command::Open(name("n00000")));
    screen
}
