import {
  defineEnv,
  discrete,
  type EnvRules,
  proceed,
  type RandomSource,
  terminate,
  tuple,
} from "gymnasium-js";
import { flag, type Kwargs, rejectUnknown } from "../kwargs.js";
import { type BlackjackTable, blackjackPicture, blackjackText } from "../rendering/blackjack.js";

export interface BlackjackHand {
  /** Values of the cards, in the order they came; 1 is an ace. Those from `cards` on are old ones. */
  values: Uint8Array;
  /** How many cards there are. */
  cards: number;
  /** All values together, aces as 1. */
  sum: number;
  hasAce: boolean;
}

export interface BlackjackState {
  player: BlackjackHand;
  /** The first card lies open. */
  dealer: BlackjackHand;
  /** Clubs, diamonds, hearts, spades, 0 to 3: to look at. */
  dealerSuit: number;
  /** Of an open card of 10, whether it is the jack, queen or king, 0 to 2: to look at. */
  dealerFace: number;
  /** 0 stick, 1 hit; -1 after a reset. */
  lastAction: number;
}

/** See `blackjackRules`. */
export interface BlackjackKwargs {
  natural?: boolean;
  sab?: boolean;
}

/** `[player's sum, dealer's open card, usable ace]` */
export type BlackjackObservation = [playerSum: number, dealerCard: number, usableAce: number];

const id = "Blackjack-v1";

export const blackjackActions = ["Stick", "Hit"] as const;

/** In a hand that one more card has bust: aces. */
const mostCards = 22;

/**
 * Gymnasium's Blackjack against a dealer who draws to 17, with an endless deck: hit (1) or stick (0). The reward at
 * the end is 1, 0 or -1 for a win, a draw and a loss. An ace counts 11 ("usable") where that does not bust the hand.
 *
 * R. S. Sutton, A. G. Barto, Reinforcement Learning: An Introduction (2nd ed., 2018), example 5.1.
 *
 * Keywords: `sab` (true, as Gymnasium registers it): as in the book, an ace and a ten as the first two cards win against
 * every other hand, and pay 1. `natural` (false), which counts only where `sab` is false: winning with such a hand pays 1.5.
 * @throws GymnasiumError `invalid-options` for keywords that are unknown or no booleans
 */
export function blackjackRules(
  kwargs: BlackjackKwargs = {},
): EnvRules<BlackjackState, BlackjackObservation, number> {
  rejectUnknown(id, kwargs as Kwargs, ["natural", "sab"]);
  const natural = flag(kwargs as Kwargs, "natural", false);
  const sab = flag(kwargs as Kwargs, "sab", true);

  return {
    id,
    observationSpace: tuple([discrete(32), discrete(11), discrete(2)]),
    actionSpace: discrete(blackjackActions.length),
    actionNames: blackjackActions,
    init(rng, _options, previous) {
      const state = previous ?? newState();
      const { player, dealer } = state;
      empty(dealer);
      empty(player);
      deal(dealer, rng);
      deal(dealer, rng);
      deal(player, rng);
      deal(player, rng);
      state.dealerSuit = rng.integers(0, 4);
      state.dealerFace = dealer.values[0] === 10 ? rng.integers(0, 3) : 0;
      state.lastAction = -1;
      return state;
    },
    step(state, action, rng) {
      const { player, dealer } = state;
      state.lastAction = action;
      if (action === 1) {
        deal(player, rng);
        return total(player) > 21 ? terminate(-1) : proceed(0);
      }
      while (total(dealer) < 17) deal(dealer, rng);
      const reward = Math.sign(score(player) - score(dealer));
      if (!isNatural(player)) return terminate(reward);
      if (sab) return terminate(isNatural(dealer) ? reward : 1);
      return terminate(natural && reward === 1 ? 1.5 : reward);
    },
    observe(state, out, offset) {
      out[offset] = total(state.player);
      out[offset + 1] = state.dealer.values[0]!;
      out[offset + 2] = hasUsableAce(state.player) ? 1 : 0;
    },
    renderAnsi: (state) => blackjackText(shown(state)),
    renderRgb: (state) => blackjackPicture(shown(state)),
  };
}

export const blackjack = defineEnv(id, blackjackRules);

function newState(): BlackjackState {
  const hand = () => ({ values: new Uint8Array(mostCards), cards: 0, sum: 0, hasAce: false });
  return { player: hand(), dealer: hand(), dealerSuit: 0, dealerFace: 0, lastAction: -1 };
}

function empty(hand: BlackjackHand): void {
  hand.cards = 0;
  hand.sum = 0;
  hand.hasAce = false;
}

function deal(hand: BlackjackHand, rng: RandomSource): void {
  // Of thirteen ranks, the ten and the three faces count 10.
  const rank = rng.integers(0, 13);
  const value = rank < 9 ? rank + 1 : 10;
  hand.values[hand.cards++] = value;
  hand.sum += value;
  if (value === 1) hand.hasAce = true;
}

/** What there is to see: the dealer's second card only once the player has had enough. */
function shown(state: BlackjackState): BlackjackTable {
  const { player, dealer, dealerSuit, dealerFace, lastAction } = state;
  const isOpen = lastAction === 0;
  return {
    player: player.values.subarray(0, player.cards),
    playerSum: total(player),
    hasUsableAce: hasUsableAce(player),
    dealer: dealer.values.subarray(0, isOpen ? dealer.cards : 1),
    dealerSum: isOpen ? total(dealer) : null,
    dealerSuit,
    dealerFace,
    lastAction: blackjackActions[lastAction],
  };
}

/** Whether an ace can count 11. */
function hasUsableAce({ sum, hasAce }: BlackjackHand): boolean {
  return hasAce && sum <= 11;
}

/** The hand's value, above 21 if it is bust. */
function total(hand: BlackjackHand): number {
  return hasUsableAce(hand) ? hand.sum + 10 : hand.sum;
}

/** A bust hand counts nothing. */
function score(hand: BlackjackHand): number {
  const value = total(hand);
  return value > 21 ? 0 : value;
}

/** An ace and a ten, and no more. */
function isNatural({ sum, cards, hasAce }: BlackjackHand): boolean {
  return cards === 2 && sum === 11 && hasAce;
}
