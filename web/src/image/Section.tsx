import type { ReactNode } from "react";

interface Properties {
  readonly title: string;
  readonly note?: string;
  readonly children: ReactNode;
}

export function Section({ title, note, children }: Properties): JSX.Element {
  return (
    <section className="section" aria-label={title}>
      <h2>{title}{note !== undefined && <span>{note}</span>}</h2>
      {children}
    </section>
  );
}
