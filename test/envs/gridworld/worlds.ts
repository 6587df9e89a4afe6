import { defaultRng, type RandomSource } from "gymnasium-js";
import {
  type GridMap,
  type GridState,
  type GridworldKwargs,
  type GridworldRules,
  gridworldRules,
} from "../../../src/envs/index.js";

// biome-ignore lint/suspicious/noControlCharactersInRegex: the escape character is what is looked for
const escapes = /\x1b\[[0-9;]*m/g;

/** Numbers of the moves. */
export const [up, right, down, left, stay] = [0, 1, 2, 3, 4];

/** A game on a map of one's own, without a price on steps unless one is given. */
export class World {
  readonly rules: GridworldRules;
  state: GridState;
  reward = 0;
  terminated = false;

  constructor(
    map: GridMap,
    kwargs: GridworldKwargs = {},
    private readonly rng: RandomSource = defaultRng(0),
  ) {
    this.rules = gridworldRules({ id: "Test-v0", map }, { stepReward: 0, ...kwargs });
    this.state = this.rules.init(rng, undefined, null);
  }

  /** Plays the actions and gives the map afterwards. */
  play(...actions: (number | readonly number[])[]): string[] {
    for (const action of actions) {
      const given = typeof action === "number" ? action : Int32Array.from(action);
      ({ reward: this.reward, terminated: this.terminated } = this.rules.step(this.state, given, this.rng));
    }
    return this.map;
  }

  /** One letter a cell: who stands there, else the ground. */
  get map(): string[] {
    const [, ...rows] = this.rules.renderAnsi!(this.state).replace(escapes, "").split("\n");
    return rows.map((row) => row.replace(/(.)./g, "$1").replaceAll(" ", "."));
  }

  get observation(): Uint8Array {
    const shape = this.rules.observationSpace.shape!;
    const out = new Uint8Array(shape.reduce((product, size) => product * size, 1));
    this.rules.observe(this.state, out, 0);
    return out;
  }

  /** One channel of the symbolic observation as rows of `.` and `1`. */
  plane(name: string): string[] {
    const { channels, observationSpace } = this.rules;
    const columns = observationSpace.shape!.at(-2)!;
    const channel = channels.indexOf(name);
    if (channel < 0) throw new Error(`There is no channel ${name} among ${channels.join(", ")}.`);
    const cells = this.observation
      .filter((_, i) => i % channels.length === channel)
      .reduce((text, bit) => text + ".1"[bit]!, "");
    return cells.match(new RegExp(`.{${columns}}`, "g"))!;
  }
}
