import { useEffect, useRef, useState } from "react";
import { ApiError } from "../api/ApiError";
import { findMotion, isAbort } from "../api/client";
import { Button } from "../parts/Button";

interface Properties {
  readonly id: string;
  /** There are intervals with motion already. */
  readonly isFound: boolean;
  readonly onFound: () => void;
}

/** Has the server look for motion where nobody has, and says what became of it. */
export function MotionButton({ id, isFound, onFound }: Properties): JSX.Element | null {
  const [outcome, setOutcome] = useState<"looking" | "nothing" | ApiError>();
  const controller = useRef<AbortController>();
  useEffect(() => () => controller.current?.abort(), []);
  if (isFound) return null;
  const look = (): void => {
    controller.current = new AbortController();
    setOutcome("looking");
    findMotion(id, controller.current.signal).then(
      ({ verdict }) => {
        setOutcome(verdict === "nothing" || verdict === "known" ? "nothing" : undefined);
        onFound();
      },
      (error: unknown) => { if (!isAbort(error)) setOutcome(ApiError.from(error)); });
  };
  if (outcome === "looking") return <span className="lane-note" role="status">looking…</span>;
  if (outcome === "nothing") return <span className="lane-note" role="status">none</span>;
  return (
    <Button kind="text" onClick={look} title={outcome?.message ?? "Look for motion, and keep where it is"}>
      {outcome === undefined ? "Look" : "Failed: again"}
    </Button>
  );
}
