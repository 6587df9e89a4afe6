import type { ContractPart, MakeRenderedEnv, PlayOptions } from "../testing/index.js";

/** Chance and clocks that do not come from a seed: what holds them, how it is called, and which of its functions. */
const sources: [holder: object, called: string, name: string][] = [
  [Math, "Math", "random"],
  [Date, "Date", "now"],
  [performance, "performance", "now"],
  [crypto, "crypto", "getRandomValues"],
  [crypto, "crypto", "randomUUID"],
];

/** The part of `check-env` that looks for chance from elsewhere than the environment's own generator. */
export function chancePart(makeEnv: MakeRenderedEnv, { steps = 200 }: PlayOptions): ContractPart {
  return {
    promise: "takes chance and time from nowhere but its generator",
    check() {
      const env = makeEnv();
      env.actionSpace.seed(0);
      const actions = Array.from({ length: steps }, () => env.actionSpace.sample());
      const used = watchSources(() => {
        env.reset({ seed: 0 });
        for (const action of actions) {
          const { terminated, truncated } = env.step(action);
          if (terminated || truncated) env.reset();
        }
      });
      if (used === null) return;
      throw new Error(
        `It calls ${used.called}${used.place}, so the same seed does not give the same episode; draw from rng instead, as in rng.random() or rng.integers(0, 6).`,
      );
    },
  };
}

/** What of the sources `work` calls first, and where; null if it calls none. */
function watchSources(work: () => void): { called: string; place: string } | null {
  let used: { called: string; place: string } | null = null;
  const originals = sources.map(
    ([holder, , name]) => Reflect.get(holder, name) as (...args: unknown[]) => unknown,
  );
  for (const [i, [holder, called, name]] of sources.entries()) {
    Reflect.set(holder, name, function watched(this: unknown, ...args: unknown[]) {
      used ??= { called: `${called}.${name}()`, place: placeOfCaller(new Error().stack) };
      return originals[i]!.apply(holder, args);
    });
  }
  try {
    work();
  } catch {
    // What else is wrong is for other parts to say.
  } finally {
    for (const [i, [holder, , name]] of sources.entries()) Reflect.set(holder, name, originals[i]);
  }
  return used;
}

/** Of a stack whose first line is the watcher, the file and line below it. */
function placeOfCaller(stack = ""): string {
  const [, , caller = ""] = stack.split("\n");
  const place = /\(?(?:file:\/\/)?(\/[^()]*:\d+):\d+\)?$/.exec(caller.trim());
  return place === null ? "" : ` at ${place[1]}`;
}
