//! The icon in the tray: what is wrong, and what can be done without the window.
//! The page says what it shows and carries out what is chosen, but for those two
//! choices that must do without a page: to open the window and to quit.

use std::sync::Mutex;

use serde::Deserialize;
use tauri::image::Image;
use tauri::menu::{CheckMenuItem, Menu, MenuBuilder, MenuItem, SubmenuBuilder};
use tauri::tray::{MouseButton, MouseButtonState, TrayIcon, TrayIconBuilder, TrayIconEvent};
use tauri::{AppHandle, Emitter, Manager, State, Wry, include_image};

use crate::status::lock;
use crate::window;

/// What is wrong.
#[derive(Clone, Copy, Default, PartialEq, Eq, Deserialize)]
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
    /// In words. It heads the menu: Linux trays have no tooltip.
    summary: String,
    /// The Compose projects: each one's name, and how it is.
    projects: Vec<(String, String)>,
    paused: bool,
}

/// The icon, and the lines of its menu that change.
pub struct Tray {
    icon: TrayIcon,
    shown: Mutex<Shown>,
}

struct Shown {
    trouble: Trouble,
    summary: MenuItem<Wry>,
    projects: Vec<(String, MenuItem<Wry>)>,
    pause: CheckMenuItem<Wry>,
}

/// Puts the icon into the tray.
pub fn create(app: &AppHandle) -> tauri::Result<()> {
    let view = View {
        summary: "Starting".into(),
        ..View::default()
    };
    let (menu, shown) = menu(app, &view)?;
    let icon = TrayIconBuilder::with_id("main")
        .icon(shown.trouble.icon())
        .tooltip("Quaywatch")
        .menu(&menu)
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
    let shown = Mutex::new(shown);
    app.manage(Tray { icon, shown });
    Ok(())
}

/// Shows another view.
#[tauri::command]
pub fn tray_update(app: AppHandle, tray: State<'_, Tray>, view: View) -> Result<(), String> {
    tray.update(&app, &view).map_err(|error| error.to_string())
}

impl Tray {
    fn update(&self, app: &AppHandle, view: &View) -> tauri::Result<()> {
        let mut shown = lock(&self.shown);
        if shown.trouble != view.trouble {
            self.icon.set_icon(Some(view.trouble.icon()))?;
        }
        self.icon
            .set_tooltip(Some(format!("Quaywatch: {}", view.summary)))?;
        let names = |(old, new): (&(String, _), &(String, _))| old.0 == new.0;
        if shown.projects.len() == view.projects.len()
            && shown.projects.iter().zip(&view.projects).all(names)
        {
            // A menu that is replaced closes in the user's hand.
            shown.trouble = view.trouble;
            shown.summary.set_text(&view.summary)?;
            shown.pause.set_checked(view.paused)?;
            for ((_, state), (_, words)) in shown.projects.iter().zip(&view.projects) {
                state.set_text(words)?;
            }
            return Ok(());
        }
        let (menu, next) = menu(app, view)?;
        *shown = next;
        self.icon.set_menu(Some(menu))
    }
}

fn menu(app: &AppHandle, view: &View) -> tauri::Result<(Menu<Wry>, Shown)> {
    let none = None::<&str>;
    let summary = MenuItem::with_id(app, "summary", &view.summary, false, none)?;
    let mut menu = MenuBuilder::new(app)
        .item(&summary)
        .separator()
        .text("open", "Open Quaywatch")
        .separator();
    let mut projects = Vec::new();
    for (name, words) in &view.projects {
        let state = MenuItem::with_id(app, format!("state:{name}"), words, false, none)?;
        // An ampersand is a letter here, not the sign of a shortcut.
        let project = SubmenuBuilder::new(app, name.replace('&', "&&"))
            .item(&state)
            .text(format!("start:{name}"), "Start")
            .text(format!("stop:{name}"), "Stop")
            .build()?;
        menu = menu.item(&project);
        projects.push((name.clone(), state));
    }
    let words = "Pause notifications for an hour";
    let pause = CheckMenuItem::with_id(app, "pause", words, true, view.paused, none)?;
    let menu = menu
        .separator()
        .item(&pause)
        .separator()
        .text("quit", "Quit")
        .build()?;
    let shown = Shown {
        trouble: view.trouble,
        summary,
        projects,
        pause,
    };
    Ok((menu, shown))
}
