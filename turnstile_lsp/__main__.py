"""The command `turnstile`. The language server starts without loading the rest of the command line."""

from __future__ import annotations

import sys


def main() -> None:
    """Run the command line; `turnstile lsp` takes a short way, since editors wait for it."""
    if sys.argv[1:2] == ["lsp"] and not {"--help", "-h"} & set(sys.argv):
        from turnstile_lsp.lsp_server.start import main as start_language_server

        sys.exit(start_language_server(sys.argv[2:]))
    from turnstile_lsp.command_line.application import application_for

    application_for(sys.argv[1:])()


if __name__ == "__main__":
    main()
