"""The embedded Lean as the package has it, with only what makes it usable: the baseline of its start and memory."""

from __future__ import annotations

import shutil
import tarfile
from pathlib import Path

from turnstile_lsp.agents.lean.embedded import EmbeddedLean, patches
from turnstile_lsp.agents.lean.embedded.install import package

FIRST = (patches.look_symbols_up_in_a_map, patches.read_standard_input_as_bytes, patches.mount_host_folders)


def with_first_patches(lean: EmbeddedLean, folder: Path) -> tuple[str, ...]:
    """The command of a Lean in `folder` that has symbols in a map, bytes on standard input and the host's folders.

    It shares the library of `lean`; the rest comes from the archive that the installation kept.
    """
    (folder / "bin").mkdir(parents=True)
    (folder / "lib").symlink_to(lean.root / "lib")
    with tarfile.open(lean.root.parent / "archives" / package().archive_name, "r:gz") as archive:
        for name in ("lean.js", "lean.wasm"):
            file = archive.extractfile(f"package/{name}")
            assert file is not None
            with (folder / "bin" / name).open("wb") as copy:
                shutil.copyfileobj(file, copy, 1 << 20)
    script = folder / "bin/lean.js"
    text = script.read_bytes().decode("latin-1")
    for patch in FIRST:
        text = patch(text)
    script.write_bytes(text.encode("latin-1"))
    return (str(lean.node), str(script))
