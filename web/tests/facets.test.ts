import { deepEqual, equal } from "node:assert/strict";
import { test } from "node:test";
import type { ClassSchema, Facet, Histogram } from "../src/api/types";
import { boundsOf, scaleOf, spanOf, withWrittenEdges } from "../src/facets/bins";
import { candidates, plan } from "../src/facets/plan";

const image: ClassSchema = {
  name: "Image", count: 1000,
  properties: [
    ["path", "string"], ["phash", "string"], ["format", "string"], ["width", "integer"], ["bits", "integer"],
    ["captured_at", "datetime"], ["latitude", "float"], ["url", "string"], ["split", "string"],
    ["reviewed", "boolean"], ["owner", "json"], ["empty", "string"],
  ].map(([name, type]) => ({ name: String(name), types: [String(type)] })),
};

function survey(distinct: Readonly<Record<string, number>>): readonly Facet[] {
  return candidates(image).map(({ name }) => (
    { property: name, values: [], distinct: distinct[name] ?? 0, missing: name === "reviewed" ? 990 : 0 }));
}

test("what identifies an image, or is no scalar, or is nowhere, is not offered", () => {
  const names = candidates(image).map(({ name }) => name);
  for (const name of ["path", "phash", "owner"]) equal(names.includes(name), false, name);
  const planned = plan(image, survey({ empty: 0 }));
  deepEqual(planned, { values: [], ranges: [] });
});

test("labels are offered though they are no property, and nothing is of a class without entities", () => {
  equal(candidates(image)[0]?.name, "label");
  deepEqual(candidates({ ...image, count: 0 }), []);
});

test("few values are a list, many numbers a range, and many texts nothing", () => {
  const planned = plan(image, survey({
    format: 1, width: 300, bits: 2, captured_at: 650, latitude: 3, label: 5000, url: 990, split: 3,
    reviewed: 2,
  }));
  deepEqual(planned.values.map(({ name }) => name), ["label", "reviewed", "split", "bits", "format"]);
  deepEqual(planned.ranges.map(({ name }) => name), ["captured_at", "width", "latitude"]);
  equal(planned.values.find(({ name }) => name === "format")?.isTelling, false);
  equal(planned.values.find(({ name }) => name === "reviewed")?.isTelling, true);
});

const widths: Histogram = {
  property: "width", edges: [10, 20.5, 31, 41.5, 52], counts: [1, 2, 3, 4], missing: 0,
};

test("all bins are no choice, and an end of the data stays open", () => {
  equal(boundsOf({ low: 0, high: 4 }, widths, "real"), undefined);
  deepEqual(boundsOf({ low: 0, high: 2 }, widths, "real"), { $lt: 31 });
  deepEqual(boundsOf({ low: 1, high: 4 }, widths, "real"), { $gte: 20.5 });
  deepEqual(boundsOf({ low: 1, high: 3 }, widths, "real"), { $gte: 20.5, $lt: 41.5 });
});

test("bounds of whole numbers are whole", () => {
  const whole = withWrittenEdges(widths, "whole");
  deepEqual(boundsOf({ low: 1, high: 3 }, whole, "whole"), { $gte: 21, $lt: 42 });
});

test("bounds lead back to their bins", () => {
  for (const scale of ["real", "whole"] as const) {
    for (let low = 0; low < 4; low += 1) {
      for (let high = low + 1; high <= 4; high += 1) {
        const written = withWrittenEdges(widths, scale);
        deepEqual(spanOf(boundsOf({ low, high }, written, scale), written), { low, high });
      }
    }
  }
});

test("bounds of times are time literals, with and without a zone", () => {
  const edges = ["2009-01-01T00:00:00", "2010-01-01T00:00:00Z", "2011-01-01", "2012-01-01T00:00:00+02:00"];
  const times: Histogram = { property: "captured_at", edges, counts: [1, 2, 3], missing: 0 };
  const bounds = boundsOf({ low: 1, high: 2 }, times, "time");
  deepEqual(bounds, { $gte: { $date: "2010-01-01T00:00:00Z" }, $lt: { $date: "2011-01-01" } });
  deepEqual(spanOf(bounds, times), { low: 1, high: 2 });
});

test("edges in microseconds are written as times", () => {
  const counted: Histogram = { property: "t", edges: [0, 1_230_768_000_000_000], counts: [1], missing: 0 };
  const written = ["1970-01-01T00:00:00.000Z", "2009-01-01T00:00:00.000Z"];
  deepEqual<unknown>(withWrittenEdges(counted, "time").edges, written);
  deepEqual(withWrittenEdges(counted, "real").edges, counted.edges);
});

test("a property with fractions anywhere is not whole", () => {
  equal(scaleOf({ name: "a", types: ["integer"] }), "whole");
  equal(scaleOf({ name: "a", types: ["integer", "float"] }), "real");
  equal(scaleOf({ name: "a", types: ["datetime"] }), "time");
});
