import type { SelectHTMLAttributes } from "react";
import { Icon } from "./Icon";

/** A native choice among options, drawn like the other controls. */
export function Select({ children, ...rest }: SelectHTMLAttributes<HTMLSelectElement>): JSX.Element {
  return (
    <span className="select">
      <select {...rest}>{children}</select>
      <Icon name="down" />
    </span>
  );
}
