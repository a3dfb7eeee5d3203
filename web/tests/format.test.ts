import { equal } from "node:assert/strict";
import { test } from "node:test";
import { pixelsURL, thumbnailURL } from "../src/api/client";
import { ApiError } from "../src/api/ApiError";
import {
  fileName, formatBytes, formatClock, formatMedia, formatName, formatTime, formatValue,
} from "../src/state/format";

test("byte counts have three digits and SI prefixes", () => {
  const cases: readonly [number, string][] = [
    [0, "0 B"], [999, "999 B"], [1000, "1.0 kB"], [83_123, "83.1 kB"], [999_499, "999 kB"],
    [999_500, "1.0 MB"], [1_500_000_000, "1.5 GB"], [2e15, "2000 TB"],
  ];
  for (const [count, text] of cases) equal(formatBytes(count), text);
});

test("times keep their zone, or their lack of one", () => {
  equal(formatTime("2009-02-25T16:31:21"), "2009-02-25 16:31:21");
  equal(formatTime("2009-02-25T16:31:21.250Z"), "2009-02-25 16:31:21 UTC");
  equal(formatTime("2009-02-25T16:31:21+02:00"), "2009-02-25 16:31:21 +02:00");
  equal(formatTime("2009-02-25"), "2009-02-25");
  equal(formatTime("yesterday"), "yesterday");
});

test("values of every kind can be read", () => {
  equal(formatValue("label", ["cat", "dog"]), "cat, dog");
  equal(formatValue("label", ""), "(empty)");
  equal(formatValue("a", null), "null");
  equal(formatValue("a", true), "true");
  equal(formatValue("a", 0.1 + 0.2), "0.3");
  equal(formatValue("a", { b: [1, "x"] }), '{ "b": [ 1, "x" ] }');
  equal(formatValue("bytes", 1234), "1.2 kB");
  equal(formatValue("t", { $date: "2009-02-25T00:00:00Z" }), "2009-02-25 00:00:00 UTC");
});

test("names of properties are words", () => {
  equal(formatName("camera_model"), "Camera");
  equal(formatName("my_own_property"), "My own property");
  equal(formatName("_x"), "X");
  equal(formatName("__"), "__");
});

test("one image is not images", () => {
  equal(formatMedia(1, "Image"), "1 image");
  equal(formatMedia(1_010_800, "Image"), "1,010,800 images");
});

test("a path is known by its last component", () => {
  equal(fileName("a/b/c.jpg"), "c.jpg");
  equal(fileName("c.jpg"), "c.jpg");
  equal(fileName("a/"), "a/");
});

test("operations stay readable in an address, and cannot leave it", () => {
  equal(
    pixelsURL("2.0.42", " resize=224x224 & crop=1,2,3,4& "),
    "/v1/entities/Image/2.0.42/pixels?resize=224x224&crop=1,2,3,4");
  equal(pixelsURL("../x", "a=#?/"), "/v1/entities/Image/..%2Fx/pixels?a=%23%3F%2F");
  equal(
    thumbnailURL("2.0.42", 256),
    "/v1/entities/Image/2.0.42/pixels?thumbnail=256x256&encode=webp,quality=75");
});

test("an error is told in the server's words, or by its status", () => {
  const body = '{"error": {"code": "invalid_filter", "message": "no", "path": "$and[1]"}}';
  const error = ApiError.of(400, body);
  equal(`${error.code} ${error.message} ${error.path}`, "invalid_filter no $and[1]");
  for (const other of ["", "<html>", "null", "{}", '{"error": 1}']) {
    equal(ApiError.of(502, other).message, "The server answered with status 502.", other);
  }
});

test("one video is not videos", () => {
  equal(formatMedia(1, "Video"), "1 video");
  equal(formatMedia(0, "Video"), "0 videos");
});

test("clocks carry what is rounded up", () => {
  const cases: readonly [number, number, string][] = [
    [0, 0, "0:00"], [59.4, 0, "0:59"], [59.5, 0, "1:00"], [3599.9996, 3, "1:00:00.000"], [7209, 0, "2:00:09"],
    [1.6, 3, "0:01.600"], [65.04, 2, "1:05.04"], [-1, 0, "0:00"],
  ];
  for (const [seconds, digits, text] of cases) equal(formatClock(seconds, digits), text);
});
