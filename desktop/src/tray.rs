//! The icon in the tray: what is wrong, and what can be done without the window.

use std::sync::Mutex;

use serde::{Deserialize, Serialize};
use tauri::image::Image;
use tauri::menu::{CheckMenuItem, Menu, MenuBuilder, MenuItem, SubmenuBuilder};
use tauri::tray::{MouseButton, MouseButtonState, TrayIcon, TrayIconBuilder, TrayIconEvent};
use tauri::{AppHandle, Emitter, Manager, Wry, include_image};

use crate::status::lock;
use crate::{notify, window};

/// More projects than this are not listed: a menu doesn't scroll everywhere.
const MOST: usize = 25;

/// What is wrong.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Trouble {
    /// Nothing.
    #[default]
    None,
    /// Something that may mend itself.
    Warning,
    /// Something that won't.
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

/// A Compose project with a container that runs.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
pub struct Project {
    #[serde(rename = "project")]
    name: String,
    running: u32,
    total: u32,
}

/// All that the tray shows.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct View {
    /// The projects in the menu.
    pub running: Vec<Project>,
    /// Which icon.
    pub trouble: Trouble,
    /// What is wrong, in words.
    pub summary: String,
    /// Whether notifications are paused.
    pub paused: bool,
}

/// The icon and what it shows.
pub struct Tray {
    icon: TrayIcon,
    shown: Mutex<View>,
}

/// A choice in the menu that the page carries out.
#[derive(Clone, Serialize)]
struct Choice {
    project: String,
    action: &'static str,
}

/// Puts the icon into the tray.
pub fn create(app: &AppHandle) -> tauri::Result<()> {
    let view = View {
        paused: notify::paused(app),
        ..View::default()
    };
    let icon = TrayIconBuilder::with_id("main")
        .icon(view.trouble.icon())
        .tooltip("Quaywatch")
        .menu(&menu(app, &view)?)
        .show_menu_on_left_click(cfg!(target_os = "linux"))
        .on_menu_event(|app, event| chosen(app, event.id().as_ref()))
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
    app.manage(Tray {
        icon,
        shown: Mutex::new(view),
    });
    Ok(())
}

/// Shows another view; what is the same is left alone, so that an open menu
/// stays open.
pub fn update(app: &AppHandle, change: impl FnOnce(&mut View)) -> tauri::Result<()> {
    let Some(tray) = app.try_state::<Tray>() else {
        return Ok(());
    };
    let mut view = lock(&tray.shown).clone();
    change(&mut view);
    let before = std::mem::replace(&mut *lock(&tray.shown), view.clone());
    if before == view {
        return Ok(());
    }
    if before.trouble != view.trouble {
        tray.icon.set_icon(Some(view.trouble.icon()))?;
    }
    if before.summary != view.summary {
        let words = if view.summary.is_empty() {
            "Quaywatch".into()
        } else {
            format!("Quaywatch: {}", view.summary)
        };
        tray.icon.set_tooltip(Some(words))?;
    }
    tray.icon.set_menu(Some(menu(app, &view)?))
}

fn menu(app: &AppHandle, view: &View) -> tauri::Result<Menu<Wry>> {
    let mut menu = MenuBuilder::new(app);
    if !view.summary.is_empty() {
        // Linux trays have no tooltip.
        let words = MenuItem::with_id(app, "summary", plain(&view.summary), false, None::<&str>)?;
        menu = menu.item(&words).separator();
    }
    menu = menu.text("open", "Open Quaywatch");
    if !view.running.is_empty() {
        menu = menu.separator();
    }
    for project in view.running.iter().take(MOST) {
        let Project {
            name,
            running,
            total,
        } = project;
        let sub = SubmenuBuilder::new(app, plain(&format!("{name}  {running} of {total} running")))
            .text(format!("start:{name}"), "Start")
            .text(format!("stop:{name}"), "Stop")
            .build()?;
        menu = menu.item(&sub);
    }
    let pause = CheckMenuItem::with_id(
        app,
        "pause",
        "Pause notifications for an hour",
        true,
        view.paused,
        None::<&str>,
    )?;
    menu.separator()
        .item(&pause)
        .separator()
        .text("quit", "Quit")
        .build()
}

/// An ampersand is a letter here, not the sign of a shortcut.
fn plain(text: &str) -> String {
    text.replace('&', "&&")
}

fn chosen(app: &AppHandle, id: &str) {
    match id {
        "open" => window::show(app),
        "pause" => notify::toggle_pause(app),
        "quit" => app.exit(0),
        _ => {
            let Some((action @ ("start" | "stop"), project)) = id.split_once(':') else {
                return;
            };
            let choice = Choice {
                project: project.into(),
                action: if action == "start" { "start" } else { "stop" },
            };
            let _ = app.emit("tray-action", choice);
        }
    }
}
