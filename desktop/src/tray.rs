//! The icon in the tray: what is wrong, and what can be done without the window.
//! The page says what it shows and carries out what is chosen, but for those two
//! choices that must do without a page: to open the window and to quit.

use serde::Deserialize;
use tauri::image::Image;
use tauri::menu::{CheckMenuItem, Menu, MenuBuilder, MenuItem, SubmenuBuilder};
use tauri::tray::{MouseButton, MouseButtonState, TrayIconBuilder, TrayIconEvent};
use tauri::{AppHandle, Emitter, Wry, include_image};

use crate::window;

const ID: &str = "main";

/// What is wrong.
#[derive(Clone, Copy, Default, Deserialize)]
#[serde(rename_all = "lowercase")]
enum Trouble {
    #[default]
    None,
    Warning,
    Error,
}

impl Trouble {
    fn icon(self) -> Image<'static> {
        match self {
            Self::None => include_image!("icons/tray/ok.png"),
            Self::Warning => include_image!("icons/tray/warning.png"),
            Self::Error => include_image!("icons/tray/error.png"),
        }
    }
}

/// All that the tray shows.
#[derive(Default, Deserialize)]
pub struct View {
    trouble: Trouble,
    /// In words: Linux trays have no tooltip, so it heads the menu.
    summary: String,
    /// The Compose projects: each one's name, and its line in the menu.
    projects: Vec<(String, String)>,
    paused: bool,
}

/// Puts the icon into the tray.
pub fn create(app: &AppHandle) -> tauri::Result<()> {
    TrayIconBuilder::with_id(ID)
        .icon(Trouble::default().icon())
        .tooltip("Quaywatch")
        .menu(&menu(app, &View::default())?)
        .show_menu_on_left_click(cfg!(target_os = "linux"))
        .on_menu_event(|app, event| match event.id().as_ref() {
            "open" => window::show(app),
            "quit" => app.exit(0),
            id => drop(app.emit("tray", id)),
        })
        .on_tray_icon_event(|icon, event| {
            if let TrayIconEvent::Click {
                button: MouseButton::Left,
                button_state: MouseButtonState::Up,
                ..
            } = event
            {
                window::show(icon.app_handle());
            }
        })
        .build(app)?;
    Ok(())
}

/// Shows another view. The page says what has changed only: a menu that is
/// replaced closes.
#[tauri::command]
pub fn tray_update(app: AppHandle, view: View) -> Result<(), String> {
    let Some(icon) = app.tray_by_id(ID) else {
        return Ok(());
    };
    menu(&app, &view)
        .and_then(|menu| icon.set_menu(Some(menu)))
        .and_then(|()| icon.set_icon(Some(view.trouble.icon())))
        .and_then(|()| icon.set_tooltip(Some(format!("Quaywatch: {}", view.summary))))
        .map_err(|error| error.to_string())
}

fn menu(app: &AppHandle, view: &View) -> tauri::Result<Menu<Wry>> {
    let none = None::<&str>;
    let mut menu = MenuBuilder::new(app);
    if !view.summary.is_empty() {
        let summary = MenuItem::with_id(app, "summary", &view.summary, false, none)?;
        menu = menu.item(&summary).separator();
    }
    menu = menu.text("open", "Open Quaywatch").separator();
    for (name, line) in &view.projects {
        let project = SubmenuBuilder::new(app, line)
            .text(format!("start:{name}"), "Start")
            .text(format!("stop:{name}"), "Stop")
            .build()?;
        menu = menu.item(&project);
    }
    let words = "Pause notifications for an hour";
    let pause = CheckMenuItem::with_id(app, "pause", words, true, view.paused, none)?;
    menu.separator()
        .item(&pause)
        .separator()
        .text("quit", "Quit")
        .build()
}
