"""A notebook's cells, in order, are one text to the model."""

from __future__ import annotations

from pathlib import Path

from lsprotocol import types
from pygls.uris import from_fs_path

from tests.integration.lsp_client import Editor, start_editor
from tests.integration.scripted_model import scripted_model

CELLS = [
    (
        "a",
        types.NotebookCellKind.Code,
        "python",
        "import math\n\n\ndef area(radius):\n    return math.pi * radius**2\n",
    ),
    ("b", types.NotebookCellKind.Markup, "markdown", "# Some words\n"),
    ("c", types.NotebookCellKind.Code, "python", "radius = 3\narea("),
    ("d", types.NotebookCellKind.Code, "python", "print('below')"),
]


def cell_uri(name: str) -> str:
    return f"vscode-notebook-cell:/work/circles.ipynb#{name}"


def item(name: str, language: str, text: str) -> types.TextDocumentItem:
    return types.TextDocumentItem(cell_uri(name), language, 1, text)


def open_notebook(editor: Editor, folder: Path) -> types.VersionedNotebookDocumentIdentifier:
    uri = from_fs_path(str(folder / "circles.ipynb")) or ""
    cells = [types.NotebookCell(kind, cell_uri(name)) for name, kind, _, _ in CELLS]
    notebook = types.NotebookDocument(uri, "jupyter-notebook", 1, cells)
    documents = [item(name, language, text) for name, _, language, text in CELLS]
    editor.notebook_document_did_open(types.DidOpenNotebookDocumentParams(notebook, documents))
    return types.VersionedNotebookDocumentIdentifier(2, uri)


async def test_the_cells_before_and_behind_are_part_of_the_prompt_also_when_they_change(tmp_path: Path) -> None:
    with scripted_model(["radius)"], name="deepseek-coder-v2-lite-base") as model:
        settings = {"complete": {"model": f"{model.url}#{model.name}"}}
        async with start_editor(tmp_path, settings=settings) as editor:
            notebook = open_notebook(editor, tmp_path)
            place = types.Position(1, len("area("))
            completion = (await editor.ghost_text(cell_uri("c"), place))[0]
            assert completion.insert_text == "radius)"
            assert completion.range == types.Range(place, place)
            prompt = model.prompts[-1]
            assert "return math.pi * radius**2\n\nradius = 3\narea(" in prompt
            assert prompt.index("area(<") < prompt.index("print('below')")
            assert "Some words" not in prompt
            assert "#circles.ipynb\n" in prompt

            text = types.NotebookDocumentCellContentChanges(
                types.VersionedTextDocumentIdentifier(2, cell_uri("a")),
                [types.TextDocumentContentChangeWholeDocument("def perimeter(radius): ...\n")],
            )
            array = types.NotebookCellArrayChange(
                3, 1, [types.NotebookCell(types.NotebookCellKind.Code, cell_uri("e"))]
            )
            structure = types.NotebookDocumentCellChangeStructure(
                array, [item("e", "python", "late = 1")], [types.TextDocumentIdentifier(cell_uri("d"))]
            )
            changes = types.NotebookDocumentCellChanges(structure, text_content=[text])
            editor.notebook_document_did_change(
                types.DidChangeNotebookDocumentParams(notebook, types.NotebookDocumentChangeEvent(cells=changes))
            )
            await editor.ghost_text(cell_uri("c"), place)
            prompt = model.prompts[-1]
            assert "def perimeter(radius): ...\n\nradius = 3" in prompt
            assert "late = 1" in prompt
            assert "below" not in prompt
