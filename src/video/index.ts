/** Films of environments: the public surface of `video`. */

export { type ApngOptions, encodeApng } from "./apng.js";
export { writeVideo } from "./write-video.js";
