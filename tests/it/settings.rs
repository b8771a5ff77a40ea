//! The settings' file: what is written is read again, and what can't be read is not lost.

use std::fs;

use super_chatter::store::settings::{Appearance, Settings, load, save};

#[test]
fn what_was_chosen_is_read_again() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("settings.json");
    assert_eq!(load(&path).expect("no file").settings, Settings::default());
    let chosen = Settings {
        nickname: "王小明".to_owned(),
        appearance: Appearance::Dark,
        zoom: 1.25,
        ..Settings::default()
    };
    save(&path, &chosen).expect("there is room");
    assert_eq!(load(&path).expect("a file").settings, chosen);
}

#[test]
fn a_newer_program_s_settings_stay_and_missing_ones_are_the_default() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("settings.json");
    fs::write(&path, r#"{"nickname":"amy","flying":{"speed":7}}"#).expect("there is room");
    let loaded = load(&path).expect("a file");
    assert_eq!(loaded.aside, None);
    assert_eq!(
        (loaded.settings.nickname.as_str(), loaded.settings.zoom),
        ("amy", 1.0)
    );
    save(&path, &loaded.settings).expect("there is room");
    let text = fs::read_to_string(&path).expect("a file");
    assert!(text.contains("flying") && text.contains('7'), "{text}");
}

#[test]
fn a_value_that_is_none_costs_no_more_than_its_own_setting() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("settings.json");
    let text =
        r#"{"nickname":"amy","appearance":"sepia","port":"x","zoom":1.5,"window":7,"new":[1]}"#;
    fs::write(&path, text).expect("there is room");
    let loaded = load(&path).expect("a file");
    assert_eq!(loaded.aside, None);
    let others = [("new".to_owned(), serde_json::json!([1]))];
    let expected = Settings {
        nickname: "amy".to_owned(),
        zoom: 1.5,
        others: others.into_iter().collect(),
        ..Settings::default()
    };
    assert_eq!(loaded.settings, expected);
}

#[test]
fn a_file_that_can_not_be_read_is_moved_aside() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("settings.json");
    fs::write(&path, b"{\"nickname\": 7, \xff").expect("there is room");
    let loaded = load(&path).expect("it can be moved");
    assert_eq!(loaded.settings, Settings::default());
    assert!(loaded.aside.is_some());
    assert!(!path.exists());
    let kept = fs::read_dir(folder.path()).expect("a folder").count();
    assert_eq!(kept, 1, "it stands beside");
}

#[test]
fn sizes_that_no_window_can_have_are_bounded() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("settings.json");
    fs::write(&path, r#"{"zoom": 1e30, "side_width": -4}"#).expect("there is room");
    let settings = load(&path).expect("a file").settings;
    assert_eq!((settings.zoom, settings.side_width), (3.0, 200.0));
}
