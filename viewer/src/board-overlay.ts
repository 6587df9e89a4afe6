import { BufferImageSource, Container, Graphics, Sprite, Texture } from "pixi.js";
import type { Inside, Stage, StateTable } from "../../src/viewer/protocol.js";
import { directionOf } from "./directions.js";
import type { Field, Scene, Shown, Size } from "./scenes/scene.js";

/** What is to be laid over the board. */
export interface OverlaySwitches {
  /** Where the value of the chosen action comes from. */
  saliency: boolean;
  /** The value of each state, and what is done there. */
  values: boolean;
}

/** Amber, which no board is full of. */
const glow = [255, 196, 77] as const;
const [least, most] = [0x3a5f9e, 0xf2b84b] as const;

/** Where on a board observations are to be found; null where they are not. */
export function fieldOf({ field, observed, size }: Scene): Field | null {
  if (field !== undefined) return field;
  return observed === "part" ? null : { x: 0, y: 0, ...size };
}

/** What goes on in the policy, drawn over a board. */
export class BoardOverlay {
  private readonly sprite = new Sprite({ anchor: 0.5 });
  /** The board, beyond which nothing is to be seen. */
  private readonly board = new Graphics();
  private readonly map = new Container({ visible: false });
  private readonly table = new Graphics({ visible: false });
  private source: BufferImageSource | null = null;
  private drawn: { shown: Shown; switches: OverlaySwitches } | null = null;

  constructor(private readonly stage: Stage) {
    this.map.addChild(this.sprite, this.board);
    this.map.mask = this.board;
  }

  draw(scene: Scene, shown: Shown & { inside: Inside | null }, switches: OverlaySwitches): void {
    const { net = null, table = null } = shown.inside ?? {};
    const field = fieldOf(scene);
    const saliency = switches.saliency && field !== null ? (net?.saliency ?? null) : null;
    this.map.visible = saliency?.shape.length === 2;
    this.table.visible = switches.values && table !== null && scene.cellOf !== undefined;
    // A scene may have thrown its parts away to draw another picture.
    if (this.table.visible || this.map.visible) scene.root.addChild(this.table, this.map);
    if (this.map.visible) this.place(field!, scene.size);
    if (this.drawn?.shown === shown && this.drawn.switches === switches) return;
    this.drawn = { shown, switches };
    if (this.map.visible) this.drawMap(saliency!.shape as [number, number], saliency!.data);
    if (this.table.visible) this.drawTable(table!, scene, shown);
  }

  private place({ x, y, width, height, quarters = 0 }: Field, board: Size): void {
    this.sprite.position.set(x + width / 2, y + height / 2);
    this.sprite.setSize(width, height);
    this.sprite.rotation = (quarters * Math.PI) / 2;
    this.board.clear().rect(0, 0, board.width, board.height).fill(0xffffff);
  }

  private drawMap([height, width]: [number, number], values: Float32Array): void {
    if (this.source?.width !== width || this.source.height !== height) {
      this.source?.destroy();
      this.source = new BufferImageSource({
        resource: new Uint8Array(width * height * 4),
        ...{ width, height, scaleMode: "nearest", alphaMode: "no-premultiply-alpha" },
      });
      this.sprite.texture = new Texture({ source: this.source });
    }
    const pixels = this.source.resource as Uint8Array;
    const max = values.reduce((greatest, value) => Math.max(greatest, value), 0);
    values.forEach((value, i) => {
      pixels.set(glow, i * 4);
      // Gradients are a little above 0 everywhere: what is faint is made fainter.
      pixels[i * 4 + 3] = max === 0 ? 0 : Math.round((value / max) ** 1.5 * 208);
    });
    this.source.update();
  }

  private drawTable({ start, values, actions }: StateTable, scene: Scene, shown: Shown): void {
    this.table.clear();
    const places = Array.from(values, (value, i) => ({
      value,
      cell: scene.cellOf!(start + i, shown),
      action: actions[i]!,
    })).filter(({ cell }) => cell !== null);
    const low = Math.min(...places.map(({ value }) => value));
    const span = Math.max(...places.map(({ value }) => value)) - low;
    for (const { value, cell, action } of places) {
      const { x, y } = cell!;
      const share = span === 0 ? 0 : (value - low) / span;
      this.table.rect(x, y, 1, 1).fill({ color: blend(share), alpha: 0.6 });
      if (action >= 0) this.drawAction(x + 0.5, y + 0.5, this.stage.actionNames[action]);
    }
  }

  /** An arrow, or a dot for what leads nowhere. */
  private drawAction(x: number, y: number, name: string | undefined): void {
    const direction = directionOf(name ?? "");
    const ink = 0xffffff;
    if (direction === null) {
      this.table.circle(x, y, 0.07).fill(ink);
      return;
    }
    const [dx, dy] = direction;
    const at = (along: number, across: number): [number, number] => [
      x + dx * along - dy * across,
      y + dy * along + dx * across,
    ];
    this.table.poly([...at(0.22, 0), ...at(-0.12, 0.14), ...at(-0.05, 0), ...at(-0.12, -0.14)]).fill(ink);
  }
}

function blend(share: number): number {
  const channel = (shift: number): number => {
    const [a, b] = [(least >> shift) & 255, (most >> shift) & 255];
    return Math.round(a + (b - a) * share) << shift;
  };
  return channel(16) | channel(8) | channel(0);
}
