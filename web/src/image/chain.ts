import type { Operation } from "../api/types";

/**
 * `chain`, operations joined by `&`, with one more at the place where its kind belongs.
 *
 * How a file is decoded stands first and what is made of the pixels last, each once. What is done to the
 * pixels stands between, in the order in which it was added.
 */
export function addOperation(chain: string, added: Operation, all: readonly Operation[]): string {
  const stages = new Map(all.map(({ name, stage }) => [name, stage]));
  const text = added.examples[0] ?? added.name;
  const steps = chain.split("&").map((step) => step.trim()).filter((step) => step !== "");
  const isOf = (stage: Operation["stage"]) => (step: string): boolean =>
    stages.get(step.split("=")[0]!) === stage;
  const decode = added.stage === "decode" ? [text] : steps.filter(isOf("decode"));
  const output = added.stage === "output" ? [text] : steps.filter(isOf("output"));
  const between = steps.filter((step) => !isOf("decode")(step) && !isOf("output")(step));
  return [...decode, ...between, ...(added.stage === "pixels" ? [text] : []), ...output].join("&");
}
