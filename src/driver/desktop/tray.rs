//! The icon in the tray, on its own thread of `ksni`. What stands in its menu is given; what is chosen
//! there is told.

use ksni::blocking::{Handle, TrayMethods};
use ksni::menu::{CheckmarkItem, StandardItem};
use ksni::{MenuItem, ToolTip};

use super::{Picture, Teller, Told, Tray};

/// Who keeps the icons of a tray.
pub(super) const WATCHER: &str = "org.kde.StatusNotifierWatcher";

/// The icon, whether it is shown or not.
pub(super) struct Icon {
    picture: ksni::Icon,
    teller: Teller,
    shown: Option<Handle<Item>>,
}

impl Icon {
    pub fn new(picture: &Picture, teller: Teller) -> Self {
        let side = |side: u32| i32::try_from(side).unwrap_or(i32::MAX);
        let mut data = picture.rgba.to_vec();
        for pixel in data.chunks_exact_mut(4) {
            // Opacity comes first here.
            pixel.rotate_right(1);
        }
        Self {
            picture: ksni::Icon {
                width: side(picture.width),
                height: side(picture.height),
                data,
            },
            teller,
            shown: None,
        }
    }

    /// Shows the icon so; `None`: not at all. Without a tray nothing happens.
    pub fn set(&mut self, tray: Option<Tray>) {
        let Some(tray) = tray else {
            if let Some(shown) = self.shown.take() {
                shown.shutdown().wait();
            }
            return;
        };
        if let Some(shown) = self.shown.as_ref().filter(|shown| !shown.is_closed()) {
            shown.update(|item| item.tray = tray);
            return;
        }
        let item = Item {
            tray,
            picture: self.picture.clone(),
            teller: self.teller.clone(),
        };
        match item.spawn() {
            Ok(shown) => self.shown = Some(shown),
            Err(error) => tracing::debug!("no icon in the tray: {error}"),
        }
    }
}

struct Item {
    tray: Tray,
    picture: ksni::Icon,
    teller: Teller,
}

impl ksni::Tray for Item {
    fn id(&self) -> String {
        "super-chatter".into()
    }

    fn title(&self) -> String {
        self.tray.title.clone()
    }

    fn icon_pixmap(&self) -> Vec<ksni::Icon> {
        vec![self.picture.clone()]
    }

    fn tool_tip(&self) -> ToolTip {
        ToolTip {
            title: self.tray.title.clone(),
            description: self.tray.people.clone(),
            ..ToolTip::default()
        }
    }

    fn activate(&mut self, _x: i32, _y: i32) {
        self.teller.tell(Told::Raise);
    }

    fn menu(&self) -> Vec<MenuItem<Self>> {
        let open = StandardItem {
            label: label(&self.tray.open),
            activate: Box::new(|item: &mut Self| item.teller.tell(Told::Raise)),
            ..StandardItem::default()
        };
        let people = StandardItem {
            label: label(&self.tray.people),
            enabled: false,
            ..StandardItem::default()
        };
        let quiet = CheckmarkItem {
            label: label(&self.tray.do_not_disturb),
            checked: self.tray.is_quiet,
            activate: Box::new(|item: &mut Self| {
                let quiet = !item.tray.is_quiet;
                item.teller.tell(Told::DoNotDisturb(quiet));
            }),
            ..CheckmarkItem::default()
        };
        let quit = StandardItem {
            label: label(&self.tray.quit),
            activate: Box::new(|item: &mut Self| item.teller.tell(Told::Quit)),
            ..StandardItem::default()
        };
        vec![
            open.into(),
            people.into(),
            MenuItem::Separator,
            quiet.into(),
            MenuItem::Separator,
            quit.into(),
        ]
    }
}

/// A menu takes a single underscore for the mark of a shortcut.
fn label(text: &str) -> String {
    text.replace('_', "__")
}
