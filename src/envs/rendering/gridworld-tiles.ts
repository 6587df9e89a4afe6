import { ground, isDoor, isKey, isOneWay, isPatrol, isTeleport, occupant } from "../gridworld/legend.js";
import type { Colour } from "./colour.js";
import {
  disc,
  everywhere,
  type Layer,
  paintLayers,
  polygon,
  rectangle,
  ring,
  type Shape,
  stroke,
  turned,
  union,
} from "./shapes.js";

export interface TileOptions {
  /** Side in pixels. */
  tile: number;
  ground: number;
  occupant: number;
  /** Keys that an agent holds, bit by colour. */
  held: number;
  /** Whether agents have a heading to be seen. */
  turns: boolean;
}

const floorColour: Colour = [240, 236, 226];
const seamColour: Colour = [222, 216, 202];
const white: Colour = [255, 255, 255];
const dark: Colour = [45, 42, 50];

/** Of keys and doors: red, blue, yellow, purple. */
export const keyColours: readonly Colour[] = [
  [211, 62, 58],
  [52, 112, 214],
  [232, 178, 32],
  [142, 72, 180],
];

/** In which agents are told apart. */
export const agentColours: readonly Colour[] = [
  [30, 110, 190],
  [226, 120, 30],
  [40, 150, 90],
  [190, 60, 130],
  [90, 90, 200],
  [150, 120, 20],
  [20, 150, 160],
  [120, 70, 50],
];

const teleportColours: readonly Colour[] = [
  [0, 160, 170],
  [200, 70, 160],
  [90, 140, 40],
  [220, 110, 60],
  [80, 80, 190],
  [160, 130, 20],
  [120, 60, 160],
  [180, 50, 60],
  [60, 120, 110],
];

/** One colour that stands for each ground, for text. */
export function groundColour(code: number): Colour {
  if (isKey(code) || code === ground.floor) return floorColour;
  if (isDoor(code)) return keyColours[code - ground.door]!;
  if (isOneWay(code)) return [205, 214, 190];
  if (isTeleport(code)) return teleportColours[code - ground.teleport]!;
  return plainColours[code] ?? floorColour;
}

const plainColours: Readonly<Record<number, Colour>> = {
  [ground.wall]: [74, 80, 96],
  [ground.goal]: [98, 186, 110],
  [ground.decoy]: [98, 186, 110],
  [ground.lava]: [232, 96, 40],
  [ground.ice]: [190, 226, 244],
  [ground.target]: floorColour,
  [ground.sign]: floorColour,
  [ground.sign + 1]: floorColour,
};

/** `tile` x `tile` pixels, 3 bytes each. */
export function gridworldTile({ tile, ground: code, occupant: there, held, turns }: TileOptions): Uint8Array {
  return paintLayers([...groundLayers(code), ...occupantLayers(there, held, turns, code)], tile);
}

/** A cell that cannot be seen. */
export function hiddenTile(tile: number): Uint8Array {
  return paintLayers([[everywhere, [24, 24, 30]]], tile);
}

function groundLayers(code: number): Layer[] {
  const base: Layer = [everywhere, groundColour(code)];
  if (code === ground.wall) return [base, ...wallLayers];
  if (code === ground.lava) return [base, ...waves([252, 190, 70])];
  if (code === ground.ice) return [base, ...glints];
  const seam: Layer = [union(rectangle(0, 0.94, 1, 1), rectangle(0.94, 0, 1, 1)), seamColour];
  if (code === ground.goal || code === ground.decoy) return [base, seam, ...flag];
  if (code === ground.target) return [base, seam, [ring(0.5, 0.5, 0.2, 0.32), [210, 80, 70]]];
  if (isOneWay(code)) return [base, seam, [turned(chevrons, code - ground.oneWay), [96, 128, 64]]];
  if (isKey(code)) return [base, seam, [key, keyColours[code - ground.key]!]];
  if (isDoor(code)) return doorLayers(keyColours[code - ground.door]!);
  if (isTeleport(code)) return [base, ...swirl];
  if (code === ground.sign || code === ground.sign + 1)
    return [base, seam, ...signLayers(code - ground.sign)];
  return [base, seam];
}

function occupantLayers(code: number, held: number, turns: boolean, under: number): Layer[] {
  if (code === occupant.none) return [];
  if (code === occupant.box) return boxLayers(under === ground.target ? [120, 170, 80] : [176, 124, 70]);
  if (code === occupant.wanderer)
    return [[spikes, [120, 40, 130]], [disc(0.5, 0.5, 0.27), [170, 70, 180]], ...eyes];
  if (isPatrol(code)) {
    const pointer = turned(polygon([0.5, 0.04], [0.8, 0.4], [0.2, 0.4]), code - occupant.patrol);
    return [[pointer, [130, 20, 30]], [disc(0.5, 0.5, 0.32), [206, 40, 50]], ...eyes];
  }
  const [agent, heading] = [(code - occupant.agent) >> 2, (code - occupant.agent) & 3];
  return [...agentLayers(agentColours[agent]!, turns ? heading : null), ...heldLayers(held)];
}

