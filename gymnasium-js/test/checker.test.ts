import { describe, expect, test } from "vitest";
import { checkEnv } from "../src/checker.js";
import type { Env, StepResult } from "../src/env.js";
import { GymnasiumError } from "../src/errors.js";
import { Generator } from "../src/seeding/generator.js";
import type { Space } from "../src/spaces/space.js";
import { Echo, errorOf, Walk } from "./tiny-envs.js";

function faultOf(env: unknown): string {
  const { code, message } = errorOf(() => checkEnv(env as Env));
  return `${code}: ${message}`;
}

/** A Walk whose step is changed afterwards. */
class ChangedStep extends Walk {
  constructor(private readonly change: (step: StepResult<Float32Array>) => object) {
    super();
  }

  override step(action: number): StepResult<Float32Array> {
    const step = super.step(action);
    return { ...step, ...this.change(step) };
  }
}

describe("checkEnv", () => {
  test("accepts environments that keep the rules, and closes them", () => {
    const walk = new Walk();
    checkEnv(walk as unknown as Env);
    expect(walk.closed).toBe(2);
    checkEnv(new Echo() as unknown as Env);
  });

  test("names the value and the index of an observation outside its space", () => {
    expect(faultOf(new ChangedStep(() => ({ observation: Float32Array.of(13, 1) })))).toBe(
      "invalid-observation: ChangedStep: step returned an observation outside its space Box([2], float32): Float32Array(2) [13, 1]: value 13 at index 0 is not within [0, 12].",
    );
  });

  test("names an observation of the wrong array type or length", () => {
    expect(faultOf(new ChangedStep(() => ({ observation: new Float64Array(2) })))).toContain(
      "expected a Float32Array of 2 values",
    );
    expect(faultOf(new ChangedStep(() => ({ observation: new Float32Array(3) })))).toContain(
      "it has 3 values, expected 2",
    );
  });

  test.each([Number.NaN, Number.POSITIVE_INFINITY, undefined, "1"])("refuses the reward %s", (reward) => {
    expect(faultOf(new ChangedStep(() => ({ reward })))).toMatch(
      /^invalid-reward: ChangedStep: step returned the reward .*, expected a finite number\.$/,
    );
  });

  test("refuses flags that are no booleans, and infos that are no objects", () => {
    expect(faultOf(new ChangedStep(() => ({ terminated: 1 })))).toContain(
      "terminated = 1, expected true or false",
    );
    expect(faultOf(new ChangedStep(() => ({ truncated: undefined })))).toContain(
      "truncated = undefined, expected true or false",
    );
    expect(faultOf(new ChangedStep(() => ({ info: null })))).toContain("the info null, expected an object");
  });

  test("refuses results that are none", () => {
    class OldApi extends Walk {
      override reset(): never {
        return super.reset().observation as never;
      }
    }
    expect(faultOf(new OldApi())).toContain("expected { observation, info }");
  });

  test("refuses a missing space, and one that does not contain its own samples", () => {
    class NoSpace extends Walk {
      override actionSpace = undefined as unknown as Space<number>;
    }
    expect(faultOf(new NoSpace())).toContain("The environment's actionSpace is undefined, expected a space");
    class WrongSample extends Walk {
      constructor() {
        super();
        this.actionSpace.sample = () => 7;
      }
    }
    expect(faultOf(new WrongSample())).toContain(
      "The actionSpace Discrete(2) does not contain its own sample 7",
    );
  });

  test("notices that a seed is ignored", () => {
    class IgnoresSeed extends Walk {
      override reset() {
        return super.reset();
      }
    }
    expect(faultOf(new IgnoresSeed())).toContain("left two different states of env.rng");
    class SameSeed extends Walk {
      override reset() {
        return super.reset({ seed: 1 });
      }
    }
    expect(faultOf(new SameSeed())).toContain("left the same state of env.rng");
  });

  test("notices randomness from elsewhere, at reset and in steps", () => {
    const elsewhere = new Generator(5);
    class RandomStart extends Walk {
      override reset(options?: { seed?: number }) {
        const result = super.reset(options);
        result.observation[0] = elsewhere.integers(0, 12);
        return result;
      }
    }
    expect(faultOf(new RandomStart())).toContain(
      "the same seed must give the same episode, so draw only from env.rng",
    );
    expect(faultOf(new ChangedStep(() => ({ reward: elsewhere.random() })))).toMatch(
      /Step 0 after reset\(\{ seed: 123 \}\) gave .* for the same actions: draw only from env\.rng/,
    );
  });

  test("notices an observation that the next call overwrites", () => {
    class OneBuffer extends Walk {
      private readonly only = new Float32Array(2);
      override observe(): Float32Array {
        this.only.set([this.position, this.steps]);
        return this.only;
      }
    }
    expect(faultOf(new OneBuffer())).toContain("Step 0 overwrote the observation of the call before");
  });

  test("notices a snapshot that forgets something; one that is refused is fine", () => {
    class ForgetsRng extends Walk {
      override restore(snapshot: object): void {
        super.restore({ ...snapshot, rng: new Generator(77).state });
      }
    }
    expect(faultOf(new ForgetsRng())).toContain("After restore(snapshot) step");
    class CannotBeSaved extends Walk {
      override snapshot(): never {
        throw new GymnasiumError("unsupported", "lives on another machine");
      }
    }
    checkEnv(new CannotBeSaved() as unknown as Env);
  });

  test("notices a picture of the wrong size, and a close that may not be repeated", () => {
    class WrongPicture extends Walk {
      override renderMode = "rgb_array" as const;
      override render(): never {
        return { width: 2, height: 2, data: new Uint8Array(4) } as never;
      }
    }
    expect(faultOf(new WrongPicture())).toContain(
      "expected { width, height, data } with width * height * 3 bytes",
    );
    expect(
      errorOf(() => checkEnv(new WrongPicture() as unknown as Env, { skipRenderCheck: true })).message,
    ).toBe("nothing was thrown");
    class CloseOnce extends Walk {
      override close(): void {
        super.close();
        if (this.closed > 1) throw new Error("already closed");
      }
    }
    expect(faultOf(new CloseOnce())).toContain('close() of a closed environment threw "already closed"');
  });
});
