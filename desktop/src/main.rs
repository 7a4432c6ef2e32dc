//! The program: everything is in the library, where tests reach it.

// No console window beside the app's on Windows.
#![cfg_attr(not(debug_assertions), windows_subsystem = "windows")]

fn main() {
    quaywatch_desktop::run();
}
