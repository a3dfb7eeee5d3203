import { deepEqual, equal } from "node:assert/strict";
import { test } from "node:test";
import { everyVideo, everything, formatQuery, parseQuery, type Query } from "../src/state/query";
import { entityPath, galleryPath, parseRoute, videoPath } from "../src/state/route";

const full: Query = {
  of: "Image",
  filter: '{"path": {"$regex": "a&b=c #%+"}}',
  sort: "captured_at:desc",
  choices: {
    label: { kind: "values", values: ["cat", "Ünïcode & more", "", 1, true, null], missing: true },
    width: { kind: "range", bounds: { $gte: 640, $lt: 1280 } },
    captured_at: { kind: "range", bounds: { $gte: { $date: "2009-01-01" } } },
  },
};

test("a query survives its address", () => {
  deepEqual(parseQuery(formatQuery(full)), full);
});

test("everything has the shortest address", () => {
  equal(galleryPath(everything), "/");
  deepEqual(parseQuery(""), everything);
});

test("equal queries have equal addresses, in whatever order they were chosen", () => {
  const { label, width, captured_at } = full.choices;
  const other = { ...full, choices: { captured_at: captured_at!, width: width!, label: label! } };
  equal(formatQuery(other), formatQuery(full));
});

test("what makes no sense in an address is left out", () => {
  const choices = { a: 1, b: { values: [] }, c: { range: { $where: 1 } }, d: { values: ["x"] }, e: null };
  const query = parseQuery(`?choices=${encodeURIComponent(JSON.stringify(choices))}`);
  deepEqual(query.choices, { d: { kind: "values", values: ["x"], missing: false } });
  deepEqual(parseQuery("?choices=%7B"), everything);
  deepEqual(parseQuery("?choices=[1]&unknown=2"), everything);
});

test("an image's address leads back to what the gallery showed", () => {
  const address = new URL(entityPath("2.0.42", full, 1234567), "http://localhost");
  const route = parseRoute(address.pathname, address.search);
  deepEqual(route, { page: "image", id: "2.0.42", at: 1234567, query: full });
});

test("a place that is no number is no place", () => {
  for (const at of ["-1", "1.5", "x", "", "99999999999999999999"]) {
    const route = parseRoute("/images/2.0.42", `?at=${at}`);
    equal(route.page === "image" && route.at === undefined, true, at);
  }
});

test("an address that is not ours is told from the gallery's", () => {
  equal(parseRoute("/index.html", "").page, "gallery");
  equal(parseRoute("/images/", "").page, "unknown");
  equal(parseRoute("/images/a/b", "").page, "unknown");
  const broken = parseRoute("/images/%E0%A4%A", "");
  equal(broken.page === "image" && broken.id, "%E0%A4%A");
});

test("videos have a gallery of their own", () => {
  const videos: Query = { ...full, of: "Video" };
  const address = new URL(galleryPath(videos), "http://localhost");
  equal(address.pathname, "/videos");
  deepEqual(parseRoute(address.pathname, address.search), { page: "gallery", query: videos });
  equal(galleryPath(everyVideo), "/videos");
  equal(galleryPath(videos) === galleryPath(full), false);
});

test("a video's address names the frame, and leads back to what the gallery showed", () => {
  const videos: Query = { ...full, of: "Video" };
  const address = new URL(videoPath("1.0.3", videos, 7, 1393), "http://localhost");
  const route = parseRoute(address.pathname, address.search);
  deepEqual(route, { page: "video", id: "1.0.3", at: 7, frame: 1393, query: videos });
  equal(videoPath("1.0.3", everyVideo, undefined, 0), "/videos/1.0.3");
});

test("a frame that is no number is the first", () => {
  for (const frame of ["-1", "1.5", "x", ""]) {
    const route = parseRoute("/videos/1.0.3", `?frame=${frame}`);
    equal(route.page === "video" && route.frame, 0, frame);
  }
});
