import { equal, ok } from "node:assert/strict";
import { test } from "node:test";
import { gap, layOut } from "../src/gallery/layout";
import { ScrollMap } from "../src/gallery/ScrollMap";

const viewport = 800;
const contents = [0, 100, 800, 5_000, 12_000_000, 12_000_001, 30_000_000, 4_000_000_000];

test("a scrolled element is never taller than a browser can hold", () => {
  for (const content of contents) ok(new ScrollMap(content, viewport).height <= 12_000_000);
});

test("both ends of the content are at the ends of the scrollbar", () => {
  for (const content of contents) {
    const map = new ScrollMap(content, viewport);
    const end = Math.max(0, map.height - viewport);
    equal(map.toContent(0), 0);
    equal(map.toContent(end), map.end, String(content));
    equal(map.toScroll(map.end), end, String(content));
  }
});

test("content that fits is mapped one to one", () => {
  const map = new ScrollMap(12_000_000, viewport);
  for (const place of [0, 1, 6_000_000, map.end]) equal(map.toContent(place), place);
});

test("the map rises, and its inverse leads back", () => {
  for (const content of contents) {
    const map = new ScrollMap(content, viewport);
    let before = -1;
    for (let step = 0; step <= 1000; step += 1) {
      const scroll = ((map.height - viewport) * step) / 1000;
      if (scroll < 0) continue;
      const place = map.toContent(scroll);
      ok(place >= before && place <= map.end, `${content} ${scroll}`);
      ok(Math.abs(map.toScroll(place) - scroll) < 0.01, `${content} ${scroll}`);
      before = place;
    }
  }
});

test("near the ends even a tall content is scrolled pixel by pixel", () => {
  const map = new ScrollMap(4_000_000_000, viewport);
  equal(map.toContent(999_999) - map.toContent(999_998), 1);
  const end = map.height - viewport;
  equal(map.toContent(end) - map.toContent(end - 500_000), 500_000);
});

test("a row of tiles is as wide as there is room, and no wider", () => {
  for (let width = 1; width < 3000; width += 7) {
    for (const size of ["small", "medium", "large"] as const) {
      const { columns, side } = layOut(width, size, 1);
      const used = columns * side + (columns - 1) * gap;
      ok(used <= width && used > width - columns, `${width} ${size}`);
    }
  }
});

test("a tile on a dense screen gets the larger thumbnail", () => {
  equal(layOut(990, "medium", 1).thumbnail, 256);
  equal(layOut(990, "medium", 2).thumbnail, 512);
});
