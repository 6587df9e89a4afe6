import { join } from "node:path";
import { findPython } from "./python.js";
import { Respondent } from "./questions.js";

/** What is computed by a script of `bench/peers`. */
export type TorchPeer = "dqn_update" | "fit";

/** A Python that has PyTorch, or why there is none. */
export const findTorch = () => findPython("torch");

/** Starts a script of `bench/peers`, which takes its questions as the worker does. */
export async function startTorch(
  python: string,
  threads: number,
  script: TorchPeer = "dqn_update",
): Promise<{ peer: Respondent; about: string }> {
  const count = String(threads);
  const file = join(import.meta.dirname, "..", "peers", `${script}.py`);
  // OpenBLAS has threads of its own, which torch.set_num_threads does not reach.
  const peer = new Respondent("PyTorch", [python, "-B", file], {
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
