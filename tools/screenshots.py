"""Make the README's pictures of the window, each by the program itself.

python tools/screenshots.py              # all of them, into docs/
python tools/screenshots.py wipe codecs  # some
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
LAUNCH = "from viewer.launch.app import main; raise SystemExit(main())"
SIZE = "1400x820"
SHOTS: dict[str, list[str]] = {
    "window": [],
    "wipe": ["--mode", "wipe", "--quality", "10"],
    "blink": ["--mode", "blink", "--quality", "10", "--zoom", "300"],
    "difference": ["--mode", "difference", "--quality", "10"],
    "overlay": ["--overlay", "block-edges", "--quality", "10"],
    "compare": ["--compare", "learners"],
    "codecs": ["--codecs"],
    "equal-rate": ["--equal-rate", "all"],
    "lesson": ["--lesson", "2", "--theme", "light"],
    "patch": ["--patch", "19,21", "--quality", "10"],
}


def main() -> int:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("name", nargs="*", help=f"pictures to make, of {', '.join(SHOTS)} (default: all)")
    names = parser.parse_args().name or list(SHOTS)
    unknown = [name for name in names if name not in SHOTS]
    if unknown:
        parser.error(f"there is no picture '{unknown[0]}' (known: {', '.join(SHOTS)})")
    environment = {**os.environ, "QT_QPA_PLATFORM": "offscreen"}
    for name in names:
        theme = [] if "--theme" in SHOTS[name] else ["--theme", "dark"]
        path = ROOT / "docs" / f"{name}.png"
        command = [
            sys.executable,
            "-c",
            LAUNCH,
            "--size",
            SIZE,
            *theme,
            *SHOTS[name],
            "--snapshot",
            str(path),
        ]
        if subprocess.run(command, env=environment, cwd=ROOT).returncode:
            return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
