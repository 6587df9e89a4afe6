import { DataError, type Dataset, dataset } from "../../supervised/data/index.js";
import type { DataFile } from "../data-file.js";
import { parseCifar10 } from "../formats/cifar.js";
import { parseIdx } from "../formats/idx.js";
import { parseTar } from "../formats/tar.js";
import { type CatalogueEntry, type LoadedRows, type LoadOptions, reader } from "./entry.js";

const digits = Array.from({ length: 10 }, (_, digit) => String(digit));

const clothes = [
  "T-shirt/top",
  "Trouser",
  "Pullover",
  "Dress",
  "Coat",
  "Sandal",
  "Shirt",
  "Sneaker",
  "Bag",
  "Ankle boot",
] as const;

const mnistUrl = "https://ossci-datasets.s3.amazonaws.com/mnist";
const fashionUrl = "http://fashion-mnist.s3-website.eu-central-1.amazonaws.com";

/** Handwritten digits, 28 x 28; `inputs` uint8 `[28, 28, 1]`. */
export const mnist: CatalogueEntry<LoadedRows> = {
  name: "mnist",
  title: "handwritten digits, 28 x 28 grey, 10 classes",
  split: "official: 60,000 train, 10,000 test",
  licence: "none stated by its authors; CC BY-SA 3.0 according to the documentation of Keras",
  citation:
    "Y. LeCun, L. Bottou, Y. Bengio, P. Haffner: Gradient-based learning applied to document recognition, 1998",
  files: [
    idxFile(mnistUrl, "train-images", 9_912_422, {
      sha256: "440fcabf73cc546fa21475e81ea370265605f56be210a4024d2ca8f203523609",
    }),
    idxFile(mnistUrl, "train-labels", 28_881, {
      sha256: "3552534a0a558bbed6aed32b30c495cca23d567ec52cac8be1a0730e8010255c",
    }),
    idxFile(mnistUrl, "t10k-images", 1_648_877, {
      sha256: "8d422c7b0a1c1c79245a5bcf07fe86e33eeafee792b84584aec276f5a2dbc4e6",
    }),
    idxFile(mnistUrl, "t10k-labels", 4_542, {
      sha256: "f7ae60f92e00ec6debd23a6088c31dbd2371eca3ffa0defaefb259924204aec6",
    }),
  ],
  load: (options) => loadIdx(mnist, digits, options),
};

/** Pictures of clothes in MNIST's format; the checksums are the MD5 sums that its authors publish. */
export const fashionMnist: CatalogueEntry<LoadedRows> = {
  name: "fashion-mnist",
  title: "pictures of clothes, 28 x 28 grey, 10 classes",
  split: "official: 60,000 train, 10,000 test",
  licence: "MIT",
  citation: "H. Xiao, K. Rasul, R. Vollgraf: Fashion-MNIST, 2017, https://arxiv.org/abs/1708.07747",
  files: [
    idxFile(fashionUrl, "train-images", 26_421_880, { md5: "8d4fb7e6c68d591d4c3dfef9ec88bf0d" }),
    idxFile(fashionUrl, "train-labels", 29_515, { md5: "25c81989df183df01b3e8a0aad5dffbe" }),
    idxFile(fashionUrl, "t10k-images", 4_422_102, { md5: "bef4ecab320f06d8554ea6380940ec79" }),
    idxFile(fashionUrl, "t10k-labels", 5_148, { md5: "bb300cfdad3c16e7a12a480ee83cd310" }),
  ],
  load: (options) => loadIdx(fashionMnist, clothes, options),
};

const cifarCitation = "A. Krizhevsky: Learning multiple layers of features from tiny images, 2009";
const cifarLicence = "none stated; its page asks for the citation";

