import { Generator } from "gymnasium-js";
import { type Dataset, dataset, stratifiedRows, takeRows } from "../../supervised/data/index.js";
import { type CsvTable, classColumn, parseCsv } from "../formats/csv.js";
import { fillMedians, numericTable } from "../formats/numeric-table.js";
import { type CatalogueEntry, type LoadedRows, reader } from "./entry.js";

const uci = "https://archive.ics.uci.edu/ml/machine-learning-databases";
const testShare = [0.8, 0.2];

/** Digits of 8 x 8 pixels, levels 0 to 16; `inputs` float32 `[8, 8, 1]`. */
export const optdigits: CatalogueEntry<LoadedRows> = {
  name: "optdigits",
  title: "handwritten digits, 8 x 8 grey, 10 classes",
  split: "official: 3,823 train (30 writers), 1,797 test (13 other writers)",
  licence: "CC BY 4.0",
  citation: "E. Alpaydin, C. Kaynak: Optical recognition of handwritten digits, UCI, 1998",
  files: [
    {
      name: "optdigits.tra",
      url: `${uci}/optdigits/optdigits.tra`,
      bytes: 563_639,
      checksum: { sha256: "e1b683cc211604fe8fd8c4417e6a69f31380e0c61d4af22e93cc21e9257ffedd" },
    },
    {
      name: "optdigits.tes",
      url: `${uci}/optdigits/optdigits.tes`,
      bytes: 264_712,
      checksum: { sha256: "6ebb3d2fee246a4e99363262ddf8a00a3c41bee6014c373ed9d9216ba7f651b8" },
    },
  ],
  load: ({ folder } = {}) => {
    const read = reader(optdigits, folder);
    const [train, test] = ["optdigits.tra", "optdigits.tes"].map((file) => digitsOf(read(file), file));
    return { kind: "rows", splits: { train: train!, test: test! } };
  },
};

const irisColumns = ["sepal length", "sepal width", "petal length", "petal width"];
const irisClasses = ["Iris-setosa", "Iris-versicolor", "Iris-virginica"];

/** Three kinds of iris by four lengths in cm; `inputs` float32 `[4]`. */
export const iris: CatalogueEntry<LoadedRows> = {
  name: "iris",
  title: "iris plants by 4 lengths, 3 classes",
  split: "not official: 120 train, 30 test, as many of each class, drawn from the seed",
  licence: "CC BY 4.0",
  citation: "R. A. Fisher: The use of multiple measurements in taxonomic problems, 1936",
  files: [
    {
      name: "iris.data",
      url: `${uci}/iris/iris.data`,
      bytes: 4_551,
      checksum: { sha256: "6f608b71a7317216319b4d27b4d9bc84e6abd734eda7872b71a458569e2656c0" },
    },
  ],
  load: ({ folder, seed = 0 } = {}) => {
    const file = "iris.data";
    const columns = [...irisColumns, "class"];
    const table = parseCsv(reader(iris, folder)(file), file, { columns });
    const all = classified(table, { inputs: irisColumns, targets: "class", classes: irisClasses });
    return splitByClass(all, seed);
  },
};

const wdbcFeatures = [
  "radius",
  "texture",
  "perimeter",
  "area",
  "smoothness",
  "compactness",
  "concavity",
  "concave points",
  "symmetry",
  "fractal dimension",
];
const wdbcColumns = ["mean", "error", "worst"].flatMap((of) => wdbcFeatures.map((name) => `${of} ${name}`));

/** Breast tumours by 30 measures of cell nuclei; malignant is class 0, as in scikit-learn. `inputs` float32 `[30]`. */
export const wdbc: CatalogueEntry<LoadedRows> = {
  name: "wdbc",
  title: "breast tumours by 30 measures, 2 classes",
  split: "not official: 456 train, 113 test, as many of each class, drawn from the seed",
  licence: "CC BY 4.0",
  citation: "W. H. Wolberg, W. N. Street, O. L. Mangasarian: Breast cancer Wisconsin (diagnostic), UCI, 1995",
  files: [
    {
      name: "wdbc.data",
      url: `${uci}/breast-cancer-wisconsin/wdbc.data`,
      bytes: 124_103,
      checksum: { sha256: "d606af411f3e5be8a317a5a8b652b425aaf0ff38ca683d5327ffff94c3695f4a" },
    },
  ],
  load: ({ folder, seed = 0 } = {}) => {
    const file = "wdbc.data";
    const columns = ["id", "diagnosis", ...wdbcColumns];
    const table = parseCsv(reader(wdbc, folder)(file), file, { columns });
    const all = classified(table, { inputs: wdbcColumns, targets: "diagnosis", classes: ["M", "B"] });
    return splitByClass({ ...all, classes: ["malignant", "benign"] }, seed);
  },
};

