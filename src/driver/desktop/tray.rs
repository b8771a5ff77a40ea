//! The icon in the tray, on its own thread of `ksni`. What stands in its menu is given; what is chosen
//! there is told.

use ksni::blocking::{Handle, TrayMethods};
use ksni::menu::{CheckmarkItem, StandardItem};
use ksni::{MenuItem, ToolTip};

use super::{Picture, Teller, Told, Tray};

/// Who keeps the icons of a tray.
pub(super) const WATCHER: &str = "org.kde.StatusNotifierWatcher";

/// Puts an icon in the tray.
pub(super) type Stand = fn(Item) -> Result<Handle<Item>, ksni::Error>;

/// In the tray of the session bus.
pub(super) fn stand(item: Item) -> Result<Handle<Item>, ksni::Error> {
    item.spawn()
}

/// The icon, whether it is shown or not.
pub(super) struct Icon {
    picture: ksni::Icon,
    teller: Teller,
    stand: Stand,
    shown: Option<Handle<Item>>,
}

impl Icon {
    pub fn new(picture: &Picture, teller: Teller, stand: Stand) -> Self {
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
            stand,
            shown: None,
        }
    }

    /// Shows the icon so; `None`: not at all. False: it can't be shown, as where a sandbox keeps the
    /// program from the tray.
    pub fn set(&mut self, tray: Option<Tray>) -> bool {
        let Some(tray) = tray else {
            if let Some(shown) = self.shown.take() {
                shown.shutdown().wait();
            }
            return true;
        };
        if let Some(shown) = self.shown.as_ref().filter(|shown| !shown.is_closed()) {
            shown.update(|item| item.tray = tray);
            return true;
        }
        let item = Item {
            tray,
            picture: self.picture.clone(),
            teller: self.teller.clone(),
        };
        match (self.stand)(item) {
            Ok(shown) => {
                self.shown = Some(shown);
                true
            }
            Err(error) => {
                tracing::debug!("no icon in the tray: {error}");
                false
            }
        }
    }
}

/// What stands in the tray.
pub(super) struct Item {
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
