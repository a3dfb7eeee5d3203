// What the tests use of Node: less than another package of declarations would be worth.
declare module "node:test" {
  export function test(name: string, body: () => void | Promise<void>): void;
}

declare module "node:assert/strict" {
  export function equal<Value>(actual: Value, expected: Value, message?: string): void;
  export function deepEqual<Value>(actual: Value, expected: Value, message?: string): void;
  export function ok(value: boolean, message?: string): void;
}
