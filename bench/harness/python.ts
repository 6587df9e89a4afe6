import { spawnSync } from "node:child_process";

/** A Python that can import a module, or why there is none. `LUDUS_PYTHON`, where it is set, is the only one that is tried. */
export function findPython(module: string): { python: string } | { missing: string } {
  const wanted = process.env["LUDUS_PYTHON"];
  const pythons = wanted ? [wanted] : ["/usr/bin/python3", "python3"];
  const reasons = pythons.map((python) => {
    const { status, stderr, error } = spawnSync(python, ["-c", `import ${module}`], { encoding: "utf8" });
    return status === 0 ? null : `${python}: ${error?.message ?? stderr.trim().split("\n").at(-1)}`;
  });
  const found = reasons.indexOf(null);
  return found >= 0 ? { python: pythons[found]! } : { missing: reasons.join("; ") };
}
