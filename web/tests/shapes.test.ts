import { deepEqual, equal } from "node:assert/strict";
import { test } from "node:test";
import type { LabelAnswer } from "../src/api/types";
import { mediaOf } from "../src/upload/mediaOf";
import { boxAt, maskCorner, maskPixels, shapeOf, trackOf, unseen, type Shape } from "../src/video/shapes";

const head = { image: "3.0.0", label: 7, class: "dog", confidence: 0.5, source: "s" };

test("labels with a place have a shape", () => {
  const box: LabelAnswer = { ...head, kind: "box", x: 1, y: 2, width: 3, height: 4 };
  deepEqual(shapeOf(box), {
    key: "7", name: "dog", confidence: 0.5, kind: "box", box: { x: 1, y: 2, width: 3, height: 4 },
  });
  const polygon = shapeOf({ ...head, kind: "polygon", polygons: [[[0, 0], [4, 0], [4, 4]], [[1, 1]]] });
  deepEqual(polygon?.kind === "polygon" && polygon.rings, [[{ x: 0, y: 0 }, { x: 4, y: 0 }, { x: 4, y: 4 }]]);
  const points = shapeOf({ ...head, kind: "points", geometry: { points: [[1, 2], null, [3, 4, 2]] } });
  deepEqual(points?.kind === "points" && points.points, [{ x: 1, y: 2 }, { x: 3, y: 4 }]);
  deepEqual(shapeOf({ ...head, kind: "class" }), { key: "7", name: "dog", confidence: 0.5, kind: "class" });
  deepEqual(shapeOf({ ...head, kind: "mask", geometry: { size: [3, 4], counts: "321O30" } }), {
    key: "7", name: "dog", confidence: 0.5, kind: "mask", width: 4, height: 3, counts: "321O30",
  });
  equal(shapeOf({ ...head, kind: "caption" }), undefined);
  equal(shapeOf({ ...head, kind: "box", x: 1, y: 2 }), undefined);
});

test("a track's box goes straight from keyframe to keyframe", () => {
  const track = trackOf({
    id: 1, kind: "track", class: "dog",
    geometry: {
      keyframes: [
        { frame: 20, x: 100, y: 0, width: 20, height: 40 }, { frame: 10, x: 0, y: 50, width: 10, height: 40 },
      ],
    },
  })!;
  equal(boxAt(track, 9), undefined);
  equal(boxAt(track, 21), undefined);
  deepEqual(boxAt(track, 15), { x: 50, y: 25, width: 15, height: 40 });
  equal(boxAt(track, 20)?.x, 100);
});

// As pycocotools' rleToString writes them: runs 3 2 1 1 4 1, and one of 1000.
test("a mask's runs go column by column", () => {
  const rows = [[0, 1, 1, 0], [0, 1, 0, 0], [0, 0, 0, 1]];
  deepEqual([...maskPixels(4, 3, "321O30")!], rows.flat());
  deepEqual([...maskPixels(50, 20, "Xo0")!], new Array(1000).fill(0));
});

test("a track is not drawn over the box of a label that shows the same thing", () => {
  const box = (key: string, name: string, x: number): Shape => (
    { key, name, confidence: undefined, kind: "box", box: { x, y: 0, width: 10, height: 10 } });
  const tracks = [box("track 1", "dog", 0), box("track 2", "cat", 0), box("track 3", "dog", 30)];
  // 8 of 12 pixels are common, then 5 of 15.
  deepEqual(unseen(tracks, [box("7", "dog", 2)]).map(({ key }) => key), ["track 2", "track 3"]);
  deepEqual(unseen(tracks, [box("7", "dog", 5)]).length, 3);
  deepEqual(unseen(tracks, []).length, 3);
});

test("a mask's name stands at its topmost pixel", () => {
  deepEqual(maskCorner(4, 3, "321O30"), { x: 1, y: 0 });
  equal(maskCorner(50, 20, "Xo0"), undefined);
  equal(maskCorner(4, 3, "321O3"), undefined);
});

test("a mask that does not add up is none", () => {
  for (const counts of ["321O3", "321O31", "", "3 1", "32~O30", "321O30oooooooooooo"]) {
    equal(maskPixels(4, 3, counts), undefined, counts);
  }
});

test("the kind of a file is told by its type or its name", () => {
  const cases: readonly [string, string, string][] = [
    ["a.mp4", "video/mp4", "Video"], ["a.MKV", "", "Video"], ["a.ts", "text/vnd.trolltech.linguist", "Video"],
    ["a.jpg", "image/jpeg", "Image"], ["a.avi", "image/png", "Image"], ["a", "", "Image"], ["mp4", "", "Video"],
  ];
  for (const [name, type, kind] of cases) equal(mediaOf({ name, type }), kind, name);
});
