"""`turnstile lsp`: parse the few options and serve. Kept apart from the command line, which takes long to load."""

from __future__ import annotations

import argparse
import asyncio
import logging
import os
import secrets
import sys

LOOPBACK = "127.0.0.1"


def main(arguments: list[str]) -> int:
    """Serve until the client is done; the process's exit code."""
    options = _parser().parse_args(arguments)
    logging.basicConfig(level=logging.WARNING, stream=sys.stderr, format="%(levelname)s %(name)s: %(message)s")
    # Errors are in the answers to requests; pygls would log each with a traceback as well.
    logging.getLogger("pygls").setLevel(logging.CRITICAL)
    try:
        return asyncio.run(_serve(options))
    except KeyboardInterrupt:
        return 130
    except OSError as error:
        print(f"turnstile lsp: {error}", file=sys.stderr)
        return 3


async def _serve(options: argparse.Namespace) -> int:
    from turnstile_lsp.lsp_server import transport

    token = options.token or os.environ.get("TURNSTILE_TOKEN") or secrets.token_urlsafe(24)
    if options.tcp:
        host, port = options.tcp
        return await transport.serve_tcp(host, port, token)
    if options.ws:
        host, port = options.ws
        return await transport.serve_websocket(host, port, token, options.origin)
    return await transport.serve_stdio()


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="turnstile lsp", description="The language server.")
    transports = parser.add_mutually_exclusive_group()
    transports.add_argument("--stdio", action="store_true", help="standard input and output (the default)")
    transports.add_argument(
        "--tcp", type=_address, metavar="[HOST:]PORT", help=f"listen; HOST is {LOOPBACK} if not said"
    )
    transports.add_argument("--ws", type=_address, metavar="[HOST:]PORT", help="the same for WebSocket")
    parser.add_argument("--token", help="what clients must send (else TURNSTILE_TOKEN, else one is made and printed)")
    parser.add_argument("--origin", action="append", default=[], help="web origin that may connect (repeatable)")
    parser.add_argument("--clientProcessId", dest="_client", help=argparse.SUPPRESS)
    return parser


def _address(text: str) -> tuple[str, int]:
    host, _, port = text.rpartition(":")
    if not port.isdigit() or int(port) > 65535:
        raise argparse.ArgumentTypeError(f"{text!r} is not HOST:PORT")
    return host.strip("[]") or LOOPBACK, int(port)
