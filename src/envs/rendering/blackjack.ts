import type { RgbFrame } from "gymnasium-js";
import { Canvas } from "./canvas.js";
import { type Colour, coloured } from "./colour.js";

/** What is to be seen on the table. Cards by value, 1 is an ace. */
export interface BlackjackTable {
  player: Uint8Array;
  playerSum: number;
  hasUsableAce: boolean;
  /** The open cards; a hidden one follows while `dealerSum` is null. */
  dealer: Uint8Array;
  dealerSum: number | null;
  /** Of the dealer's first card: clubs, diamonds, hearts, spades; and of a 10 jack, queen or king. */
  dealerSuit: number;
  dealerFace: number;
  lastAction: string | undefined;
}

const tableColour: Colour = [7, 99, 36];
const railColour: Colour = [5, 74, 27];
const cardColour: Colour = [250, 250, 245];
const edgeColour: Colour = [60, 60, 60];
const backColour: Colour = [40, 70, 150];
const backDotColour: Colour = [150, 175, 235];
const black: Colour = [30, 30, 30];
const red: Colour = [200, 30, 45];
const white: Colour = [255, 255, 255];
/** Sums in which an ace counts 11. */
const gold: Colour = [255, 205, 60];

const suitNames = ["♣", "♦", "♥", "♠"] as const;
const suitColours = [black, red, red, black] as const;

/** The dealer's cards, the player's, and their sums. */
export function blackjackText(table: BlackjackTable): string {
  const { player, playerSum, hasUsableAce, dealer, dealerSum, dealerSuit, lastAction } = table;
  const dealerCards = [...dealer].map((value, i) =>
    i === 0
      ? coloured(` ${dealerLabel(table)}${suitNames[dealerSuit]} `, cardColour, suitColours[dealerSuit])
      : coloured(` ${label(value)} `, cardColour, black),
  );
  if (dealerSum === null) dealerCards.push(coloured(" ? ", backColour, backDotColour));
  const playerCards = [...player].map((value) => coloured(` ${label(value)} `, cardColour, black));
  return [
    lastAction === undefined ? "" : `  (${lastAction})`,
    `Dealer  ${dealerCards.join(" ")}`,
    `        ${dealerSum === null ? `shows ${dealer[0]}` : verdict(dealerSum)}`,
    `Player  ${playerCards.join(" ")}`,
    `        ${verdict(playerSum)}${hasUsableAce ? ", usable ace" : ""}`,
  ].join("\n");
}

function verdict(sum: number): string {
  return sum > 21 ? `${sum}, bust` : String(sum);
}

function label(value: number): string {
  return value === 1 ? "A" : String(value);
}

function dealerLabel({ dealer, dealerFace }: BlackjackTable): string {
  const value = dealer[0]!;
  return value === 10 ? "JQK"[dealerFace]! : label(value);
}

const width = 160;
const height = 112;
const cardWidth = 28;
const cardHeight = 42;
const firstCardX = 38;
/** From one card to the next, where there is room. */
const cardPitch = 31;

/** The dealer's cards above, the player's below; their sums beside them, golden with a usable ace. */
export function blackjackPicture(table: BlackjackTable): RgbFrame {
  const { player, playerSum, hasUsableAce, dealer, dealerSum, dealerSuit } = table;
  const canvas = new Canvas(width, height, tableColour);
  canvas.fillRect(0, 0, 32, height, railColour);
  canvas.fillRect(36, height / 2 - 1, width - 40, 1, railColour);

  const dealerX = spread(dealer.length + (dealerSum === null ? 1 : 0));
  [...dealer].forEach((value, i) => {
    if (i === 0) drawDealerCard(canvas, dealerX(i), { text: dealerLabel(table), suit: dealerSuit });
    else drawCard(canvas, dealerX(i), 7, label(value));
  });
  if (dealerSum === null) drawBack(canvas, dealerX(dealer.length), 7);
  drawSum(canvas, 20, {
    text: String(dealerSum ?? dealer[0]),
    colour: dealerSum === null ? backDotColour : white,
  });

  const playerX = spread(player.length);
  [...player].forEach((value, i) => {
    drawCard(canvas, playerX(i), 63, label(value));
  });
  drawSum(canvas, 76, { text: String(playerSum), colour: sumColour(playerSum, hasUsableAce) });
  return canvas;
}

function sumColour(sum: number, hasUsableAce: boolean): Colour {
  if (sum > 21) return [255, 120, 110];
  return hasUsableAce ? gold : white;
}

