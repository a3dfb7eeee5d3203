import type { ButtonHTMLAttributes } from "react";
import { Icon, type IconName } from "./Icon";

interface Properties extends ButtonHTMLAttributes<HTMLButtonElement> {
  readonly icon: IconName;
  /** What it does, for those who cannot see the icon, and on pointing at it. */
  readonly label: string;
  readonly isSmall?: boolean;
}

/** A button with nothing but an icon. */
export function IconButton(properties: Properties): JSX.Element {
  const { icon, label, isSmall = false, className = "", ...rest } = properties;
  return (
    <button type="button" title={label} aria-label={label} {...rest}
            className={`icon-button ${isSmall ? "is-small" : ""} ${className}`}>
      <Icon name={icon} />
    </button>
  );
}
