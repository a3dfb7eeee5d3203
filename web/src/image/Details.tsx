import type { ReactNode } from "react";
import type { Entity, Json, MediaClass } from "../api/types";
import { isObject } from "../api/types";
import { mediaWord } from "../state/format";
import { Channels } from "./Channels";
import { ExifTable } from "./ExifTable";
import { groupsOf } from "./groups";
import { LabelList } from "./LabelList";
import { PropertyRow } from "./PropertyRow";
import { Section } from "./Section";

interface Properties {
  readonly of: MediaClass;
  readonly entity: Entity;
  readonly dates: ReadonlySet<string>;
  /** All that is known has come, not only what a tile shows. */
  readonly isWhole: boolean;
  readonly children?: ReactNode;
}

/** All that is known of an image or a video, in groups. `children` stand above. */
export function Details({ of, entity, dates, isWhole, children }: Properties): JSX.Element {
  const labels = entity["labels"];
  const exif = entity["exif"];
  const histogram = channelsOf(entity["histogram"]);
  return (
    <aside className="details" aria-label={`What is known of the ${mediaWord(of)}`} aria-busy={!isWhole}>
      {children}
      {isWhole && Array.isArray(labels) && labels.length > 0 && (
        <LabelList of={of} labels={labels.filter(isObject)} />)}
      {groupsOf(entity).map(({ title, properties }) => (
        <Section key={title} title={title}>
          <dl className="properties">
            {properties.map(([name, value]) => (
              <PropertyRow key={name} of={of} name={name} value={value} isDate={dates.has(name)} />))}
          </dl>
          {title === "Picture" && histogram !== undefined && (
            <Channels histogram={histogram} mean={numbersOf(entity["mean"])}
                      deviation={numbersOf(entity["std"])} />)}
        </Section>))}
      {isObject(exif) && Object.keys(exif).length > 0 && <ExifTable tags={exif} />}
    </aside>
  );
}

function numbersOf(value: Json | undefined): readonly number[] {
  return Array.isArray(value) ? value.filter((one): one is number => typeof one === "number") : [];
}

/** One list of counts a channel, or nothing where the histogram has another form. */
function channelsOf(value: Json | undefined): readonly (readonly number[])[] | undefined {
  if (!Array.isArray(value)) return undefined;
  const channels = value.map(numbersOf).filter((counts) => counts.length > 1);
  return channels.length > 0 ? channels : undefined;
}
