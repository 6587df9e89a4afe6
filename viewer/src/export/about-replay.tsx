import { hello, status } from "../model.js";

const ends = { terminated: "over", truncated: "cut by its time limit" } as const;

/** Whose episode a replay is, how it came out, and what can be done with it. */
export function AboutReplay() {
  const [branch] = status.value?.branches ?? [];
  if (branch === undefined) return null;
  const { player, seed, length, return: total, ended } = branch;
  const options = Object.entries(hello.value!.stage.envOptions);
  const facts: readonly (readonly [string, string])[] = [
    ["played by", player],
    ["seed", String(seed)],
    ["return", String(Number(total.toFixed(3)))],
    ["length", `${length.toLocaleString("en")} steps, ${ended === null ? "goes on" : ends[ended]}`],
    ...options.map(([name, value]) => [name, JSON.stringify(value)] as const),
  ];
  return (
    <section class="panel">
      <h2>This episode</h2>
      <dl class="facts">
        {facts.map(([name, value]) => (
          <div key={name}>
            <dt>{name}</dt>
            <dd>{value}</dd>
          </div>
        ))}
      </dl>
      <p class="quiet">Keys: space plays and pauses, ← and → go a step, Home and End to either end.</p>
    </section>
  );
}
