import { keyName, keysOf } from "../keys.js";
import { hello, human, status } from "../model.js";

const controls: readonly [string, string][] = [
  ["space", "play or pause"],
  ["← →", "a step back or on"],
  ["N", "next episode"],
  ["T", "take over"],
];

/** Which key does what; while a person plays, the actions. */
export function Keys() {
  const names = hello.value?.stage.human?.names ?? [];
  const playing = status.value?.playing === true;
  const keys = keysOf(names);
  const rows: readonly (readonly [string, string])[] = human.value
    ? [
        ...names.map((name, i) => [keyName(keys[i]!), name] as const),
        ["space", "play or pause"],
        ["T", "hand back"],
      ]
    : controls;
  return (
    <section class="panel">
      <h2>Keys</h2>
      {human.value && (
        <p class="quiet">{playing ? "Hold a key: it counts at every step." : "Each key makes one step."}</p>
      )}
      <dl class="keys">
        {rows.map(([key, what]) => (
          <div key={what}>
            <dt>
              <kbd>{key}</kbd>
            </dt>
            <dd>{what}</dd>
          </div>
        ))}
      </dl>
    </section>
  );
}
