/** The public surface of Ludus; all else is internal. The environment API itself is the package `gymnasium-js`. */

export * from "gymnasium-js";
export * from "./agents/index.js";
export * from "./envs/index.js";
export * from "./nets/index.js";
export * from "./replay/index.js";
export * from "./streams/index.js";
export * from "./tensors/index.js";
export * from "./training/index.js";
