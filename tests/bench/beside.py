"""One measurement among several numbers of articles, and what the larger ones cost beside the first."""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
from pathlib import Path

from tests.bench.house import Findings

GROWN = 1.5
"""Times what a page takes among the first number of articles."""


def beside(module: str, counts: list[int]) -> int:
    """Measure each number in a process of its own, for a process has one house; then hold the others to the first.

    The module's command takes `--articles` and writes its milliseconds, by what was asked, to the file of `--times`.
    """
    failed = 0
    with tempfile.TemporaryDirectory() as folder:
        files = [Path(folder, f"{count}.json") for count in counts]
        for count, file in zip(counts, files, strict=True):
            # The last word on a command line counts: all the others stay as they were given.
            words = [*sys.argv[1:], f"--times={file}", "--articles", str(count)]
            failed |= subprocess.run([sys.executable, "-m", module, *words], check=False).returncode
        first, *others = ({} if not file.exists() else json.loads(file.read_text()) for file in files)
    findings = Findings(f"Beside {counts[0]} articles")
    for count, times in zip(counts[1:], others, strict=True):
        for name in [name for name in times if name in first]:
            ratio = times[name] / first[name]
            findings.add(f"{name} among {count}", f"{ratio:.2f} times as long", f"<= {GROWN}", ratio <= GROWN)
    return findings.show() | failed
