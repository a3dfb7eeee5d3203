import { useCallback, useState } from "react";

/** A choice that this browser remembers; one of `allowed`, the first at first. */
export function usePreference<Value extends string>(
  name: string, allowed: readonly [Value, ...Value[]],
): [Value, (value: Value) => void] {
  const [value, setValue] = useState<Value>(() => readPreference(name, allowed));
  const change = useCallback((next: Value) => {
    setValue(next);
    writePreference(name, next);
  }, [name]);
  return [value, change];
}

export function readPreference<Value extends string>(
  name: string, allowed: readonly [Value, ...Value[]],
): Value {
  try {
    const text = window.localStorage.getItem(`fovea.${name}`);
    return allowed.find((one) => one === text) ?? allowed[0];
  } catch {
    return allowed[0]; // Storage may be switched off; then nothing is remembered.
  }
}

export function writePreference(name: string, value: string): void {
  try {
    window.localStorage.setItem(`fovea.${name}`, value);
  } catch {
    // As above.
  }
}
