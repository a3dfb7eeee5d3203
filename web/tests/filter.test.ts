import { deepEqual, equal } from "node:assert/strict";
import { test } from "node:test";
import type { Choice } from "../src/state/query";
import { everything } from "../src/state/query";
import {
  clause, composeFilter, isChosen, literal, literalValue, readFilter, toggled, toggledMissing, withChoice,
} from "../src/state/filter";

const cats: Choice = { kind: "values", values: ["cat"], missing: false };
const wide: Choice = { kind: "range", bounds: { $gte: 640 } };

test("no text is the filter of everything, and what is no object is refused", () => {
  deepEqual(readFilter("  \n"), { isValid: true, value: {} });
  deepEqual(readFilter('{"a": 1}'), { isValid: true, value: { a: 1 } });
  for (const text of ["[]", "1", "null", '"a"', "{", "{a: 1}", '{"a": NaN}']) {
    equal(readFilter(text).isValid, false, text);
  }
});

test("one part stands alone, several are joined, and none finds everything", () => {
  deepEqual(composeFilter(everything), {});
  deepEqual(composeFilter({ ...everything, filter: '{"a": 1}' }), { a: 1 });
  deepEqual(composeFilter({ ...everything, choices: { label: cats } }), { label: "cat" });
  deepEqual(
    composeFilter({ of: "Image", filter: '{"a": 1}', sort: "", choices: { width: wide, label: cats } }),
    { $and: [{ a: 1 }, { label: "cat" }, { width: { $gte: 640 } }] });
});

test("the choice of one property can be left out", () => {
  const query = { ...everything, choices: { width: wide, label: cats } };
  deepEqual(composeFilter(query, "label"), { width: { $gte: 640 } });
});

test("a text that is no JSON asks for nothing", () => {
  equal(composeFilter({ ...everything, filter: "{", choices: { label: cats } }), undefined);
});

test("missing is chosen beside values, and alone", () => {
  const isMissing = { label: { $exists: false } };
  deepEqual(clause("label", { ...cats, missing: true }), { $or: [{ label: "cat" }, isMissing] });
  deepEqual(clause("label", { kind: "values", values: [], missing: true }), isMissing);
});

test("a chosen null is not a missing value", () => {
  deepEqual(
    clause("a", { kind: "values", values: [null], missing: false }),
    { $and: [{ a: null }, { a: { $exists: true } }] });
});

test("an object is compared as a whole, even if it looks like operators", () => {
  const choice: Choice = { kind: "values", values: [{ $gt: 1 }], missing: false };
  deepEqual(clause("a", choice), { a: { $eq: { $gt: 1 } } });
  deepEqual(clause("a", { kind: "values", values: [1, 2], missing: false }), { a: { $in: [1, 2] } });
});

test("times are literals, other texts are not", () => {
  deepEqual(literal("2009-02-25", true), { $date: "2009-02-25" });
  deepEqual(literal("2009-02-25", false), "2009-02-25");
  deepEqual(literalValue({ $date: "2009-02-25" }), "2009-02-25");
  const choice: Choice = { kind: "values", values: [{ $date: "2009" }], missing: false };
  deepEqual(clause("t", choice), { t: { $date: "2009" } });
});

test("a value that is chosen twice is not chosen", () => {
  const both = toggled(cats, "dog");
  deepEqual(both, { kind: "values", values: ["cat", "dog"], missing: false });
  deepEqual(toggled(both, "cat"), { kind: "values", values: ["dog"], missing: false });
  equal(toggled(cats, "cat"), undefined);
  equal(toggledMissing(toggledMissing(undefined)), undefined);
  equal(isChosen(toggled(undefined, 1), "1"), false);
  equal(isChosen(toggled(undefined, { a: [1] }), { a: [1] }), true);
});

test("choosing values of a property replaces its range", () => {
  deepEqual(toggled(wide, 640), { kind: "values", values: [640], missing: false });
  deepEqual(withChoice({ width: wide }, "width", undefined), {});
});
