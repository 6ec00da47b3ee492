"""Where Turnstile keeps things. An environment variable names each place, so that tests never meet a user's."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path

import platformdirs

NAME = "turnstile"


def config_file(environment: Mapping[str, str] = os.environ) -> Path:
    """The user's settings: `TURNSTILE_CONFIG`, else `config.toml` in the platform's folder."""
    if named := environment.get("TURNSTILE_CONFIG"):
        return Path(named)
    return Path(platformdirs.user_config_dir(NAME)) / "config.toml"


def data_folder(environment: Mapping[str, str] = os.environ) -> Path:
    """What must last (trust, proofs, statistics): `TURNSTILE_DATA_DIR`, else the platform's folder."""
    return Path(environment.get("TURNSTILE_DATA_DIR") or platformdirs.user_data_dir(NAME))


def cache_folder(environment: Mapping[str, str] = os.environ) -> Path:
    """What can be fetched or made again: `TURNSTILE_CACHE_DIR`, else the platform's folder."""
    return Path(environment.get("TURNSTILE_CACHE_DIR") or platformdirs.user_cache_dir(NAME))
