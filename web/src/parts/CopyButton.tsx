import { useEffect, useState } from "react";
import { IconButton } from "./IconButton";

interface Properties {
  readonly text: string;
  /** What is copied: "Copy filter". */
  readonly label: string;
}

/** Copies a text, and says for a moment whether that went well. */
export function CopyButton({ text, label }: Properties): JSX.Element {
  const [outcome, setOutcome] = useState<"copied" | "failed">();
  useEffect(() => {
    if (outcome === undefined) return undefined;
    const timer = window.setTimeout(() => setOutcome(undefined), 1600);
    return () => window.clearTimeout(timer);
  }, [outcome]);

  const copy = (): void => {
    copyText(text).then(() => setOutcome("copied"), () => setOutcome("failed"));
  };
  const said = outcome === "copied" ? "Copied" : outcome === "failed" ? "Could not copy" : label;
  const icon = outcome === "copied" ? "check" : outcome === "failed" ? "warning" : "copy";
  return <IconButton icon={icon} label={`${said}: ${text}`} isSmall onClick={copy} />;
}

/** `navigator.clipboard` exists on secure origins only, and a server on a local network has none. */
async function copyText(text: string): Promise<void> {
  if (window.isSecureContext) return navigator.clipboard.writeText(text);
  const area = document.createElement("textarea");
  area.value = text;
  area.className = "visually-hidden";
  document.body.append(area);
  area.select();
  const isCopied = document.execCommand("copy");
  area.remove();
  if (!isCopied) throw new Error("the browser refused");
}
