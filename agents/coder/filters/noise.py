"""What a model says around the code: special tokens spelled out, fences, and talk."""

from __future__ import annotations

import re

from turnstile_lsp.agents.coder.document import Cursor
from turnstile_lsp.agents.engine.special_tokens import restore

_SPECIAL_TOKEN = re.compile(r"<[|｜][\w▁.-]{1,40}[|｜]>|<fim_(?:prefix|middle|suffix|pad)>|<EOT>")
_FENCED = re.compile(r"(?:^|.*?\n)[ \t]*```[^\S\n]*[\w+#.-]*[^\S\n]*(?:\Z|\n(.*?)(?:\n[ \t]*```.*|\Z))", re.DOTALL)
_FENCE = re.compile(r"(?:^|\n)```[^\n`]*(?=\n|\Z)")
_PREFACE = re.compile(
    r"\s*(?:(?:Sure|Certainly|Of course|Okay|Here(?:'s|’s| is| are)|The (?:completed|complete|missing))\b[^\n]*[:!.](?:\n+|\Z))+"
)
_AFTERWORD = re.compile(
    r"\n[^\S\n]*\n(?:Explanation|Note|This (?:code|function|method|line|will|is)|The (?:above|code|function)|In this|I )"
    r"[^\n]*[.:](?=\n|\Z)"
)
_PROSE = (
    "Markdown",
    "Quarto",
    "RMarkdown",
    "MDX",
    "AsciiDoc",
    "reStructuredText",
    "Org",
    "Text",
    "Git Commit",
    "TeX",
    "LaTeX",
)


def own_tokens(text: str, cursor: Cursor) -> str:
    """What the user's text writes and a server was sent in another way, see `engine.special_tokens`, is written so again."""
    return restore(text, cursor.nearby) if "¦" in text else text


def special_tokens(text: str, cursor: Cursor) -> str:
    """A special token written out ends an answer, unless the user's own text writes it too."""
    found = _SPECIAL_TOKEN.search(text)
    if not found:
        return text
    own = {*_SPECIAL_TOKEN.findall(cursor.nearby)}
    while found and found.group() in own:
        found = _SPECIAL_TOKEN.search(text, found.end())
    return text[: found.start()] if found else text


def code_fences(text: str, cursor: Cursor) -> str:
    """A model that chats puts its code between fences; only the code counts. A fence by itself ends an answer."""
    if "```" not in text or cursor.language.name in _PROSE or cursor.within != "code":
        return text
    fenced = _FENCED.match(text)
    if fenced and (text.lstrip().startswith("```") or _PREFACE.match(text)):
        return fenced.group(1) or ""
    return _FENCE.split(text, maxsplit=1)[0]


def chat(text: str, cursor: Cursor) -> str:
    """What a model says to a person, before the code and after it."""
    if cursor.language.name in _PROSE or cursor.within != "code":
        return text
    preface = _PREFACE.match(text)
    return _AFTERWORD.split(text[preface.end() :] if preface else text, maxsplit=1)[0]
