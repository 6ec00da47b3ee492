"""Taking exports out of a small module, which Node then runs."""

import json
import struct
import subprocess
from hashlib import sha256

import pytest
from hypothesis import given
from hypothesis import strategies as st

from turnstile_lsp.agents.lean.embedded import wasm
from turnstile_lsp.agents.lean.embedded.node import find_node


def name(text: str) -> bytes:
    return bytes([len(text)]) + text.encode()


def section(identifier: int, *items: bytes) -> bytes:
    content = bytes([len(items)]) + b"".join(items)
    return bytes([identifier, len(content)]) + content


def custom(title: str, content: bytes) -> bytes:
    return bytes([0, len(name(title)) + len(content)]) + name(title) + content


def function(value: int) -> bytes:
    body = bytes([0, 0x41, value, 0x0B])
    return bytes([len(body)]) + body


THREAD_LOCAL = b"\x01" + name("per_thread") + b"\x01"
"""Three functions that return 10, 11 and 12, of which only the second is in the table; a variable at address 1000."""
MODULE = b"".join(
    [
        b"\0asm\x01\0\0\0",
        custom("dylink.0", bytes([wasm.DYLINK_EXPORT_INFO, len(THREAD_LOCAL)]) + THREAD_LOCAL),
        section(1, b"\x60\0\x01\x7f"),
        section(2, name("GOT.func") + name("offset") + b"\x03\x7f\x01"),
        section(3, b"\0", b"\0", b"\0"),
        section(4, b"\x70\0\x02"),
        section(6, b"\x7f\0\x41\xe8\x07\x0b", b"\x7f\0\x41\x7f\x0b"),
        section(
            7,
            name("ten") + b"\0\0",
            name("eleven") + b"\0\x01",
            name("twelve") + b"\0\x02",
            name("variable") + b"\x03\x01",
            name("per_thread") + b"\x03\x02",
            name("offset") + b"\0\x02",
            name("table") + b"\x01\0",
        ),
        section(9, b"\0\x41\x01\x0b\x01\x01"),
        section(10, function(10), function(11), function(12)),
    ]
)
RUN = """
const [module, symbols] = process.argv.slice(1).map(text => Buffer.from(text, "hex"))
const offset = new WebAssembly.Global({value: "i32", mutable: true}, 0)
const {exports} = new WebAssembly.Instance(new WebAssembly.Module(module), {"GOT.func": {offset}})
const call = index => exports.table.get(index)()
console.log(JSON.stringify({exports: Object.keys(exports), values: JSON.parse(process.argv[3]).map(call)}))
"""


def symbols_of(file: bytes) -> dict[int, int]:
    count = len(file) // 12
    keys, values = file[: 8 * count], file[8 * count :]
    return dict(zip(struct.unpack(f"<{count}Q", keys), struct.unpack(f"<{count}I", values), strict=True))


def key(symbol: str) -> int:
    return int.from_bytes(sha256(symbol.encode()).digest()[:8], "little")


def test_functions_are_reached_through_the_table_and_other_exports_are_gone():
    result = wasm.without_exports(MODULE, {"ten"})
    symbols = symbols_of(result.symbols)
    assert symbols[key("variable")] == 1000
    assert symbols[key("per_thread")] == 0xFFFFFFFF
    indices = [symbols[key(symbol)] for symbol in ("ten", "eleven", "twelve", "offset")]
    answer = subprocess.run(
        [str(find_node()), "-e", RUN, result.module.hex(), result.symbols.hex(), json.dumps(indices)],
        capture_output=True,
        check=True,
        timeout=60,
    )
    assert json.loads(answer.stdout) == {
        "exports": ["ten", "per_thread", "offset", "table"],
        "values": [10, 11, 12, 12],
    }


def test_symbol_keys_ascend():
    symbols = wasm.without_exports(MODULE, set()).symbols
    assert list(symbols_of(symbols)) == sorted(symbols_of(symbols))


@pytest.mark.parametrize(
    "module", [b"", b"not WebAssembly", MODULE.replace(b"dylink.0", b"dylink.1")], ids=["empty", "foreign", "static"]
)
def test_another_module_is_refused(module):
    with pytest.raises(wasm.UnexpectedModule):
        wasm.without_exports(module, set())


@given(st.integers(min_value=0, max_value=2**32 - 1))
def test_numbers_are_written_as_they_are_read(value):
    assert wasm._Reader(wasm._leb(value)).number() == value
