import { Container, Graphics } from "pixi.js";
import type { Scene, Shown } from "./scene.js";

interface CartPole {
  x: number;
  theta: number;
}

/** Metres from the middle at which the cart has left its track. */
const reach = 2.4;

/** CartPole as a drawing: the track as wide as the allowed positions, one metre being one unit. */
export class CartPoleScene implements Scene {
  readonly root = new Container();
  readonly size = { width: 2 * reach + 0.4, height: 2.4 };
  private readonly cart = new Container();
  private readonly pole = new Graphics();

  constructor() {
    const ground = 1.9;
    const track = new Graphics()
      .rect(0.2, ground - 0.01, 2 * reach, 0.02)
      .fill(0x5c6880)
      .rect(0.2, ground - 0.1, 0.03, 0.2)
      .rect(0.2 + 2 * reach - 0.03, ground - 0.1, 0.03, 0.2)
      .fill(0xe0637a);
    const body = new Graphics().roundRect(-0.25, -0.14, 0.5, 0.26, 0.05).fill(0x5cc8ff);
    this.pole.roundRect(-0.04, -1.04, 0.08, 1.08, 0.04).fill(0xf2b84b);
    const axle = new Graphics().circle(0, 0, 0.05).fill(0x12161f);
    this.cart.y = ground;
    this.cart.addChild(body, this.pole, axle);
    this.root.addChild(track, this.cart);
  }

  draw(before: Shown | null, now: Shown, share: number): void {
    const to = now.state as CartPole;
    const from = before === null ? to : (before.state as CartPole);
    const between = (a: number, b: number): number => a + (b - a) * share;
    this.cart.x = 0.2 + reach + between(from.x, to.x);
    this.pole.rotation = between(from.theta, to.theta);
  }
}
