import { useEffect, useRef } from "react";

/**
 * Runs `act` when one of `keys` is pressed anywhere on the page while `isOn`.
 *
 * Keys that are typed into a field, held with a modifier, pressed in an open dialog or already acted on are
 * left alone.
 */
export function useShortcut(keys: readonly string[], isOn: boolean, act: (key: string) => void): void {
  const latest = useRef(act);
  latest.current = act;
  const names = keys.join("\n");
  useEffect(() => {
    if (!isOn) return undefined;
    const onKeyDown = (event: KeyboardEvent): void => {
      if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey) return;
      if (!names.split("\n").includes(event.key) || isTyping(event.target)) return;
      // A button that has the focus is pressed by it.
      if (event.key === " " && event.target instanceof Element && event.target.closest("button, a, summary") !== null) return;
      event.preventDefault();
      latest.current(event.key);
    };
    document.addEventListener("keydown", onKeyDown);
    return () => document.removeEventListener("keydown", onKeyDown);
  }, [names, isOn]);
}

function isTyping(target: EventTarget | null): boolean {
  return target instanceof Element && target.closest("input, textarea, select, dialog[open]") !== null;
}
