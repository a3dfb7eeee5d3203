import { useTheme } from "../state/theme";
import { IconButton } from "./IconButton";

const names = { system: "as the system", light: "light", dark: "dark" } as const;

export function ThemeButton(): JSX.Element {
  const [theme, next] = useTheme();
  return <IconButton icon={theme} label={`Theme: ${names[theme]}`} onClick={next} className="theme-button" />;
}
