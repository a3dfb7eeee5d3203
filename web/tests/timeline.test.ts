import { deepEqual, equal, ok } from "node:assert/strict";
import { test } from "node:test";
import { keyframeBeside } from "../src/video/keyframes";
import { lanesOfFrames, lanesOfLabels } from "../src/video/lanes";
import { barsOf, laneOf, nextStart, previousStart, spansAt, type Span } from "../src/video/spans";
import {
  following, frameAt, frameTicks, panned, secondTicks, wholeWindow, xOf, zoomed,
} from "../src/video/TimeWindow";

function span(start: number, stop: number, score?: number): Span {
  return { start, stop, score, name: `${start}`, detail: "" };
}

test("a frame lies where it is pressed", () => {
  const window = { from: 100, to: 300 };
  for (const frame of [100, 101, 199, 299]) {
    equal(frameAt(xOf(frame, window, 1000) + 0.01, window, 1000, 5000), frame);
  }
  equal(frameAt(-50, { from: 0, to: 10 }, 1000, 10), 0);
  equal(frameAt(1500, { from: 0, to: 10 }, 1000, 10), 9);
});

test("what is pointed at stays where it is when it is zoomed", () => {
  const count = 300_000;
  const around = 200_000;
  let window = wholeWindow(count);
  for (let step = 0; step < 10; step += 1) {
    const next = zoomed(window, 0.5, around, count);
    ok(Math.abs(xOf(around, next, 1000) - xOf(around, window, 1000)) < 1e-6);
    window = next;
  }
  for (let step = 0; step < 30; step += 1) window = zoomed(window, 2, around, count);
  deepEqual(window, wholeWindow(count));
});

test("no fewer than twenty frames are spread out, and all of a shorter video", () => {
  const near = zoomed(wholeWindow(1000), 1e-9, 500, 1000);
  equal(near.to - near.from, 20);
  deepEqual(zoomed(wholeWindow(7), 0.001, 3, 7), { from: 0, to: 7 });
  deepEqual(zoomed(wholeWindow(0), 0.5, 0, 0), { from: 0, to: 1 });
});

test("a window keeps within the video, and follows the frame that leaves it", () => {
  deepEqual(panned({ from: 10, to: 20 }, -100, 50), { from: 0, to: 10 });
  deepEqual(panned({ from: 10, to: 20 }, 100, 50), { from: 40, to: 50 });
  deepEqual(following({ from: 10, to: 20 }, 19, 50), { from: 10, to: 20 });
  deepEqual(following({ from: 10, to: 20 }, 20, 50), { from: 19, to: 29 });
  deepEqual(following({ from: 10, to: 20 }, 49, 50), { from: 40, to: 50 });
});

test("lines of the ruler keep their room", () => {
  for (const seconds of [1, 40, 90, 3600, 36_000, 1e6]) {
    const { step } = secondTicks(seconds, 1000, 80);
    ok((step / seconds) * 1000 >= 80 - 1e-6, `${seconds} s`);
  }
  deepEqual(secondTicks(100, 1000, 80), { step: 10, digits: 0 });
  deepEqual(secondTicks(1, 1000, 80), { step: 0.1, digits: 1 });
  deepEqual(frameTicks(1000, 1000, 80), { step: 100, digits: 0 });
  deepEqual(frameTicks(5, 1000, 80), { step: 1, digits: 0 });
});

test("spans that overlap stand in rows of their own, and empty ones nowhere", () => {
  const lane = laneOf([span(10, 20), span(0, 12), span(20, 30), span(5, 5)], 4);
  deepEqual(lane.rows.map((row) => row.spans.map(({ start }) => start)), [[0, 20], [10]]);
});

test("a crowd takes no more rows than it is given, and covers the same frames", () => {
  const spans = Array.from({ length: 1000 }, (_, index) => span(index, index + 300, 0.5));
  const lane = laneOf(spans, 3);
  equal(lane.rows.length, 3);
  equal(lane.spans.length, 1000);
  for (const row of lane.rows) {
    row.spans.forEach((one, index) => ok(index === 0 || row.spans[index - 1]!.stop <= one.start));
  }
  const last = lane.rows[2]!.spans;
  equal(last[last.length - 1]!.stop, 1299);
});

