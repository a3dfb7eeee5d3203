import type { ButtonHTMLAttributes } from "react";

interface Properties extends ButtonHTMLAttributes<HTMLButtonElement> {
  /** `primary`: what most will want to do. `text`: reads as part of a sentence. */
  readonly kind?: "plain" | "primary" | "text";
}

const classes = { plain: "button", primary: "button is-primary", text: "text-button" } as const;

export function Button({ kind = "plain", ...rest }: Properties): JSX.Element {
  return <button type="button" className={classes[kind]} {...rest} />;
}
