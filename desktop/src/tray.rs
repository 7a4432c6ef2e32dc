//! The icon in the tray. The page draws it and fills its menu, with those two
//! lines that must do without a page: to open the window and to quit.

use tauri::menu::MenuBuilder;
use tauri::tray::{MouseButton, MouseButtonState, TrayIconBuilder, TrayIconEvent};
use tauri::{AppHandle, include_image};

use crate::window;

/// Puts the icon into the tray, until the page says more.
pub fn create(app: &AppHandle) -> tauri::Result<()> {
    let menu = MenuBuilder::new(app)
        .text("open", "Open Quaywatch")
        .text("quit", "Quit")
        .build()?;
    TrayIconBuilder::with_id("main")
        .icon(include_image!("icons/tray/ok.png"))
        .tooltip("Quaywatch")
        .menu(&menu)
        .show_menu_on_left_click(cfg!(target_os = "linux"))
        // Of the page's menu too, which has these two under the same names.
        .on_menu_event(|app, event| match event.id().as_ref() {
            "open" => window::show(app),
            "quit" => app.exit(0),
            _ => {}
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
