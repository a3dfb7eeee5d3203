import { useRef } from "react";
import { Button } from "../parts/Button";
import { Icon } from "../parts/Icon";

interface Properties {
  readonly kind?: "plain" | "primary";
  readonly onFiles: (files: readonly File[]) => void;
}

/** A button that lets one choose files. */
export function FilePicker({ kind = "plain", onFiles }: Properties): JSX.Element {
  const input = useRef<HTMLInputElement>(null);
  return (
    <>
      <Button kind={kind} onClick={() => input.current?.click()}><Icon name="plus" />Add files</Button>
      <input ref={input} type="file" accept="image/*,video/*,.mkv,.avi,.ts,.mts,.m2ts,.flv,.mxf,.ivf,.wmv" multiple hidden aria-label="Files to add"
             onChange={(event) => {
               onFiles(Array.from(event.target.files ?? []));
               event.target.value = ""; // So that the same file can be chosen again.
             }} />
    </>
  );
}
