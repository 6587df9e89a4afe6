import { Container, Graphics, Text } from "pixi.js";
import type { BlackjackState } from "../../../src/envs/index.js";
import { Artwork, Drawing } from "./artwork.js";
import { dealerShown, playerShown, type ShownHand } from "./blackjack-table.js";
import { between, statesOf } from "./glide.js";
import { palette } from "./palette.js";
import { cardWidth, PlayingCard } from "./playing-card.js";
import type { Scene, Shown } from "./scene.js";

const width = 1000;
const height = 640;
const firstCardX = 250;
/** From one card to the next, where there is room. */
const pitch = 166;
/** Where cards come from. */
const shoe = { x: width - 90, y: height / 2 };

const colours = { felt: 0x0a5a2c, line: 0x2f7f52, rail: 0x06401f, bust: 0xff9488, soft: 0xffcd3c };
const style = { fontFamily: "system-ui, sans-serif", fill: 0xbfe0cc, fontSize: 26 } as const;

const table = new Artwork(
  new Graphics()
    .roundRect(0, 0, width, height, 32)
    .fill(colours.rail)
    .roundRect(12, 12, width - 24, height - 24, 24)
    .fill(colours.felt)
    .roundRect(firstCardX - 90, height / 2 - 1, width - firstCardX + 40, 2, 1)
    .fill(colours.line),
);

/** Blackjack: the dealer's cards above, the player's below, and their sums; golden where an ace counts 11. */
export class BlackjackScene implements Scene {
  readonly root = new Container();
  readonly size = { width, height };
  private readonly dealer = new HandView("Dealer", 160);
  private readonly player = new HandView("Player", 480);

  constructor() {
    this.root.addChild(new Drawing(table), this.dealer, this.player);
  }

  draw(before: Shown | null, now: Shown, share: number): void {
    const [from, to] = statesOf<BlackjackState>(before, now);
    // A new deal lies there at once.
    const at = to.lastAction === -1 ? 1 : share;
    this.dealer.show(dealerShown(from), dealerShown(to), at);
    this.player.show(playerShown(from), playerShown(to), at);
  }
}

/** A row of cards with its name and sum. */
class HandView extends Container {
  private readonly cards: PlayingCard[] = [];
  private readonly sum = new Text({
    style: { ...style, fontSize: 84, fontWeight: "700" },
    resolution: 2,
    x: 48,
  });
  private readonly note = new Text({ style, resolution: 2, x: 48 });
  private readonly row = new Container();
  private said = "";

  /** @param middle of the cards, from above */
  constructor(
    name: string,
    private readonly middle: number,
  ) {
    super();
    this.sum.y = middle - 62;
    this.note.y = middle + 36;
    this.addChild(
      new Text({ text: name, style, resolution: 2, x: 50, y: middle - 92 }),
      this.sum,
      this.note,
      this.row,
    );
  }

  show(from: ShownHand, to: ShownHand, share: number): void {
    this.say(to);
    while (this.cards.length < to.cards.length) this.cards.push(this.row.addChild(new PlayingCard()));
    this.cards.forEach((card, i) => {
      const shown = to.cards[i];
      card.visible = shown !== undefined;
      if (shown === undefined) return;
      if (shown !== null) card.print(shown);
      const isNew = i >= from.cards.length;
      const start = isNew ? shoe : { x: placeOf(i, from.cards.length), y: this.middle };
      card.x = between(start.x, placeOf(i, to.cards.length), share);
      card.y = between(start.y, this.middle, share);
      const turns = isNew || from.cards[i] === null;
      card.turn(shown === null ? 0 : turns ? share : 1);
    });
  }

  /** Only what has changed: each change draws a text again. */
  private say({ sum, soft }: ShownHand): void {
    const said = `${sum} ${soft}`;
    if (said === this.said) return;
    this.said = said;
    const isBust = sum > 21;
    this.sum.text = String(sum);
    this.sum.style.fill = isBust ? colours.bust : soft ? colours.soft : palette.text;
    this.note.text = isBust ? "bust" : soft ? "usable ace" : "";
  }
}

/** The middle of a card of so many: side by side, or overlapping where they are many. */
function placeOf(card: number, count: number): number {
  const room = width - 48 - firstCardX - cardWidth;
  return firstCardX + cardWidth / 2 + card * Math.min(pitch, room / Math.max(count - 1, 1));
}
