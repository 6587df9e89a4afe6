import type { Show } from "../show.js";

/** Nothing to watch: the server has the playground only, which plays by itself in the page. */
export const noShow: Show = {
  hello() {
    throw new Error("There is nothing to watch.");
  },
  next: () => null,
  handle: async () => null,
  onChange() {},
  watched() {},
  close() {},
};