/** Small photographs; the checksum is the MD5 sum that its page publishes. `inputs` uint8 `[32, 32, 3]`. */
export const cifar10: CatalogueEntry<LoadedRows> = {
  name: "cifar10",
  title: "photographs, 32 x 32 colour, 10 classes",
  split: "official: 50,000 train, 10,000 test",
  licence: cifarLicence,
  citation: cifarCitation,
  files: [
    {
      name: "cifar-10-binary.tar.gz",
      url: "https://www.cs.toronto.edu/~kriz/cifar-10-binary.tar.gz",
      bytes: 170_052_171,
      checksum: { md5: "c32a1d4ab5d03f1284b67883e8d87530" },
    },
  ],
  load: ({ folder } = {}) => {
    const archive = "cifar-10-binary.tar.gz";
    return { kind: "rows", splits: cifar10OfArchive(reader(cifar10, folder)(archive), archive) };
  },
};

/** The first records of CIFAR-10, as the tests of Ludus use them. */
export const cifar10Subset: CatalogueEntry<LoadedRows> = {
  name: "cifar10-subset",
  title: "the first photographs of CIFAR-10, 32 x 32 colour, 10 classes",
  split: "the first 4,000 training and the first 1,000 test images, in the official order",
  licence: cifarLicence,
  citation: cifarCitation,
  origin:
    "the first 12,292,000 bytes of data_batch_1.bin and the first 3,073,000 of test_batch.bin in the archive that `ludus data get cifar10` gets, gzipped",
  files: [
    {
      name: "data_batch_subset.bin.gz",
      url: null,
      bytes: 11_349_652,
      checksum: { sha256: "d32c18318de59292af92f571821e2570d0ce4d63cf4b3de2570ee51bf268ee72" },
      unpacked: { sha256: "0993cf8b8e43bc207603aef9787006995746513f5e3fa5a52e06d1b069926330" },
    },
    {
      name: "test_batch_subset.bin.gz",
      url: null,
      bytes: 2_834_548,
      checksum: { sha256: "3d5e72c2623a79c57b916d8669b4cba52fa2984d04cb8cd7d256902adc743432" },
      unpacked: { sha256: "8314c96d7cd65618193bab23acdd5d4c4af15bf6dd00a1781d55beedf3be1ef5" },
    },
  ],
  load: ({ folder } = {}) => {
    const read = reader(cifar10Subset, folder);
    const [train, test] = ["data_batch_subset.bin.gz", "test_batch_subset.bin.gz"].map((name) =>
      parseCifar10([{ name, bytes: read(name) }]),
    );
    return { kind: "rows", splits: { train: train!, test: test! } };
  },
};

function idxFile(folder: string, part: string, bytes: number, checksum: DataFile["checksum"]): DataFile {
  const name = `${part}-${part.endsWith("images") ? "idx3" : "idx1"}-ubyte.gz`;
  return { name, url: `${folder}/${name}`, bytes, checksum };
}

function loadIdx(
  entry: CatalogueEntry<LoadedRows>,
  classes: readonly string[],
  { folder }: LoadOptions = {},
): LoadedRows {
  const read = reader(entry, folder);
  const splitOf = (part: string): Dataset => {
    const [images, labels] = [`${part}-images-idx3-ubyte.gz`, `${part}-labels-idx1-ubyte.gz`].map((name) =>
      parseIdx(read(name), name),
    );
    return dataset(
      {
        inputs: { data: images!.data, shape: [...images!.shape, 1] },
        targets: { data: Int32Array.from(labels!.data), shape: [] },
      },
      classes,
    );
  };
  return { kind: "rows", splits: { train: splitOf("train"), test: splitOf("t10k") } };
}

/**
 * The two splits in CIFAR-10's archive of binary files.
 * @throws {DataError} `corrupt-file` if one of its batches is missing
 */
export function cifar10OfArchive(archive: Uint8Array, name: string): LoadedRows["splits"] {
  const members = parseTar(archive, name);
  const batch = (file: string) => {
    const path = `cifar-10-batches-bin/${file}.bin`;
    const bytes = members.get(path);
    if (bytes === undefined) throw new DataError("corrupt-file", `${name} lacks ${path}.`);
    return { name: path, bytes };
  };
  return {
    train: parseCifar10([1, 2, 3, 4, 5].map((i) => batch(`data_batch_${i}`))),
    test: parseCifar10([batch("test_batch")]),
  };
}
