import { z } from "zod";

const populationSize = (initial: number, paper: string) =>
  z
    .int()
    .min(2)
    .max(100_000)
    .default(initial)
    .describe(`candidates per generation; default ${initial}${paper}`);

const positive = (initial: number, what: string) =>
  z.number().positive().default(initial).describe(`${what}; default ${initial}`);

const share = (initial: number, what: string) =>
  z.number().min(0).max(1).default(initial).describe(`${what}; default ${initial}`);

const fraction = (initial: number, what: string) =>
  z.number().min(0).lt(1).default(initial).describe(`${what}, in [0, 1); default ${initial}`);

const selectionSchema = z.discriminatedUnion("type", [
  z.strictObject({
    type: z.literal("tournament"),
    size: z
      .int()
      .min(1)
      .default(4)
      .describe("candidates drawn, with replacement, of which the best becomes a parent; default 4"),
  }),
  z.strictObject({
    type: z.literal("truncation"),
    parents: z
      .int()
      .min(1)
      .default(20)
      .describe(
        "best candidates of which each may be a parent, equally likely; default 20 (Such et al. 2017)",
      ),
  }),
]);

const crossoverSchema = z.discriminatedUnion("type", [
  z.strictObject({ type: z.literal("none") }),
  z.strictObject({
    type: z.literal("uniform"),
    probability: share(0.5, "share of the children that have two parents"),
    share: share(0.5, "share of the parameters that come from the second parent"),
  }),
  z.strictObject({
    type: z.literal("one-point"),
    probability: share(
      0.5,
      "share of the children that have two parents; the second gives all after a point",
    ),
  }),
]);

const mutationSchema = z.strictObject({
  sigma: positive(0.1, "standard deviation of what is added to a parameter, in units of the parameter"),
  decay: z.number().gt(0).max(1).default(1).describe("factor of sigma per generation; default 1"),
  minimum: z.number().min(0).default(0).describe("sigma does not fall below this; default 0"),
  rate: share(1, "share of the parameters of a child that mutate"),
});

/** A genetic algorithm on real vectors. */
export const gaConfigSchema = z
  .strictObject({
    name: z.literal("ga"),
    populationSize: populationSize(100, " (Such et al. 2017: 1000)"),
    elites: z
      .int()
      .min(0)
      .default(2)
      .describe(
        "best candidates that stay as they are, and are evaluated anew; default 2 (Such et al. 2017: 1)",
      ),
    selection: selectionSchema
      .prefault({ type: "tournament" })
      .describe("who becomes a parent; default tournament"),
    crossover: crossoverSchema
      .prefault({ type: "uniform" })
      .describe("how two parents make a child; default uniform (Such et al. 2017: none)"),
    mutation: mutationSchema.prefault({}).describe("normal noise on the parameters of every child"),
  })
  .refine(({ elites, populationSize: size }) => elites < size, {
    path: ["elites"],
    message: "elites have to be fewer than populationSize, else nothing is ever tried",
  });

const noiseSchema = z.discriminatedUnion("type", [
  z.strictObject({ type: z.literal("none") }),
  z.strictObject({
    type: z.literal("constant"),
    variance: positive(0.01, "added to every parameter's variance, in squared units of the parameter"),
  }),
  z.strictObject({
    type: z.literal("linear"),
    variance: positive(
      0.25,
      "added to every parameter's variance at first, in squared units of the parameter",
    ),
    generations: z.int().min(1).default(50).describe("generations in which it falls to 0; default 50"),
  }),
]);

/** The cross-entropy method with a normal distribution of independent parameters. */
export const cemConfigSchema = z
  .strictObject({
    name: z.literal("cem"),
    populationSize: populationSize(50, " (Szita & Lorincz 2006: 100)"),
    elites: z
      .int()
      .min(1)
      .default(10)
      .describe(
        "best candidates that the next distribution is fitted to; default 10 (Szita & Lorincz 2006: 10)",
      ),
    initialDeviation: positive(
      1,
      "standard deviation of every parameter at first, in units of the parameter",
    ),
    smoothing: z
      .number()
      .gt(0)
      .max(1)
      .default(1)
      .describe(
        "weight of the new mean and variance against the old; default 1 (de Boer et al. 2005: 0.4 to 0.9)",
      ),
    noise: noiseSchema
      .prefault({ type: "linear" })
      .describe(
        "variance that keeps the search from ending too early; default linear (Szita & Lorincz 2006)",
      ),
  })
  .refine(({ elites, populationSize: size }) => elites <= size, {
    path: ["elites"],
    message: "there cannot be more elites than candidates (populationSize)",
  });

const ascentSchema = z.discriminatedUnion("name", [
  z.strictObject({
    name: z.literal("adam"),
    learningRate: positive(0.1, "step size, in units of the parameter (Salimans et al. 2017: 0.01)"),
    beta1: fraction(0.9, "share of the old mean gradient that is kept"),
    beta2: fraction(0.999, "share of the old mean squared gradient that is kept"),
    epsilon: positive(1e-8, "added to the root, outside of it"),
  }),
  z.strictObject({
    name: z.literal("sgd"),
    learningRate: positive(0.1, "step size, in units of the parameter per unit of gradient"),
    momentum: fraction(0.9, "share of the last step that is kept"),
  }),
]);

/** OpenAI's evolution strategies. */
export const esConfigSchema = z
  .strictObject({
    name: z.literal("es"),
    populationSize: populationSize(64, ""),
    sigma: positive(
      0.2,
      "standard deviation of the noise, in units of the parameter (Salimans et al. 2017: 0.02)",
    ),
    antithetic: z
      .boolean()
      .default(true)
      .describe("candidates in pairs, mean + noise and mean - noise; default true"),
    shaping: z
      .enum(["ranks", "standardised", "raw"])
      .default("ranks")
      .describe(
        "what counts as fitness: centred ranks in [-1/2, 1/2], returns less their mean over their standard deviation, or returns; default ranks",
      ),
    optimizer: ascentSchema
      .prefault({ name: "adam" })
      .describe("what makes a step of a gradient; default adam"),
    weightDecay: z
      .number()
      .min(0)
      .default(0.005)
      .describe("times the parameters, taken from the gradient; default 0.005 (Salimans et al. 2017)"),
  })
  .refine(({ antithetic, populationSize: size }) => !antithetic || size % 2 === 0, {
    path: ["populationSize"],
    message: "antithetic candidates come in pairs, so populationSize has to be even",
  });

/** CMA-ES with a diagonal covariance matrix. */
export const cmaEsConfigSchema = z.strictObject({
  name: z.literal("cma-es"),
  populationSize: z
    .int()
    .min(4)
    .max(100_000)
    .default(32)
    .describe("candidates per generation; default 32 (Hansen 2016: 4 + 3 ln(dimension))"),
  sigma: positive(0.5, "standard deviation of every parameter at first, in units of the parameter"),
});

/** Any of the searches, told by `name`. Unknown keys are errors. */
export const searchAlgorithmSchema = z.discriminatedUnion("name", [
  gaConfigSchema,
  cemConfigSchema,
  esConfigSchema,
  cmaEsConfigSchema,
]);

export type GaConfig = z.output<typeof gaConfigSchema>;
export type CemConfig = z.output<typeof cemConfigSchema>;
export type EsConfig = z.output<typeof esConfigSchema>;
export type CmaEsConfig = z.output<typeof cmaEsConfigSchema>;
/** A search with all its defaults. */
export type SearchAlgorithmConfig = z.output<typeof searchAlgorithmSchema>;
/** A search as a person writes it. */
export type SearchAlgorithmConfigInput = z.input<typeof searchAlgorithmSchema>;
