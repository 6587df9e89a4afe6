import fc from "fast-check";

/**
 * fast-check, with one seed for all runs, so that a property that holds today holds in CI. To look for cases that no
 * run has tried: `LUDUS_PROPERTY_SEED=2 npx vitest run <files>`.
 */
fc.configureGlobal({ seed: Number(process.env["LUDUS_PROPERTY_SEED"] ?? 1) });

export default fc;
