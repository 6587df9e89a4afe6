import { z } from "zod";

export const count = z.int().min(0);
export const positive = z.int().min(1);

export const stack = positive.max(16).default(1).describe("frames stacked into one observation");

/** Shares of a run of so many environment steps, at most so much and at least one step. */
export type Share = (fraction: number, most?: number) => number;
