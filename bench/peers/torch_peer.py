"""What the peers in PyTorch share: they answer one JSON question a line on stdin by one JSON answer a line on stdout.

The first line that they write says which PyTorch this is, on which BLAS.
"""

import json
import math
import sys
import time

import torch


def serve(work_for):
    """Answers each question by {"seconds": 0.25}, what its iterations took.

    work_for(question) gives a function of the iteration's number, the sum of whose values has to be a number.
    """
    torch.set_num_interop_threads(1)
    # A product of matrices, so that a BLAS that is loaded late is loaded now.
    torch.ones(64, 64) @ torch.ones(64, 64)
    print(json.dumps({"torch": torch.__version__, "blas": blas()}), flush=True)
    for line in sys.stdin:
        question = json.loads(line)
        if torch.get_num_threads() != question["threads"]:
            torch.set_num_threads(question["threads"])
        work = work_for(question)
        used = 0.0
        start = time.perf_counter()
        for iteration in range(question["iterations"]):
            used += work(iteration)
        seconds = time.perf_counter() - start
        if math.isnan(used):
            raise ArithmeticError(f"{question} came to {used}")
        print(json.dumps({"seconds": seconds}), flush=True)


def blas():
    """Name of the BLAS library that does products of matrices, where it can be told."""
    if torch.backends.mkl.is_available():
        return "MKL"
    try:
        with open("/proc/self/maps") as maps:
            files = sorted({line.split("/")[-1].strip() for line in maps if "blas" in line.split("/")[-1]})
    except OSError:
        return "unknown"
    # libblas.so.3 may be the reference BLAS or just a door to a better one.
    return next((file for file in files if not file.startswith("libblas.")), files[0] if files else "unknown")
