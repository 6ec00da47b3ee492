"""Lean's WebAssembly module without its 200,000 exports.

Every thread that instantiates the module would make a JavaScript function for each exported symbol and enter it into
its function table: seconds of work and hundreds of megabytes, for look-ups by name (``dlsym``) of a few thousand. Here
the exported functions become part of the module's own table (section "element"), all exports but the named ones are
dropped, and a sorted file of hashed names tells the table index of a function and the address of a variable.

Format: the WebAssembly core specification, chapter "Binary Format", and the tool conventions' "dylink.0" section.
"""

import hashlib
import struct
from collections.abc import Collection, Iterator
from typing import NamedTuple

from turnstile_lsp.agents.errors import TurnstileError

CUSTOM, IMPORT, TABLE, GLOBAL, EXPORT, ELEMENT = 0, 2, 4, 6, 7, 9
FUNCTION_KIND, TABLE_KIND, MEMORY_KIND, GLOBAL_KIND, TAG_KIND = range(5)
DYLINK_EXPORT_INFO = 3


class UnexpectedModule(TurnstileError):
    """The WebAssembly module is not built as the rewriting expects."""


class Export(NamedTuple):
    """An entry of the export section; ``number`` counts within its kind."""

    name: bytes
    kind: int
    number: int


class Rewritten(NamedTuple):
    """``module``: the new WebAssembly module. ``symbols``: see `symbol_file`."""

    module: bytes
    symbols: bytes


class _Reader:
    """Reads the binary format's values one after the other."""

    def __init__(self, data: bytes, position: int = 0) -> None:
        self.data = data
        self.position = position

    def byte(self) -> int:
        self.position += 1
        return self.data[self.position - 1]

    def number(self) -> int:
        result = shift = 0
        while True:
            byte = self.byte()
            result |= (byte & 127) << shift
            shift += 7
            if byte < 128:
                return result

    def signed(self) -> int:
        start = self.position
        value = self.number()
        bits = 7 * (self.position - start)
        return value - (1 << bits) if value >> (bits - 1) & 1 else value

    def take(self, length: int) -> bytes:
        self.position += length
        return self.data[self.position - length : self.position]

    def name(self) -> bytes:
        return self.take(self.number())

    def limits(self) -> None:
        if self.byte() & 1:
            self.number()
        self.number()

    def initial_value(self) -> int | None:
        """The value of a constant expression, None when it is not a plain ``i32.const``."""
        value = self.signed() if (operation := self.byte()) == 0x41 else None
        if operation == 0x23:
            self.number()
        elif operation == 0x42:
            self.signed()
        elif operation in (0x43, 0x44):
            self.take(4 if operation == 0x43 else 8)
        elif operation != 0x41:
            raise UnexpectedModule(f"Lean's WebAssembly module has an initial value of an unknown kind ({operation}).")
        if self.byte() != 0x0B:
            raise UnexpectedModule("Lean's WebAssembly module has an initial value that is not a single constant.")
        return value


def without_exports(module: bytes, kept: Collection[str]) -> Rewritten:
    """The module with only the exports ``kept`` (and those that its own imports and threads need).

    Raises UnexpectedModule.
    """
    sections = dict(_sections(module))
    exports = list(_exports(sections[EXPORT]))
    needed = {*(name.encode() for name in kept), *_got_names(sections[IMPORT]), *_dylink_names(sections[CUSTOM])}
    table = _Table(sections[ELEMENT])
    addresses = [value for _, value in _globals(sections[GLOBAL])]
    imported_globals = sum(1 for kind, _ in _imports(sections[IMPORT]) if kind == GLOBAL_KIND)
    symbols: dict[bytes, int] = {}
    for export in exports:
        if export.kind == FUNCTION_KIND:
            symbols[export.name] = table.index(export.number)
        elif export.kind == GLOBAL_KIND:
            address = addresses[export.number - imported_globals] if export.number >= imported_globals else None
            if address is not None:
                symbols[export.name] = address & 0xFFFFFFFF
    remaining = [e for e in exports if e.name in needed or e.kind in (TABLE_KIND, MEMORY_KIND, TAG_KIND)]
    replaced = {
        TABLE: b"\x01\x70\x00" + _leb(table.size),
        EXPORT: _leb(len(remaining))
        + b"".join(_leb(len(e.name)) + e.name + bytes([e.kind]) + _leb(e.number) for e in remaining),
        ELEMENT: table.section(),
    }
    parts = [module[:8]]
    for identifier, content in _sections(module):
        content = replaced.get(identifier, content)
        parts += [bytes([identifier]), _leb(len(content)), content]
    return Rewritten(b"".join(parts), symbol_file(symbols))


