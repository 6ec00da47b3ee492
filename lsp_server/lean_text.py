"""What a Lean file looks like without Lean: where declarations are and where `sorry` stands, by their text alone.

Good enough to offer actions and to know which edits touch which declaration; Lean itself decides everything else.
"""

from __future__ import annotations

import re
from itertools import pairwise
from typing import NamedTuple

from turnstile_lsp.agents.errors import InvalidRequest
from turnstile_lsp.agents.prover.cursor import gaps

_MODIFIERS = r"(?:(?:private|protected|public|noncomputable|nonrec|unsafe|partial|meta|local|scoped)\s+)*"
_DECLARATIONS = r"theorem|lemma|example|def|abbrev|instance|opaque|structure|class|inductive"
_OTHERS = (
    r"import|module|namespace|section|end|open|variable|universe|set_option|attribute|macro|macro_rules|syntax|notation|"
    r"infix[lr]?|prefix|postfix|elab|elab_rules|deriving|mutual|initialize|builtin_initialize|include|omit|export|axiom|"
    r"run_cmd|simproc|declare_syntax_cat|add_decl_doc|recall|alias"
)
_COMMAND = re.compile(rf"^(?:@\[|#\w|{_MODIFIERS}(?:public\s+)?(?:{_DECLARATIONS}|{_OTHERS})\b)", re.MULTILINE)
_HEAD = re.compile(rf"(?<![^\s\]])({_DECLARATIONS})\b[ \t]*([^\s:({{\[⦃]*)")
_BRACKET = re.compile(r"(?:end|namespace|section|open|import)\b")
_HOLE = re.compile(r"(?<![\w.'«])sorry(?![\w'])")
_HIDDEN = re.compile(r'--[^\n]*|/-|"(?:[^"\\]|\\.)*"', re.DOTALL)
_COMMENT_BRACKET = re.compile(r"/-|-/")
_DOC_COMMENT = re.compile(r"/--")


class Declaration(NamedTuple):
    """`[start, end)` with doc comment and attributes; `head`: where its keyword stands; `holes`: where `sorry` stands.
    `open_ended`: it ends in `by`."""

    start: int
    end: int
    head: int
    keyword: str
    name: str
    holes: tuple[int, ...]
    open_ended: bool

    @property
    def title(self) -> str:
        """What to call it."""
        return self.name or f"this {self.keyword}"

    @property
    def is_provable(self) -> bool:
        """Whether a proof is missing, as far as the text shows."""
        return bool(self.holes) or self.open_ended


def hide_comments(text: str) -> str:
    """The text with comments and strings blanked, so that all offsets stay."""
    pieces, position = [], 0
    while (match := _HIDDEN.search(text, position)) is not None:
        end = _end_of_comment(text, match.end()) if match[0] == "/-" else match.end()
        pieces += [text[position : match.start()], re.sub(r"[^\n]", " ", text[match.start() : end])]
        position = end
    return "".join([*pieces, text[position:]])


def declarations(text: str) -> list[Declaration]:
    """All declarations, in order."""
    hidden = hide_comments(text)
    starts = [match.start() for match in _COMMAND.finditer(hidden)]
    found: list[Declaration] = []
    attributes: int | None = None
    previous_end = 0
    for start, next_start in pairwise([*starts, len(text)]):
        end = start + len(hidden[start:next_start].rstrip())
        head = _HEAD.search(hidden, start, end)
        if head is not None and not _BRACKET.match(hidden, start):
            first = start if attributes is None else attributes
            doc_comment = _DOC_COMMENT.search(text, previous_end, first)
            found.append(
                Declaration(
                    start=doc_comment.start() if doc_comment else first,
                    end=end,
                    head=head.start(1),
                    keyword=head[1],
                    name=head[2],
                    holes=tuple(match.start() for match in _HOLE.finditer(hidden, start, end)),
                    open_ended=re.search(r"\bby$", hidden[start:end]) is not None,
                )
            )
        attributes = start if head is None and hidden.startswith("@[", start) else None
        previous_end = end if attributes is None else previous_end
    return found


def declaration_at(text: str, offset: int) -> Declaration | None:
    """The declaration that holds an offset (its end included)."""
    return next((found for found in declarations(text) if found.start <= offset <= found.end), None)


def declaration_before(text: str, offset: int) -> Declaration | None:
    """The last declaration that begins before an offset."""
    return next((found for found in reversed(declarations(text)) if found.start <= offset), None)


def hole_at(text: str, declaration: Declaration, offset: int) -> int | None:
    """The hole at an offset, else the only one on its line."""
    for hole in declaration.holes:
        if hole <= offset <= hole + len("sorry"):
            return hole
    line_start, line_end = text.rfind("\n", 0, offset) + 1, text.find("\n", offset)
    on_line = [hole for hole in declaration.holes if line_start <= hole < (line_end if line_end >= 0 else len(text))]
    return on_line[0] if len(on_line) == 1 else None


def is_gap(text: str, offset: int) -> bool:
    """Whether a tactic could stand at an offset where nothing stands: under a `by`, as far as the text shows."""
    declaration = declaration_before(text, offset)
    if declaration is None or not re.search(r"(?<![\w.'])by\b", hide_comments(text[declaration.head : offset])):
        return False
    try:
        return bool(gaps(text, offset))
    except InvalidRequest:
        return False


def _end_of_comment(text: str, position: int) -> int:
    depth = 1
    while depth and (match := _COMMENT_BRACKET.search(text, position)) is not None:
        depth += 1 if match[0] == "/-" else -1
        position = match.end()
    return position if depth == 0 else len(text)
