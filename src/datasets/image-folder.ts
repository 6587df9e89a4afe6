import { existsSync, readdirSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { extname, join } from "node:path";
import { Generator } from "gymnasium-js";
import {
  type Augmentation,
  type Batch,
  type BatchSource,
  batchCount,
  type Conversion,
  checkConversion,
  checkPlace,
  convertInto,
  DataError,
  epochOrder,
} from "../supervised/data/index.js";
import { decodeImage, type RgbImage } from "./formats/image.js";
import { cropImage, resizeImage, shorterSideSize } from "./formats/resize.js";

/** Pictures of classes that lie as ImageNet's do: `root/train/cat/1.jpg`. */
export interface ImageFolder {
  classes: readonly string[];
  images: readonly { path: string; label: number }[];
}

const extensions = [".png", ".jpg", ".jpeg"];

/**
 * Lists the PNG and JPEG files of one split: a folder with one folder a class. Classes and files are in the order of
 * their names, by code unit.
 *
 * @throws {DataError} `missing-file` if the folder is not there, `one-class` for fewer than two classes, `empty-split` for
 * a class without a picture
 */
export function listImageFolder(split: string): ImageFolder {
  if (!existsSync(split)) {
    throw new DataError("missing-file", `There is no folder ${split}; it should hold one folder a class.`);
  }
  const classes = readdirSync(split, { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map(({ name }) => name)
    .sort();
  if (classes.length < 2) {
    throw new DataError(
      "one-class",
      `${split} has ${classes.length} folders of classes; a classifier needs at least two.`,
    );
  }
  const images = classes.flatMap((name, label) => {
    const files = readdirSync(join(split, name))
      .filter((file) => extensions.includes(extname(file).toLowerCase()))
      .sort();
    if (files.length === 0) {
      throw new DataError("empty-split", `${join(split, name)} has no .png, .jpg or .jpeg file.`);
    }
    return files.map((file) => ({ path: join(split, name, file), label }));
  });
  return { classes, images };
}

export interface ImageBatchesOptions {
  batchSize: number;
  /** Height and width of the images in a batch, in pixels. */
  side: number;
  /**
   * How an image comes to that size. `exact`: it has it, else it is refused. `centre` and `random`: its shorter side is
   * resized to `resizeTo`, and a square is cut out of the middle or from anywhere.
   */
  fit: "exact" | "centre" | "random";
  /** Shorter side before the cut, in pixels, at least `side`; default `side`. */
  resizeTo?: number;
  /** Default true. */
  shuffle?: boolean;
  seed: number;
  /** Default false. */
  dropLast?: boolean;
  /** Of levels 0 to 255; default `{ scale: 1 / 255 }`. */
  convert?: Conversion;
  /** After the conversion. */
  augment?: Augmentation;
}

/**
 * Batches that are read and decoded when they are asked for, so that the pictures need not fit into memory: `inputs`
 * float32 `[batch, side, side, 3]` and `targets` int32 `[batch]`. Pictures are not turned by what EXIF says of their orientation; turn
 * those of a camera that was held upright before (ImageMagick: `mogrify -auto-orient`). Each batch has arrays of its own; wrap the source in
 * `prefetch` to read ahead. Order and draws depend on the seed, epoch and batch only, as in `batchesOf`.
 *
 * @throws {DataError} `invalid-options`; of a batch, `corrupt-file` for a picture that cannot be decoded and `wrong-size`
 */
export function imageBatches({ images }: ImageFolder, options: ImageBatchesOptions): BatchSource {
  const { batchSize, side, shuffle = true, seed, dropLast = false } = options;
  const { convert = { scale: 1 / 255 }, augment, resizeTo = side } = options;
  if (!Number.isSafeInteger(side) || side < 1 || resizeTo < side) {
    throw new DataError(
      "invalid-options",
      `side must be a whole number of at least 1, and resizeTo at least that, but they are ${side} and ${resizeTo}.`,
    );
  }
  checkConversion("inputs", { data: new Uint8Array(0), shape: [side, side, 3] }, convert);
  const batches = batchCount(images.length, batchSize, dropLast);
  const orderOf = epochOrder(images.length, shuffle, seed);
  const batchOf = async (rows: Int32Array, rng: Generator): Promise<Batch> => {
    const inputs = new Float32Array(rows.length * side * side * 3);
    const read = await Promise.all(Array.from(rows, (row) => readFile(images[row]!.path)));
    read.forEach((bytes, i) => {
      const { path } = images[rows[i]!]!;
      const image = fitted(decodeImage(bytes, path), path, { ...options, resizeTo, rng });
      convertInto(image.data, convert, inputs.subarray(i * image.data.length, (i + 1) * image.data.length));
    });
    const shape = [rows.length, side, side, 3] as const;
    augment?.({ data: inputs, shape }, rng);
    const targets = Int32Array.from(rows, (row) => images[row]!.label);
    return {
      size: rows.length,
      fields: { inputs: { data: inputs, shape }, targets: { data: targets, shape: [rows.length] } },
    };
  };
  return {
    size: dropLast ? batches * batchSize : images.length,
    batchSize,
    batches,
    async batch(epoch, index) {
      checkPlace(epoch, index, batches);
      const rows = orderOf(epoch).slice(index * batchSize, (index + 1) * batchSize);
      return batchOf(rows, new Generator([seed, epoch, index]));
    },
  };
}

interface Fit {
  side: number;
  fit: ImageBatchesOptions["fit"];
  resizeTo: number;
  rng: Generator;
}

function fitted(image: RgbImage, path: string, { side, fit, resizeTo, rng }: Fit): RgbImage {
  const { height, width } = image;
  if (fit === "exact") {
    if (height === side && width === side) return image;
    throw new DataError(
      "wrong-size",
      `${path} is ${width} x ${height} pixels, but expected ${side} x ${side}; choose fit centre or random to resize it.`,
    );
  }
  const resized = resizeImage(image, shorterSideSize(image, resizeTo));
  const room = { down: resized.height - side, right: resized.width - side };
  if (fit === "centre") {
    return cropImage(resized, { top: Math.floor(room.down / 2), left: Math.floor(room.right / 2), side });
  }
  const top = rng.integers(0, room.down, { endpoint: true });
  return cropImage(resized, { top, left: rng.integers(0, room.right, { endpoint: true }), side });
}
