import { preference } from "../components/preference";

export type Theme = "system" | "light" | "dark";

export const themePreference = preference<Theme>("theme", ["system", "light", "dark"], "system");

/** Keeps data-theme on <html> as chosen; absent, the system's choice counts. */
export function followTheme(root: HTMLElement): void {
  const apply = () => {
    const theme = themePreference.get();
    if (theme === "system") delete root.dataset.theme;
    else root.dataset.theme = theme;
  };
  apply();
  themePreference.subscribe(apply);
}
