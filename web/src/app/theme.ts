import { motionPreference, themePreference } from "../components/preferences";

/**
 * Keeps data-theme and data-motion on <html> as chosen. Absent, the system's
 * choice counts; who asked the system for more contrast gets it. Paper is light.
 */
export function followTheme(root: HTMLElement): void {
  const more = matchMedia("(prefers-contrast: more)");
  let printing = false;
  const apply = () => {
    const chosen = themePreference.get();
    const theme = printing ? "light" : chosen === "system" && more.matches ? "contrast" : chosen;
    if (theme === "system") delete root.dataset.theme;
    else root.dataset.theme = theme;
    if (motionPreference.get() === "off") root.dataset.motion = "off";
    else delete root.dataset.motion;
  };
  const print = (now: boolean) => () => {
    printing = now;
    apply();
  };
  apply();
  themePreference.subscribe(apply);
  motionPreference.subscribe(apply);
  more.addEventListener("change", apply);
  window.addEventListener("beforeprint", print(true));
  window.addEventListener("afterprint", print(false));
}
