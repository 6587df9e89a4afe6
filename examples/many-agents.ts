/**
 * An arena of one's own: two robots at the ends of a beam, which moves only if both pull the same way. One policy is learnt for
 * both; then it holds one end, and a script the other.
 */
import { defaultRng, discrete } from "gymnasium-js";
import {
  openRun,
  openRunPlayer,
  type Player,
  playGame,
  registerArenas,
  resolveConfig,
  type SimultaneousRules,
  train,
} from "ludus";

interface Beam {
  place: number;
}

const goal = 4;

const rules: SimultaneousRules<Beam> = {
  kind: "simultaneous",
  id: "Beam-v0",
  agents: ["robot_0", "robot_1"],
  observationSpace: () => discrete(goal + 1),
  actionSpace: () => discrete(2),
  actionNames: () => ["left", "right"],
  maxCycles: 20,
  init: () => ({ place: 0 }),
  step(state, actions, offset, _rng, { rewards, terminations, offset: at }) {
    const [one, other] = [actions[offset], actions[offset + 1]];
    if (one === other) state.place = Math.max(0, state.place + (one === 1 ? 1 : -1));
    const isThere = state.place === goal;
    rewards.fill(isThere ? 1 : -0.05, at, at + 2);
    if (isThere) terminations.fill(1, at, at + 2);
  },
  observe({ place }, _agent, out, offset) {
    out[offset] = place;
  },
};
registerArenas({ id: rules.id, summary: "two carry a beam", settings: {}, rules: () => rules as never });

const result = await train({
  config: resolveConfig({
    env: rules.id,
    steps: 8000,
    dqn: { net: { type: "mlp", hidden: [32] } },
    arena: { agentIds: false },
    evaluation: { finalEpisodes: 20 },
  }),
  runs: process.env["LUDUS_RUNS"] ?? "runs",
});
console.log(`both by what was learnt: ${result.evalReturnMean?.toFixed(2)} for each`);

const eager: Player<Beam> = { name: "eager", act: () => 1 };
const learnt = await openRunPlayer(openRun(result.run), { checkpoint: "best" });
const { returns, length } = playGame(rules, (agent) => (agent === 0 ? learnt.player : eager), defaultRng(1));
learnt.dispose();
console.log(`beside a script: ${returns[0]!.toFixed(2)} in ${length} steps`);