test("bars are no more than there are pixels, and none outside of the view", () => {
  const lane = laneOf(Array.from({ length: 100_000 }, (_, index) => span(index * 10, index * 10 + 4)), 4);
  const all = barsOf(lane.rows[0]!, 0, 1_000_000, 800);
  ok(all.length <= 800);
  deepEqual(barsOf(lane.rows[0]!, 100, 120, 200).map(({ left, right }) => [left, right]), [[0, 40], [100, 140]]);
  deepEqual(barsOf(lane.rows[0]!, 104, 110, 60), []);
  // One that began before the view is seen from its edge on.
  deepEqual(barsOf(lane.rows[0]!, 102, 104, 20).map(({ left, right }) => [left, right]), [[0, 20]]);
});

test("a short span is seen in a long video", () => {
  const [bar] = barsOf(laneOf([span(500_000, 500_001)], 4).rows[0]!, 0, 1_000_000, 800);
  ok(bar !== undefined && bar.right - bar.left >= 1);
});

test("what holds at a frame, and what begins beside it", () => {
  const lane = laneOf([span(0, 100), span(10, 20), span(50, 60)], 4);
  deepEqual(spansAt(lane, 15, 10).map(({ start }) => start), [0, 10]);
  deepEqual(spansAt(lane, 20, 10).map(({ start }) => start), [0]);
  deepEqual(spansAt(lane, 55, 1).map(({ start }) => start), [50]);
  equal(nextStart(lane, 10), 50);
  equal(nextStart(lane, 50), undefined);
  equal(previousStart(lane, 10), 0);
  equal(previousStart(lane, 0), undefined);
});

test("labels of a video become lanes, motion first", () => {
  const interval = (name: string, start: number, stop: number) => (
    { kind: "interval", class: name, geometry: { start_frame: start, stop_frame: stop }, source: "s" });
  const track = {
    id: 7, kind: "track", class: "dog", source: "s",
    geometry: { keyframes: [{ frame: 9, x: 0, y: 0, width: 1, height: 1 }, { frame: 3, x: 0, y: 0, width: 1, height: 1 }] },
  };
  const { lanes, tracks } = lanesOfLabels([
    interval("person", 5, 9), interval("motion", 0, 4), track, { kind: "class", class: "yard" },
    interval("broken", NaN, 3), { kind: "interval", class: "nowhere", geometry: null },
  ]);
  deepEqual(lanes.map(({ key }) => key), ["motion", "interval broken", "interval person", "track dog"]);
  const spans = lanes.map((lane) => (lane.kind === "frames" ? [] : lane.lane.spans.map(({ start, stop }) => [start, stop])));
  deepEqual(spans, [[[0, 4]], [], [[5, 9]], [[3, 10]]]);
  equal(tracks.length, 1);
});

test("a thousand tags are a dozen lanes and one of all others", () => {
  const labels = Array.from({ length: 1000 }, (_, index) => (
    { kind: "interval", class: `tag ${String(index).padStart(4, "0")}`, geometry: { start_frame: index, stop_frame: index + 1 } }));
  const { lanes } = lanesOfLabels(labels);
  equal(lanes.length, 14);
  const others = lanes[13]!;
  equal(others.kind !== "frames" && others.lane.spans.length, 988);
});

test("labels of frames are asked for by their class", () => {
  const [lane] = lanesOfFrames("1.0.3", new Map([["person", 12]]));
  deepEqual(lane !== undefined && lane.kind === "frames" && lane.filter, { video: "1.0.3", "labels.class": "person" });
});

test("the keyframe beside a frame is found however far it is", async () => {
  const keyframes = [0, 10, 5000, 5001];
  const asked: number[] = [];
  const beside = (number: number, direction: -1 | 1) =>
    keyframeBeside(number, direction, 6000, async (from, to) => {
      asked.push(to - from);
      return keyframes.filter((one) => one >= from && one < to).map((frame_number) => ({ frame_number }));
    });
  equal(await beside(0, 1), 10);
  equal(await beside(10, 1), 5000);
  equal(await beside(5001, 1), undefined);
  equal(await beside(5001, -1), 5000);
  equal(await beside(5000, -1), 10);
  equal(await beside(0, -1), undefined);
  ok(asked.every((frames) => frames <= 8192));
});
