import { namePlayer, type Player } from "../../multiagent/index.js";
import { decodeSafetensors, type NamedArrays } from "../../tensors/index.js";
import { findCheckpoint, type Pointer, readCheckpoint } from "../checkpoint.js";
import { LudusError } from "../errors.js";
import type { RunFolder } from "../run-folder.js";
import { openPolicy } from "../stored-policy.js";
import { rulesOfRun } from "./config.js";
import { frozenPlayers } from "./env-maker.js";
import { selvesOf } from "./league.js";
import { seatPlayer, seatPolicy } from "./seat-policy.js";

/** What a run has learnt, on a seat of its arena. */
export interface RunPlayer {
  /** By which `make` finds it as `others`, until it is disposed of. */
  name: string;
  player: Player;
  dispose(): void;
}

/**
 * Lets a run's checkpoint play seats of its arena: by values greedily (but for `evaluation.epsilon`), or as its policy draws. As
 * "league" it plays the average of its past selves: each action is that of one of them, drawn for it.
 *
 * @throws LudusError `unsupported` for runs of environments of one agent, or of one that acts for all, or without a league
 */
export async function openRunPlayer(
  run: RunFolder,
  { checkpoint }: { checkpoint: Pointer | number | "league" },
): Promise<RunPlayer> {
  const isLeague = checkpoint === "league";
  const { agent, config, step, dispose } = await openPolicy(run, {
    checkpoint: isLeague ? "last" : checkpoint,
  });
  try {
    const { arena } = config;
    if (arena === undefined) {
      throw new LudusError(
        "unsupported",
        `${run.path} is of ${config.env}, which has no other seats to play.`,
      );
    }
    const inArena = { ...config, arena };
    const rules = rulesOfRun(inArena);
    const policy = seatPolicy(agent, inArena);
    const name = `${run.manifest.id}@${isLeague ? checkpoint : step}`;
    const one = seatPlayer(name, { policy, rules, epsilon: config.evaluation.epsilon });
    const player = isLeague ? averaged(one, readSelves(run), (self) => agent.restoreWeights(self)) : one;
    // Who was frozen in the training plays on as there.
    const frozen = frozenPlayers(inArena, rules);
    const seated: Player = {
      name,
      act: (state, agent, rng) => (frozen.get(agent) ?? player).act(state, agent, rng),
    };
    const forget = namePlayer(name, () => seated);
    return {
      name,
      player: seated,
      dispose: () => {
        forget();
        dispose();
      },
    };
  } catch (error) {
    dispose();
    throw error;
  }
}

function readSelves(run: RunFolder): readonly NamedArrays[] {
  const step = findCheckpoint(run.path, "last");
  const files = readCheckpoint(run.path, step, ["league.safetensors"]);
  return [...selvesOf(decodeSafetensors(files["league.safetensors"])).values()];
}

/** Acts as one of several would, drawn for each action. @param become takes over what one of them has learnt */
function averaged<Self>(player: Player, selves: readonly Self[], become: (self: Self) => void): Player {
  return {
    name: player.name,
    act(state, agent, rng) {
      become(selves[rng.integers(0, selves.length)]!);
      return player.act(state, agent, rng);
    },
  };
}