const housingColumns = [
  "longitude",
  "latitude",
  "housing_median_age",
  "total_rooms",
  "total_bedrooms",
  "population",
  "households",
  "median_income",
];
const proximities = ["<1H OCEAN", "INLAND", "NEAR OCEAN", "NEAR BAY", "ISLAND"];

/**
 * House prices: `inputs` float32 `[13]`, eight numbers and one column for each ocean proximity; `targets` float32 `[1]`,
 * the median house value in USD. Missing bedrooms become the median of the training rows.
 */
export const californiaHousing: CatalogueEntry<LoadedRows> = {
  name: "california-housing",
  title: "house values of 20,640 districts by 9 measures, regression",
  split: "not official: 80 % train, 20 % test, stratified by income (as A. Geron does), drawn from the seed",
  licence: "Apache-2.0 (the repository); nothing separate is stated of the data",
  citation: "R. K. Pace, R. Barry: Sparse spatial autoregressions, 1997; this copy by A. Geron",
  files: [
    {
      name: "housing.csv",
      url: "https://raw.githubusercontent.com/ageron/handson-ml2/aa555aa16b9d0af6c84e67c7757f3317d05acb12/datasets/housing/housing.csv",
      bytes: 1_423_529,
      checksum: { sha256: "8a3727f4cf54ac1a327f69b1d5b4db54c5834ea81c6e4efc0d163300022a685e" },
    },
  ],
  load: ({ folder, seed = 0 } = {}) => {
    const file = "housing.csv";
    const table = parseCsv(reader(californiaHousing, folder)(file), file);
    const numbers = numericTable(table, { columns: housingColumns, missing: "median" });
    const income = housingColumns.indexOf("median_income");
    const strata = table.rows.map((_, row) =>
      incomeStratum(numbers.values[row * housingColumns.length + income]!),
    );
    const [train, test] = stratifiedRows(strata, testShare, new Generator(seed));
    fillMedians(numbers, train!);
    const proximity = classColumn(table, "ocean_proximity", proximities);
    const values = numericTable(table, { columns: ["median_house_value"], missing: "error" }).values;
    const all = dataset({
      inputs: {
        data: withOneHot(numbers.values, housingColumns.length, proximity),
        shape: [housingColumns.length + proximities.length],
      },
      targets: { data: values, shape: [1] },
    });
    return { kind: "rows", splits: { train: takeRows(all, train!), test: takeRows(all, test!) } };
  },
};

function digitsOf(bytes: Uint8Array, file: string): Dataset {
  const pixels = Array.from({ length: 64 }, (_, i) => `pixel ${i}`);
  const classes = Array.from({ length: 10 }, (_, digit) => String(digit));
  const table = parseCsv(bytes, file, { columns: [...pixels, "digit"] });
  const { inputs, targets } = classified(table, { inputs: pixels, targets: "digit", classes }).fields;
  return dataset({ inputs: { data: inputs!.data, shape: [8, 8, 1] }, targets: targets! }, classes);
}

function classified(
  table: CsvTable,
  { inputs, targets, classes }: { inputs: readonly string[]; targets: string; classes: readonly string[] },
): Dataset {
  const { values } = numericTable(table, { columns: inputs, missing: "error" });
  const labels = classColumn(table, targets, classes);
  return dataset(
    { inputs: { data: values, shape: [inputs.length] }, targets: { data: labels, shape: [] } },
    classes,
  );
}

function splitByClass(all: Dataset, seed: number): LoadedRows {
  const labels = all.fields["targets"]!.data;
  const [train, test] = stratifiedRows(labels, testShare, new Generator(seed));
  return { kind: "rows", splits: { train: takeRows(all, train!), test: takeRows(all, test!) } };
}

/** Bands of 1.5 (15,000 USD), the last without an end (A. Geron, Hands-on machine learning, chapter 2). */
function incomeStratum(income: number): number {
  return Math.min(4, Math.ceil(income / 1.5) - 1);
}

function withOneHot(values: Float32Array, width: number, labels: Int32Array): Float32Array {
  const wide = width + proximities.length;
  const out = new Float32Array(labels.length * wide);
  labels.forEach((label, row) => {
    out.set(values.subarray(row * width, (row + 1) * width), row * wide);
    out[row * wide + width + label] = 1;
  });
  return out;
}
