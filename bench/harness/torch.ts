import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { Respondent } from "./questions.js";

const script = join(import.meta.dirname, "..", "peers", "dqn_update.py");

/** A Python that has PyTorch, or why there is none. `LUDUS_PYTHON`, where it is set, is the only one that is tried. */
export function findTorch(): { python: string } | { missing: string } {
  const wanted = process.env["LUDUS_PYTHON"];
  const pythons = wanted ? [wanted] : ["/usr/bin/python3", "python3"];
  const reasons = pythons.map((python) => {
    const { status, stderr, error } = spawnSync(python, ["-c", "import torch"], { encoding: "utf8" });
    return status === 0 ? null : `${python}: ${error?.message ?? stderr.trim().split("\n").at(-1)}`;
  });
  const found = reasons.indexOf(null);
  return found >= 0 ? { python: pythons[found]! } : { missing: reasons.join("; ") };
}

/** Starts the DQN of `bench/peers`, which takes its questions as the worker does. */
export async function startTorch(
  python: string,
  threads: number,
): Promise<{ peer: Respondent; about: string }> {
  const count = String(threads);
  // OpenBLAS has threads of its own, which torch.set_num_threads does not reach.
  const peer = new Respondent("PyTorch", [python, script], {
    OMP_NUM_THREADS: count,
    OPENBLAS_NUM_THREADS: count,
    MKL_NUM_THREADS: count,
  });
  const { torch, blas } = await peer.answer();
  if (typeof blas === "string" && blas.startsWith("libblas.")) {
    console.error(
      `PyTorch computes with the reference BLAS here (${blas}), several times slower than with OpenBLAS; no fair rival.`,
    );
  }
  return { peer, about: `PyTorch ${torch} on ${blas}` };
}
