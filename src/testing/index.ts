/**
 * Contract tests as functions, for any runner with a `test(name, body)`: what keeps them can be used wherever Ludus
 * uses its own environments, replays and agents.
 */

export type {
  AgentSetting,
  LearntBatch,
  MakeAgent,
  MakeBatch,
  RandomExperience,
  TestedAgent,
} from "./agent-plays.js";
export { type EnvProbe, envProbes, type MakeRenderedEnv } from "./env-probes.js";
export type {
  ContractOptions,
  ContractPart,
  PlayOptions,
  SkipReasons,
  TestContext,
  TestFunction,
} from "./parts.js";
export type { MakeReplay } from "./replay-plays.js";
export { type RulesProbe, rulesProbes } from "./rules-probes.js";
export { type AecArenaPart, type TestAecArenaOptions, testAecArena } from "./test-aec-arena.js";
export { type AgentPart, type TestAgentOptions, testAgent } from "./test-agent.js";
export { type EnvPart, envParts, type TestEnvOptions, testEnv } from "./test-env.js";
export {
  type ParallelArenaPart,
  type TestParallelArenaOptions,
  testParallelArena,
} from "./test-parallel-arena.js";
export { type ReplayPart, type TestReplayOptions, testReplay } from "./test-replay.js";
export {
  type MakeVectorEnv,
  type TestVectorEnvOptions,
  testVectorEnv,
  type VectorEnvPart,
  vectorEnvParts,
} from "./test-vector-env.js";
