import { useCallback, useState } from "react";
import { readPreference, writePreference } from "./preferences";

const themes = ["system", "light", "dark"] as const;
export type Theme = (typeof themes)[number];

const systemIsDark = window.matchMedia("(prefers-color-scheme: dark)");

/** Sets the theme and keeps to the system's where that was chosen. Called once, before the first paint. */
export function startTheme(): void {
  apply(readPreference("theme", themes));
  systemIsDark.addEventListener("change", () => apply(readPreference("theme", themes)));
}

/** The theme, and a function that goes on to the next: system, light, dark. */
export function useTheme(): [Theme, () => void] {
  const [theme, setTheme] = useState<Theme>(() => readPreference("theme", themes));
  const next = useCallback(() => {
    const following = themes[(themes.indexOf(theme) + 1) % themes.length]!;
    writePreference("theme", following);
    setTheme(following);
    apply(following);
  }, [theme]);
  return [theme, next];
}

function apply(theme: Theme): void {
  const isDark = theme === "dark" || (theme === "system" && systemIsDark.matches);
  document.documentElement.dataset["theme"] = isDark ? "dark" : "light";
}
