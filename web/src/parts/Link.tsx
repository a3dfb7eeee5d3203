import type { AnchorHTMLAttributes, MouseEvent } from "react";
import { navigate } from "../state/navigation";

interface Properties extends AnchorHTMLAttributes<HTMLAnchorElement> {
  readonly to: string;
}

/** A link within the page: a plain click stays on it, any other does what the browser does with links. */
export function Link({ to, ...rest }: Properties): JSX.Element {
  const onClick = (event: MouseEvent): void => {
    if (event.button !== 0 || event.metaKey || event.ctrlKey || event.shiftKey || event.altKey) return;
    event.preventDefault();
    navigate(to);
  };
  return <a {...rest} href={to} onClick={onClick} />;
}
