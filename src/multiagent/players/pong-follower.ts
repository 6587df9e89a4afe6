import type { PongState } from "../arenas/pong/state.js";
import type { Player } from "./player.js";

const [stay, up, down] = [0, 1, 2];

/** Keeps its paddle level with the ball, wherever that flies. */
export const pongFollower: Player<PongState> = {
  name: "follower",
  act({ ballY, paddles, paddleHeight }, agent) {
    const ahead = ballY - paddles[agent]!;
    if (Math.abs(ahead) < paddleHeight / 4) return stay;
    return ahead < 0 ? up : down;
  },
};
