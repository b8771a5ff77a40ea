//! A person's round picture: one or two letters of the name in a colour that is always the same for
//! that name, and the dot that says whether they are there.

use egui::{Align2, Color32, FontId, Pos2, Ui, Vec2};

use super::{theme, widgets};

/// Disks and the letters on them, for dark and for light surroundings. Each hue has the same lightness:
/// letters stand out from the disk at 7:1, and the disk from the surroundings at 5.5:1.
const ON_DARK: Color32 = Color32::from_rgb(0x0b, 0x0d, 0x11);
const ON_LIGHT: Color32 = Color32::WHITE;
const DARK: [Color32; 12] = [
    Color32::from_rgb(0xfa, 0x8e, 0x98),
    Color32::from_rgb(0xf5, 0x95, 0x69),
    Color32::from_rgb(0xdf, 0xa2, 0x44),
    Color32::from_rgb(0xb9, 0xb1, 0x43),
    Color32::from_rgb(0x86, 0xbc, 0x66),
    Color32::from_rgb(0x45, 0xc2, 0x94),
    Color32::from_rgb(0x0d, 0xc1, 0xc1),
    Color32::from_rgb(0x2d, 0xbb, 0xe8),
    Color32::from_rgb(0x73, 0xb0, 0xfe),
    Color32::from_rgb(0xa8, 0xa4, 0xfe),
    Color32::from_rgb(0xd1, 0x98, 0xeb),
    Color32::from_rgb(0xed, 0x90, 0xc6),
];
const LIGHT: [Color32; 12] = [
    Color32::from_rgb(0x9b, 0x28, 0x3d),
    Color32::from_rgb(0x8f, 0x39, 0x01),
    Color32::from_rgb(0x73, 0x4c, 0x01),
    Color32::from_rgb(0x5b, 0x55, 0x00),
    Color32::from_rgb(0x2f, 0x5f, 0x01),
    Color32::from_rgb(0x03, 0x60, 0x44),
    Color32::from_rgb(0x01, 0x5e, 0x5e),
    Color32::from_rgb(0x04, 0x5b, 0x74),
    Color32::from_rgb(0x02, 0x53, 0xa3),
    Color32::from_rgb(0x52, 0x45, 0xa6),
    Color32::from_rgb(0x77, 0x38, 0x91),
    Color32::from_rgb(0x8f, 0x2c, 0x6c),
];

/// Most characters of one emoji.
const EMOJI_CHARS_MAX: usize = 10;

/// Draws the picture of `name` around `center`.
pub fn avatar(ui: &Ui, center: Pos2, radius: f32, name: &str) {
    let (disk, letters) = colours(name, ui.visuals().dark_mode);
    ui.painter().circle_filled(center, radius, disk);
    let letters_of = initials(name);
    let size = if letters_of.chars().count() == 2 {
        radius * 0.78
    } else {
        radius * 0.95
    };
    let font = FontId::proportional(size);
    let galley = ui.painter().layout_no_wrap(letters_of, font, letters);
    let place = Align2::CENTER_CENTER.anchor_size(center, galley.size());
    ui.painter().galley(place.min, galley, letters);
}

/// Draws the dot at the lower corner of a picture that lies on `ground`.
pub fn presence(ui: &Ui, center: Pos2, radius: f32, ground: Color32, online: bool) {
    let corner = center + Vec2::splat(radius * 0.72);
    ui.painter()
        .circle_filled(corner, theme::DOT_RADIUS + 2.5, ground);
    widgets::presence_dot(ui, corner, online);
}

/// The colour of the disk and of the letters on it.
fn colours(name: &str, dark: bool) -> (Color32, Color32) {
    // FNV-1a and a last stir: the same in every version and on every computer.
    let hash = name.bytes().fold(0xcbf2_9ce4_8422_2325_u64, |hash, byte| {
        (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3)
    });
    let stirred = (hash ^ (hash >> 33)).wrapping_mul(0xff51_afd7_ed55_8ccd);
    let (disks, letters) = if dark {
        (DARK, ON_DARK)
    } else {
        (LIGHT, ON_LIGHT)
    };
    let hue = (stirred >> 33) as usize % disks.len();
    (disks[hue], letters)
}

/// An emoji, one character of a script without capitals, or the first letters of the first and the
/// last part of the name.
fn initials(name: &str) -> String {
    let ends = name.char_indices().map(|(at, c)| at + c.len_utf8());
    let ends: Vec<_> = ends.take(EMOJI_CHARS_MAX).collect();
    let mut starts = ends.iter().rev().map(|end| &name[..*end]);
    if let Some(emoji) = starts.find(|start| emojis::get(start).is_some()) {
        return emoji.to_owned();
    }
    let mut parts = name.split(['_', '.', '-', '+', '@']);
    let first = parts.find_map(|part| part.chars().next());
    let Some(first) = first.or_else(|| name.chars().next()) else {
        return String::new();
    };
    let has_case = |c: &char| c.is_lowercase() || c.is_uppercase();
    let last = parts.rev().find_map(|part| part.chars().next());
    let letters = [
        Some(first),
        last.filter(|_| has_case(&first)).filter(has_case),
    ];
    letters
        .into_iter()
        .flatten()
        .filter_map(|c| c.to_uppercase().next())
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn letters_stand_for_the_name_in_any_script() {
        for (name, letters) in [
            ("sonic", "S"),
            ("amy_rose", "AR"),
            ("Dr.Ivo.Robotnik", "DR"),
            ("王小明", "王"),
            ("さくら", "さ"),
            ("김철수", "김"),
            ("علي", "ع"),
            ("🦊fox", "🦊"),
            ("👩‍🚀", "👩‍🚀"),
            ("🇩🇪", "🇩🇪"),
            ("_", "_"),
            ("-x-", "X"),
            ("éva-ß", "ÉS"),
            ("7of9", "7"),
        ] {
            assert_eq!(initials(name), letters, "{name}");
        }
    }

    #[test]
    fn a_name_keeps_its_colour_and_names_differ() {
        assert_eq!(colours("sonic", true), colours("sonic", true));
        let hues: std::collections::BTreeSet<_> = (0..100)
            .map(|n| colours(&format!("n{n}"), true).0.to_array())
            .collect();
        assert_eq!(hues.len(), DARK.len(), "each is used");
        let known = ["sonic", "tails", "索尼克"].map(|name| colours(name, true).0);
        assert_eq!(known, [DARK[9], DARK[5], DARK[8]], "for good");
    }

    #[test]
    fn letters_and_disks_can_be_told_apart_everywhere() {
        let grounds = [
            (DARK, ON_DARK, Color32::from_rgb(0x1d, 0x20, 0x27)),
            (LIGHT, ON_LIGHT, Color32::from_rgb(0xf0, 0xf2, 0xf6)),
        ];
        for (disks, letters, ground) in grounds {
            for disk in disks {
                assert!(contrast(disk, letters) >= 7.0, "{disk:?}");
                assert!(contrast(disk, ground) >= 5.5, "{disk:?}");
            }
        }
    }

    /// By WCAG 2.
    fn contrast(a: Color32, b: Color32) -> f32 {
        let light = |colour: Color32| {
            let linear = egui::Rgba::from(colour);
            0.2126 * linear.r() + 0.7152 * linear.g() + 0.0722 * linear.b() + 0.05
        };
        let (a, b) = (light(a), light(b));
        a.max(b) / a.min(b)
    }
}