const wallLayers: readonly Layer[] = [
  [union(rectangle(0, 0.44, 1, 0.52), rectangle(0, 0.92, 1, 1)), [56, 60, 74]],
  [union(rectangle(0.46, 0, 0.54, 0.48), rectangle(0.94, 0.48, 1, 1)), [56, 60, 74]],
];

function waves(colour: Colour): Layer[] {
  return [0.28, 0.62].map((height) => [
    (x, y) => Math.abs(y - height - 0.07 * Math.sin(2 * Math.PI * x)) < 0.06,
    colour,
  ]);
}

const glints: readonly Layer[] = [
  [union(stroke(0.2, 0.5, 0.5, 0.2, 0.09), stroke(0.5, 0.8, 0.8, 0.5, 0.09)), [228, 244, 252]],
];

const flag: readonly Layer[] = [
  [rectangle(0.3, 0.16, 0.38, 0.86), dark],
  [polygon([0.38, 0.16], [0.8, 0.34], [0.38, 0.52]), white],
];

const chevrons: Shape = union(
  stroke(0.24, 0.46, 0.5, 0.2, 0.12),
  stroke(0.5, 0.2, 0.76, 0.46, 0.12),
  stroke(0.24, 0.8, 0.5, 0.54, 0.12),
  stroke(0.5, 0.54, 0.76, 0.8, 0.12),
);

const key: Shape = union(
  ring(0.3, 0.4, 0.09, 0.2),
  stroke(0.48, 0.44, 0.84, 0.62, 0.12),
  stroke(0.7, 0.56, 0.64, 0.72, 0.1),
  stroke(0.82, 0.62, 0.76, 0.78, 0.1),
);

function doorLayers(colour: Colour): Layer[] {
  return [
    [everywhere, dark],
    [rectangle(0.1, 0.06, 0.9, 1), colour],
    [union(disc(0.68, 0.48, 0.09), rectangle(0.64, 0.5, 0.72, 0.68)), dark],
  ];
}

const swirl: readonly Layer[] = [
  [ring(0.5, 0.5, 0.3, 0.42), white],
  [disc(0.5, 0.5, 0.18), white],
];

function signLayers(side: number): Layer[] {
  const board = polygon([0.12, 0.36], [0.34, 0.14], [0.88, 0.14], [0.88, 0.58], [0.34, 0.58]);
  return [
    [rectangle(0.46, 0.5, 0.56, 0.92), dark],
    [side === 0 ? board : (x, y) => board(1 - x, y), [150, 108, 60]],
  ];
}

function boxLayers(colour: Colour): Layer[] {
  return [
    [rectangle(0.1, 0.1, 0.9, 0.9), [92, 62, 34]],
    [rectangle(0.18, 0.18, 0.82, 0.82), colour],
    [union(stroke(0.24, 0.24, 0.76, 0.76, 0.09), stroke(0.76, 0.24, 0.24, 0.76, 0.09)), [92, 62, 34]],
  ];
}

const spikes: Shape = (x, y) => {
  const angle = Math.atan2(y - 0.5, x - 0.5);
  return Math.hypot(x - 0.5, y - 0.5) < 0.34 + 0.1 * Math.cos(8 * angle);
};

const eyes: readonly Layer[] = [
  [union(disc(0.39, 0.45, 0.09), disc(0.61, 0.45, 0.09)), white],
  [union(disc(0.4, 0.46, 0.045), disc(0.62, 0.46, 0.045)), dark],
];

/** An arrowhead where there is a heading, else a figure of head and shoulders. */
function agentLayers(colour: Colour, heading: number | null): Layer[] {
  if (heading !== null) {
    return [
      [turned(polygon([0.5, 0.04], [0.92, 0.94], [0.08, 0.94]), heading), white],
      [turned(polygon([0.5, 0.18], [0.8, 0.86], [0.2, 0.86]), heading), colour],
    ];
  }
  const body: Shape = (x, y) => ((x - 0.5) / 0.3) ** 2 + ((y - 0.92) / 0.46) ** 2 < 1 && y < 0.92;
  const outline: Shape = (x, y) => ((x - 0.5) / 0.37) ** 2 + ((y - 0.96) / 0.54) ** 2 < 1 && y < 0.97;
  return [
    [union(outline, disc(0.5, 0.3, 0.27)), white],
    [body, colour],
    [disc(0.5, 0.3, 0.2), colour],
  ];
}

/** A dot for each key. */
function heldLayers(held: number): Layer[] {
  return keyColours.flatMap((colour, index): Layer[] =>
    (held >> index) & 1
      ? [
          [disc(0.2 + 0.2 * index, 0.84, 0.14), white],
          [disc(0.2 + 0.2 * index, 0.84, 0.1), colour],
        ]
      : [],
  );
}
