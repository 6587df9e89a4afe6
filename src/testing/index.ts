/**
 * Contract tests as functions, for any runner with a `test(name, body)`: what keeps them can be used wherever Ludus
 * uses its own environments.
 */
export type { ContractOptions, SkipReasons, TestContext, TestFunction } from "./parts.js";
export { type EnvPart, type TestEnvOptions, testEnv } from "./test-env.js";
export {
  type MakeVectorEnv,
  type TestVectorEnvOptions,
  testVectorEnv,
  type VectorEnvPart,
} from "./test-vector-env.js";
