"""Every measurement, one JSON line a figure, each file in a process of its own: ``python -m tests.benchmarks``.

Exit code 1 when a ratio is above its limit.
"""

import json
import os
import subprocess
import sys
from pathlib import Path

HERE = Path(__file__).parent
LIMITS = {"split": 2}  # of figures that do not carry theirs: beginning of the name -> highest ratio


def figures(module):
    """Yield the figures of one file as it prints them; CalledProcessError when it fails."""
    command = [sys.executable, "-m", f"tests.benchmarks.{module}"]
    with subprocess.Popen(command, cwd=HERE.parents[1], stdout=subprocess.PIPE, text=True) as process:
        for line in process.stdout:
            if line.startswith("{"):
                yield json.loads(line)
    if process.returncode:
        raise subprocess.CalledProcessError(process.returncode, command)


def main():
    """Run them all; return how many figures are above their limit."""
    above = 0
    for path in sorted(HERE.glob("bench_*.py")):
        for figure in figures(path.stem):
            known = next((high for start, high in LIMITS.items() if figure["name"].startswith(start)), None)
            figure.setdefault("limit", known)
            is_above = figure["limit"] is not None and figure["ratio"] > figure["limit"]
            above += is_above
            print(json.dumps(figure | ({"above": True} if is_above else {}), ensure_ascii=False), flush=True)
    return above


if __name__ == "__main__":
    os.environ.setdefault("PYTHONWARNINGS", "ignore")
    sys.exit(1 if main() else 0)
