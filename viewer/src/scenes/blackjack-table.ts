import type { BlackjackHand, BlackjackState } from "../../../src/envs/index.js";

/** An open card. */
export interface ShownCard {
  /** What stands on it. */
  text: string;
  /** Clubs, diamonds, hearts, spades, 0 to 3; null where only the value is known. */
  suit: number | null;
}

/** A hand as it is to be seen. */
export interface ShownHand {
  /** Null for one that lies face down. */
  cards: (ShownCard | null)[];
  /** Of the cards that are open. */
  sum: number;
  /** Whether an ace counts 11 in it. */
  soft: boolean;
}

const stick = 0;

/** The dealer's second card lies face down, and the others are not drawn, until the player sticks. */
export function dealerShown({ dealer, dealerSuit, dealerFace, lastAction }: BlackjackState): ShownHand {
  const isOpen = lastAction === stick;
  const open = isOpen
    ? dealer
    : { ...dealer, cards: 1, sum: dealer.values[0]!, hasAce: dealer.values[0] === 1 };
  const hand = shown(open);
  const first = dealer.values[0] === 10 ? "JQK"[dealerFace]! : label(dealer.values[0]!);
  hand.cards[0] = { text: first, suit: dealerSuit };
  if (!isOpen) hand.cards.push(null);
  return hand;
}

export function playerShown({ player }: BlackjackState): ShownHand {
  return shown(player);
}

function shown({ values, cards, sum, hasAce }: BlackjackHand): ShownHand {
  const soft = hasAce && sum <= 11;
  return {
    cards: Array.from(values.subarray(0, cards), (value) => ({ text: label(value), suit: null })),
    sum: soft ? sum + 10 : sum,
    soft,
  };
}

function label(value: number): string {
  return value === 1 ? "A" : String(value);
}