/** Where each of `count` cards lies: side by side, or overlapping where they are many. */
function spread(count: number): (card: number) => number {
  const room = width - 4 - firstCardX - cardWidth;
  const pitch = Math.min(cardPitch, room / Math.max(count - 1, 1));
  return (card) => firstCardX + Math.round(card * pitch);
}

function drawBlank(canvas: Canvas, x: number, y: number, colour: Colour): void {
  canvas.fillRect(x, y, cardWidth, cardHeight, edgeColour);
  canvas.fillRect(x + 1, y + 1, cardWidth - 2, cardHeight - 2, colour);
}

/** The value in the upper left corner, seen however many cards overlap, and large in the middle. */
function drawCard(canvas: Canvas, x: number, y: number, text: string): void {
  drawBlank(canvas, x, y, cardColour);
  drawText(canvas, text, { x: x + 3, y: y + 3, scale: 1, colour: black });
  drawText(canvas, text, { x: x + (cardWidth - textWidth(text, 3)) / 2, y: y + 15, scale: 3, colour: black });
}

function drawDealerCard(canvas: Canvas, x: number, { text, suit }: { text: string; suit: number }): void {
  const colour = suitColours[suit]!;
  drawBlank(canvas, x, 7, cardColour);
  drawText(canvas, text, { x: x + 3, y: 10, scale: 2, colour });
  drawGlyph(canvas, suits[suit]!, { x: x + 7, y: 28, scale: 2, colour });
}

function drawBack(canvas: Canvas, x: number, y: number): void {
  drawBlank(canvas, x, y, cardColour);
  canvas.fillRect(x + 3, y + 3, cardWidth - 6, cardHeight - 6, backColour);
  for (let row = 6; row < cardHeight - 6; row += 4) {
    for (let column = 6 + (row % 8 === 6 ? 0 : 2); column < cardWidth - 6; column += 4) {
      canvas.fillRect(x + column, y + row, 2, 2, backDotColour);
    }
  }
}

function drawSum(canvas: Canvas, y: number, { text, colour }: { text: string; colour: Colour }): void {
  drawText(canvas, text, { x: (32 - textWidth(text, 3)) / 2, y, scale: 3, colour });
}

interface Ink {
  x: number;
  y: number;
  /** Pixels per dot. */
  scale: number;
  colour: Colour;
}

function textWidth(text: string, scale: number): number {
  return (4 * text.length - 1) * scale;
}

function drawText(canvas: Canvas, text: string, ink: Ink): void {
  [...text].forEach((letter, i) => {
    drawGlyph(canvas, letters[letter]!, { ...ink, x: ink.x + 4 * i * ink.scale });
  });
}

function drawGlyph(canvas: Canvas, rows: readonly string[], { x, y, scale, colour }: Ink): void {
  rows.forEach((row, dy) => {
    [...row].forEach((dot, dx) => {
      if (dot === "#") canvas.fillRect(x + dx * scale, y + dy * scale, scale, scale, colour);
    });
  });
}

/** 3 x 5 dots. */
const letters: Readonly<Record<string, readonly string[]>> = {
  "0": ["###", "# #", "# #", "# #", "###"],
  "1": [" # ", "## ", " # ", " # ", "###"],
  "2": ["###", "  #", "###", "#  ", "###"],
  "3": ["###", "  #", " ##", "  #", "###"],
  "4": ["# #", "# #", "###", "  #", "  #"],
  "5": ["###", "#  ", "###", "  #", "###"],
  "6": ["###", "#  ", "###", "# #", "###"],
  "7": ["###", "  #", "  #", " # ", " # "],
  "8": ["###", "# #", "###", "# #", "###"],
  "9": ["###", "# #", "###", "  #", "###"],
  A: [" # ", "# #", "###", "# #", "# #"],
  J: ["  #", "  #", "  #", "# #", " # "],
  Q: [" # ", "# #", "# #", "###", " ##"],
  K: ["# #", "# #", "## ", "# #", "# #"],
};

/** 7 x 7 dots: clubs, diamonds, hearts, spades. */
const suits: readonly (readonly string[])[] = [
  ["  ###  ", "  ###  ", "### ###", "#######", "### ###", "   #   ", "  ###  "],
  ["   #   ", "  ###  ", " ##### ", "#######", " ##### ", "  ###  ", "   #   "],
  [" ## ## ", "#######", "#######", "#######", " ##### ", "  ###  ", "   #   "],
  ["   #   ", "  ###  ", " ##### ", "#######", "#######", "   #   ", "  ###  "],
];
