import type { Env } from "../env.js";
import { GymnasiumError } from "../errors.js";
import { box } from "../spaces/box.js";
import { Dict } from "../spaces/dict.js";
import type { Space } from "../spaces/space.js";
import { DoubleBuffer } from "./double-buffer.js";
import { ObservationWrapper } from "./observation-wrapper.js";
import { requirePicture, requirePictures } from "./rendered.js";

export interface AddRenderObservationOptions {
  /** Whether the picture is all there is to see; true by default. */
  renderOnly?: boolean;
  /** The picture's key beside the observation; "pixels" by default. */
  renderKey?: string;
  /** Key of an observation that is not itself a Dict; "state" by default. */
  obsKey?: string;
}

/**
 * Shows what the environment renders, `[height, width, 3]` of uint8, instead of its observation or beside it, in a Dict.
 * As in Gymnasium the environment is reset once to learn the size.
 *
 * @throws GymnasiumError `invalid-options` if the environment renders no pictures, or a key is taken; `invalid-env` if
 * the size of the picture changes
 */
export class AddRenderObservation<Observation, Action> extends ObservationWrapper<
  unknown,
  Action,
  Observation
> {
  private readonly pictures: DoubleBuffer<Uint8Array>;
  private readonly shown: DoubleBuffer<Record<string, unknown>>;
  private readonly renderOnly: boolean;
  private readonly renderKey: string;
  /** Null where observations are Dicts already. */
  private readonly obsKey: string | null;

  constructor(env: Env<Observation, Action>, options: AddRenderObservationOptions = {}) {
    const { renderOnly = true, renderKey = "pixels", obsKey = "state" } = options;
    requirePictures(env as Env<never, never>, "AddRenderObservation");
    env.reset();
    const { width, height, data } = requirePicture(env.render(), "AddRenderObservation");
    const pictureSpace = box({ low: 0, high: 255, shape: [height, width, 3], dtype: "uint8" });
    const space: Space<unknown> = env.observationSpace;
    const own = space instanceof Dict ? space : null;
    super(env, {
      observationSpace: renderOnly
        ? (pictureSpace as Space<unknown>)
        : joinedSpace(space, pictureSpace as Space<unknown>, { renderKey, obsKey }),
    });
    this.renderOnly = renderOnly;
    this.renderKey = renderKey;
    this.obsKey = own === null ? obsKey : null;
    this.pictures = new DoubleBuffer(() => new Uint8Array(data.length));
    this.shown = new DoubleBuffer(() => ({}));
  }

  protected transform(observation: Observation): unknown {
    const { data } = requirePicture(this.env.render(), "AddRenderObservation");
    const picture = this.pictures.next();
    if (data.length !== picture.length) {
      throw new GymnasiumError(
        "invalid-env",
        `AddRenderObservation: the picture has ${data.length} values, expected ${picture.length} as at first.`,
      );
    }
    picture.set(data);
    if (this.renderOnly) return picture;
    const shown = this.shown.next();
    if (this.obsKey !== null) shown[this.obsKey] = observation;
    else Object.assign(shown, observation);
    shown[this.renderKey] = picture;
    return shown;
  }
}

function joinedSpace(
  space: Space<unknown>,
  picture: Space<unknown>,
  { renderKey, obsKey }: { renderKey: string; obsKey: string },
): Space<unknown> {
  const taken = space instanceof Dict ? space.keys : [obsKey];
  if (taken.includes(renderKey)) {
    throw new GymnasiumError(
      "invalid-options",
      `AddRenderObservation: renderKey is "${renderKey}", which the observation has already; expected another key.`,
    );
  }
  if (!(space instanceof Dict)) return new Dict({ [obsKey]: space, [renderKey]: picture }) as Space<unknown>;
  const { sortKeys } = space;
  const pairs = space.keys.map((key) => [key, space.spaces[key]!] as const);
  const all = [[renderKey, picture] as const, ...pairs];
  return new Dict(sortKeys ? Object.fromEntries(all) : all, { sortKeys }) as Space<unknown>;
}