def symbol_file(symbols: dict[bytes, int]) -> bytes:
    """n little-endian 64-bit keys in ascending order, then the n 32-bit values in the same order.

    A key is the first eight bytes of the SHA-256 of the symbol's name. Raises UnexpectedModule when two share one.
    """
    keyed = sorted(
        (int.from_bytes(hashlib.sha256(name).digest()[:8], "little"), value) for name, value in symbols.items()
    )
    keys = [key for key, _ in keyed]
    if len(set(keys)) != len(keys):
        raise UnexpectedModule("Two symbols of Lean's WebAssembly module have the same key.")
    return struct.pack(f"<{len(keys)}Q{len(keys)}I", *keys, *(value for _, value in keyed))


class _Table:
    """The function table: what the module puts there itself, and the exported functions behind it."""

    def __init__(self, element_section: bytes) -> None:
        reader = _Reader(element_section)
        if reader.number() != 1 or reader.number() != 0:
            raise UnexpectedModule("Lean's WebAssembly module does not fill its table by one plain segment.")
        first = reader.initial_value()
        if first is None:
            raise UnexpectedModule("Lean's WebAssembly module fills its table from an unknown index.")
        self._first = first
        self._functions = [reader.number() for _ in range(reader.number())]
        self._indices = {function: first + i for i, function in reversed(list(enumerate(self._functions)))}

    def index(self, function: int) -> int:
        if function not in self._indices:
            self._indices[function] = self.size
            self._functions.append(function)
        return self._indices[function]

    @property
    def size(self) -> int:
        return self._first + len(self._functions)

    def section(self) -> bytes:
        segment = b"\x00\x41" + _leb(self._first) + b"\x0b" + _leb(len(self._functions))
        return b"\x01" + segment + b"".join(map(_leb, self._functions))


def _sections(module: bytes) -> Iterator[tuple[int, bytes]]:
    if module[:8] != b"\0asm\x01\0\0\0":
        raise UnexpectedModule("Lean's WebAssembly module has no WebAssembly header.")
    reader = _Reader(module, 8)
    while reader.position < len(module):
        identifier = reader.byte()
        yield identifier, reader.take(reader.number())


def _exports(section: bytes) -> Iterator[Export]:
    reader = _Reader(section)
    for _ in range(reader.number()):
        yield Export(reader.name(), reader.byte(), reader.number())


def _imports(section: bytes) -> Iterator[tuple[int, tuple[bytes, bytes]]]:
    reader = _Reader(section)
    for _ in range(reader.number()):
        names = (reader.name(), reader.name())
        kind = reader.byte()
        if kind == FUNCTION_KIND:
            reader.number()
        elif kind == TABLE_KIND:
            reader.byte()
            reader.limits()
        elif kind == MEMORY_KIND:
            reader.limits()
        elif kind == GLOBAL_KIND:
            reader.take(2)
        else:
            reader.take(1)
            reader.number()
        yield kind, names


def _got_names(import_section: bytes) -> set[bytes]:
    """Symbols whose address the module imports from the "global offset table", which the host fills from exports."""
    return {name for _, (module, name) in _imports(import_section) if module.startswith(b"GOT.")}


def _dylink_names(section: bytes) -> set[bytes]:
    """Exports that each thread relocates (thread-local variables), from the custom section "dylink.0"."""
    reader = _Reader(section)
    if reader.name() != b"dylink.0":
        raise UnexpectedModule("Lean's WebAssembly module has no section dylink.0.")
    names: set[bytes] = set()
    while reader.position < len(section):
        kind, content = reader.byte(), _Reader(reader.take(reader.number()))
        if kind == DYLINK_EXPORT_INFO:
            for _ in range(content.number()):
                names.add(content.name())
                content.number()
    return names


def _globals(section: bytes) -> Iterator[tuple[bytes, int | None]]:
    reader = _Reader(section)
    for _ in range(reader.number()):
        kind = reader.take(2)
        yield kind, reader.initial_value()


def _leb(value: int) -> bytes:
    parts = []
    while value > 127:
        parts.append(value & 127 | 128)
        value >>= 7
    return bytes([*parts, value])
