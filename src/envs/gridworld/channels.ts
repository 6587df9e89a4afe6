import { colours, directions, ground, isAgent, occupant } from "./legend.js";

/** One plane of a symbolic observation. */
export interface Channel {
  readonly name: string;
  /** Whether a cell has a 1; `held` are the keys of an agent that stands there. */
  shows(ground: number, occupant: number, held: number): boolean;
}

export interface ChannelOptions {
  /** All letters that the maps may have. */
  letters: string;
  numAgents: number;
  /** Whether an agent's heading can be seen: four planes each instead of one. */
  headings: boolean;
  /** Whether views are turned with the agent, so that what points right on the map may be seen to point anywhere. */
  turned: boolean;
}

/**
 * The planes that tell apart whatever maps of these letters can show; floor is where none of them is set. An agent
 * that holds keys has their planes set too, so that the full view says all there is to know.
 */
export function channelsOf({ letters, numAgents, headings, turned }: ChannelOptions): Channel[] {
  const seen = turned ? widened(letters) : letters;
  const present = (some: string) => Array.from(some).some((letter) => seen.includes(letter));
  return [
    onGround("wall", ground.wall),
    ...channelTable.filter(([some]) => present(some)).map(([, channel]) => channel),
    ...Array.from({ length: numAgents }, (_, agent) => agentChannels(agent, numAgents, headings)).flat(),
  ];
}

/** Channels beside walls and agents, with the letters of which one must be present. */
const channelTable: readonly (readonly [letters: string, channel: Channel])[] = [
  ["GX", { name: "goal", shows: (code) => code === ground.goal || code === ground.decoy }],
  ["L", onGround("lava", ground.lava)],
  ["~", onGround("ice", ground.ice)],
  ["o+*", onGround("target", ground.target)],
  ["$*", occupiedBy("box", occupant.box)],
  ...directions.map((name, i) => ["^>v<"[i]!, onGround(`one-way ${name}`, ground.oneWay + i)] as const),
  ...colours.map((name, i) => ["rbyp"[i]!, keyChannel(name, i)] as const),
  ...colours.map((name, i) => ["RBYP"[i]!, onGround(`${name} door`, ground.door + i)] as const),
  ["(", onGround("left sign", ground.sign)],
  [")", onGround("right sign", ground.sign + 1)],
  ...Array.from(
    { length: 9 },
    (_, i) => [`${i + 1}`, onGround(`teleport ${i + 1}`, ground.teleport + i)] as const,
  ),
  ["?", occupiedBy("hazard", occupant.wanderer)],
  ...directions.map(
    (name, i) => ["|-"[i & 1]!, occupiedBy(`hazard moving ${name}`, occupant.patrol + i)] as const,
  ),
];

/** With the letters of the same things pointing elsewhere. */
function widened(letters: string): string {
  return letters + (/[\^>v<]/.test(letters) ? "^>v<" : "") + (/[-|]/.test(letters) ? "-|" : "");
}

function onGround(name: string, code: number): Channel {
  return { name, shows: (here) => here === code };
}

function occupiedBy(name: string, code: number): Channel {
  return { name, shows: (_, there) => there === code };
}

function keyChannel(colour: string, index: number): Channel {
  const isHeld = (there: number, held: number) => isAgent(there) && ((held >> index) & 1) === 1;
  return {
    name: `${colour} key`,
    shows: (here, there, held) => here === ground.key + index || isHeld(there, held),
  };
}

function agentChannels(agent: number, numAgents: number, headings: boolean): Channel[] {
  const name = numAgents === 1 ? "agent" : `agent ${agent + 1}`;
  const first = occupant.agent + 4 * agent;
  if (!headings) return [{ name, shows: (_, there) => there >= first && there < first + 4 }];
  return directions.map((direction, i) => occupiedBy(`${name} facing ${direction}`, first + i));
}
