export { OrderEnforcing } from "./order-enforcing.js";
export { PassiveEnvChecker } from "./passive-env-checker.js";
export { TimeLimit } from "./time-limit.js";
export { Wrapper, type WrapperSnapshot, type WrapperSpaces } from "./wrapper.js";
