import { Container, Graphics } from "pixi.js";
import type { CartPoleState } from "../../../src/envs/index.js";
import { between, statesOf } from "./glide.js";
import { palette } from "./palette.js";
import type { Scene, Shown } from "./scene.js";

/** Units per metre. */
const metre = 100;
/** Metres from the middle at which the cart has left its track. */
const reach = 2.4;
const margin = 20;
const ground = 190;
/** Metres and radians that no step makes: the cart is another episode's. */
const jump = { x: 0.3, theta: 0.15 };

/** CartPole: cart and pole on a track that is as wide as the allowed positions. */
export class CartPoleScene implements Scene {
  readonly root = new Container();
  readonly size = { width: 2 * (reach * metre + margin), height: 230 };
  private readonly cart = new Container({ y: ground });
  private readonly pole = new Graphics();

  constructor() {
    const end = margin + 2 * reach * metre;
    const track = new Graphics()
      .roundRect(margin, ground - 1, end - margin, 2, 1)
      .fill(palette.steel)
      .roundRect(margin - 1.5, ground - 12, 3, 24, 1.5)
      .roundRect(end - 1.5, ground - 12, 3, 24, 1.5)
      .fill(palette.grave);
    const body = new Graphics().roundRect(-25, -14, 50, 26, 5).fill(palette.accent);
    this.pole.roundRect(-4, -104, 8, 108, 4).fill(palette.second);
    const axle = new Graphics().circle(0, 0, 5).fill(palette.dark);
    this.cart.addChild(body, this.pole, axle);
    this.root.addChild(track, this.cart);
  }

  draw(before: Shown | null, now: Shown, share: number): void {
    const [from, to] = statesOf<CartPoleState>(before, now);
    const jumps = Math.abs(to.x - from.x) > jump.x || Math.abs(to.theta - from.theta) > jump.theta;
    const at = jumps ? 1 : share;
    this.cart.x = margin + (reach + between(from.x, to.x, at)) * metre;
    this.pole.rotation = between(from.theta, to.theta, at);
  }
}
