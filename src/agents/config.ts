import type { z } from "zod";
import { AgentError } from "./errors.js";

/** Reads a config strictly. @throws {AgentError} `invalid-config`, one sentence with the first key that is wrong */
export function parseConfig<Schema extends z.ZodType>(
  agent: string,
  schema: Schema,
  config: z.input<Schema>,
): z.output<Schema> {
  const result = schema.safeParse(config);
  if (result.success) return result.data;
  const [issue] = result.error.issues;
  const where = issue && issue.path.length > 0 ? `.${issue.path.join(".")}` : "";
  throw new AgentError(
    "invalid-config",
    `The config ${agent}${where} is wrong: ${issue?.message ?? "unknown"}.`,
    {
      cause: result.error,
    },
  );
}
