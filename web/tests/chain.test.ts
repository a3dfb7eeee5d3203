import { equal } from "node:assert/strict";
import { test } from "node:test";
import type { Operation } from "../src/api/types";
import { addOperation } from "../src/image/chain";

const decode: Operation = { name: "decode", stage: "decode", summary: "", examples: ["decode=scaled"] };
const resize: Operation = {
  name: "resize", stage: "pixels", summary: "", examples: ["resize=224x224", "resize=640x"],
};
const gray: Operation = { name: "grayscale", stage: "pixels", summary: "", examples: [] };
const encode: Operation = { name: "encode", stage: "output", summary: "", examples: ["encode=png"] };
const tensor: Operation = { name: "tensor", stage: "output", summary: "", examples: ["tensor=f32"] };
const all = [decode, resize, gray, encode, tensor];

test("operations on pixels are done in the order in which they are added", () => {
  equal(addOperation("", resize, all), "resize=224x224");
  equal(addOperation(" grayscale & ", resize, all), "grayscale&resize=224x224");
  equal(addOperation("resize=1x1", gray, all), "resize=1x1&grayscale");
});

test("decoding stays first and the output last, and there is one of each", () => {
  equal(addOperation("encode=jpeg,quality=3", resize, all), "resize=224x224&encode=jpeg,quality=3");
  equal(addOperation("resize=1x1", decode, all), "decode=scaled&resize=1x1");
  equal(addOperation("decode=full&resize=1x1", decode, all), "decode=scaled&resize=1x1");
  equal(addOperation("resize=1x1&encode=jpeg", tensor, all), "resize=1x1&tensor=f32");
});

test("what is not known is left where it was", () => {
  equal(addOperation("sharpen=3&encode=png", gray, all), "sharpen=3&grayscale&encode=png");
});
