import { deepEqual, equal, ok } from "node:assert/strict";
import { test } from "node:test";
import { FramePlayer, type Quality } from "../src/video/FramePlayer";

/** A server and a clock that do what they are told. */
class Stand {
  readonly asked: string[] = [];
  readonly closed: string[] = [];
  now = 0;
  private waiting: { name: string; give: () => void; fail: (error: Error) => void; signal: AbortSignal }[] = [];
  private callbacks: (() => void)[] = [];

  player(count: number, first = 0): FramePlayer<{ name: string; width: number; height: number; close: () => void }> {
    return new FramePlayer(count, first, {
      load: (number, quality, signal) => new Promise((give, fail) => {
        const name = `${number} ${quality}`;
        this.asked.push(name);
        this.waiting.push({
          name, signal, fail,
          give: () => give({ name, width: 100, height: 100, close: () => { this.closed.push(name); } }),
        });
      }),
      now: () => this.now,
      soon: (callback) => { this.callbacks.push(callback); },
      timeOf: (number) => number / 10,
    });
  }

  /** Answers the oldest request. */
  async answer(error?: Error): Promise<void> {
    const oldest = this.waiting.shift();
    if (error === undefined) oldest?.give();
    else oldest?.fail(error);
    for (let turn = 0; turn < 5; turn += 1) await Promise.resolve();
  }

  get isAborted(): boolean {
    return this.waiting[0]?.signal.aborted === true;
  }

  repaint(milliseconds: number): void {
    this.now += milliseconds;
    const callbacks = this.callbacks;
    this.callbacks = [];
    for (const callback of callbacks) callback();
  }
}

function state(shown: { number: number; quality: Quality } | undefined): readonly [number, Quality] | undefined {
  return shown === undefined ? undefined : [shown.number, shown.quality];
}

test("a frame comes as a draft, and then with its own pixels", async () => {
  const stand = new Stand();
  const player = stand.player(100, 40);
  player.start();
  await stand.answer();
  deepEqual(state(player.shown), [40, "draft"]);
  equal(player.isExact, false);
  await stand.answer();
  deepEqual(state(player.shown), [40, "exact"]);
  equal(player.isExact, true);
  deepEqual(stand.asked, ["40 draft", "40 exact"]);
});

test("who drags on does not wait for what was passed", async () => {
  const stand = new Stand();
  const player = stand.player(100);
  player.start();
  for (const frame of [10, 20, 30]) player.seek(frame);
  deepEqual(stand.asked, ["0 draft"]);
  await stand.answer();
  deepEqual(stand.asked, ["0 draft", "30 draft"]);
  await stand.answer();
  deepEqual(stand.asked[2], "30 exact");
  player.seek(31);
  equal(stand.isAborted, true);
  deepEqual(stand.asked[3], "31 draft");
});

test("a frame that was seen is shown at once", async () => {
  const stand = new Stand();
  const player = stand.player(100);
  player.start();
  await stand.answer();
  await stand.answer();
  player.step(1);
  await stand.answer();
  player.step(-1);
  deepEqual(state(player.shown), [0, "exact"]);
  equal(player.isExact, true);
});

test("steps end at both ends", () => {
  const stand = new Stand();
  const player = stand.player(3);
  player.step(-5);
  equal(player.wanted, 0);
  player.step(99);
  equal(player.wanted, 2);
});

test("playing keeps to the video's time and ends with its last frame", async () => {
  const stand = new Stand();
  const player = stand.player(20);
  player.start();
  await stand.answer();
  await stand.answer();
  player.play();
  for (let turn = 0; turn < 60 && player.isPlaying; turn += 1) {
    await stand.answer();
    stand.repaint(50);
    ok(player.wanted <= Math.floor(stand.now / 100 + 1e-9), `frame ${player.wanted} at ${stand.now} ms`);
  }
  equal(player.wanted, 19);
  equal(player.isPlaying, false);
  ok(stand.now >= 1900);
});

test("playing leaves out what comes too late", async () => {
  const stand = new Stand();
  const player = stand.player(100);
  player.start();
  await stand.answer();
  await stand.answer();
  player.play();
  stand.repaint(1000);
  // Nothing has come: the first frame stays, and the next one that is asked for is the one that is due.
  equal(player.wanted, 0);
  await stand.answer();
  stand.repaint(0);
  equal(stand.asked[stand.asked.length - 1], "10 draft");
  await stand.answer();
  stand.repaint(0);
  equal(player.wanted, 10);
});

test("twice as fast is twice as far", async () => {
  const stand = new Stand();
  const player = stand.player(100);
  player.start();
  await stand.answer();
  player.play(2);
  for (let turn = 0; turn < 10; turn += 1) {
    for (let answers = 0; answers < 3; answers += 1) await stand.answer();
    stand.repaint(100);
  }
  equal(player.wanted, 20);
});

test("a frame that cannot be shown says why, and the others are shown", async () => {
  const stand = new Stand();
  const player = stand.player(10, 4);
  player.start();
  await stand.answer(new Error("frame 4 is damaged"));
  equal(player.error?.message, "frame 4 is damaged");
  player.step(1);
  equal(player.error, undefined);
  await stand.answer();
  deepEqual(state(player.shown), [5, "draft"]);
  player.step(-1);
  equal(player.error?.message, "frame 4 is damaged");
  const before = stand.asked.length;
  await stand.answer();
  player.retry();
  equal(stand.asked.slice(before).includes("4 draft"), true);
});

test("playing goes on over a frame that cannot be shown", async () => {
  const stand = new Stand();
  const player = stand.player(10);
  player.start();
  await stand.answer();
  await stand.answer();
  player.play();
  for (let turn = 0; turn < 40 && player.isPlaying; turn += 1) {
    const isDamaged = stand.asked[stand.asked.length - 1] === "3 draft";
    await stand.answer(isDamaged ? new Error("damaged") : undefined);
    stand.repaint(50);
  }
  equal(player.wanted, 9);
});

test("what is kept has a limit, and what is thrown away is closed", async () => {
  const stand = new Stand();
  const player = stand.player(10_000);
  player.start();
  for (let frame = 0; frame < 5000; frame += 1) {
    player.seek(frame);
    await stand.answer();
  }
  ok(stand.closed.length > 1000);
  ok(!stand.closed.includes(`${player.shown!.number} ${player.shown!.quality}`));
});

test("what is closed asks for nothing more", async () => {
  const stand = new Stand();
  const player = stand.player(10);
  player.start();
  player.close();
  equal(stand.isAborted, true);
  await stand.answer();
  deepEqual(stand.asked, ["0 draft"]);
});
