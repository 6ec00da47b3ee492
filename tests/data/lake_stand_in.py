#!/usr/bin/env python3
"""Stands in for Lake where none can be installed: answers `setup-file` from the project's lakefile.toml.

Same arguments, standard input (Lean's `ModuleHeader`), output (`ModuleSetup`) and exit codes as Lake's own.
The environment's LAKE_LOG names a file that gets a line for each run.
"""

import json
import os
import sys
import tomllib
from pathlib import Path

NO_LAKEFILE, OUT_OF_DATE = 2, 3
CORE = {"Init", "Std", "Lean", "Lake"}

command, file, dash, *options = sys.argv[1:]
assert command == "setup-file", command
assert dash == "-", dash
assert options == ["--no-build", "--no-cache"], "a look must not build"
if log := os.environ.get("LAKE_LOG"):
    with open(log, "a") as lines:
        lines.write(f"{file}\n")
header = json.load(sys.stdin)
project = Path.cwd()
if not (project / "lakefile.toml").exists():
    sys.exit(NO_LAKEFILE)
lakefile = tomllib.loads((project / "lakefile.toml").read_text())
artefacts = {}
for each in header["imports"]:
    module = each["module"]
    root = module.split(".")[0]
    if root in CORE:
        continue
    if root not in [library["name"] for library in lakefile.get("lean_lib", [])]:
        print(f"error: {file}: bad import '{module}'", file=sys.stderr)
        sys.exit(1)
    olean = (project / ".lake/build/lib/lean").joinpath(*module.split(".")).with_suffix(".olean")
    if not olean.exists():
        print(f"error: target is out-of-date: {module}", file=sys.stderr)
        sys.exit(OUT_OF_DATE)
    artefacts[module] = [str(olean)]
print(
    json.dumps(
        {
            "name": ".".join(Path(file).relative_to(project).with_suffix("").parts),
            "isModule": header["isModule"],
            "importArts": artefacts,
            "dynlibs": [],
            "plugins": [],
            "options": lakefile.get("leanOptions", {}),
        }
    )
)
