"""Neovim's own LSP client, as Debian ships it: completion, raw inline completion and a proof by a code action."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path

import pytest

from tests.e2e.conftest import ROOT

SCRIPT = """
local out, server = arg_out, arg_server
vim.o.hidden = true
local client = vim.lsp.start_client({ name = 'turnstile', cmd = { server, 'lsp' }, root_dir = vim.fn.getcwd() })
local function open(name)
  vim.cmd('edit ' .. name)
  local buffer = vim.api.nvim_get_current_buf()
  vim.lsp.buf_attach_client(buffer, client)
  vim.wait(60000, function() return vim.lsp.get_client_by_id(client).initialized end)
  return buffer, { uri = vim.uri_from_bufnr(buffer) }
end
local function ask(buffer, method, parameters)
  local answers, problem = vim.lsp.buf_request_sync(buffer, method, parameters, 120000)
  assert(answers, problem)
  return answers[client].result
end
local seen = {}
local buffer, document = open('lines.py')
local cursor = { line = 1, character = 11 }
seen.inline = ask(buffer, 'textDocument/inlineCompletion', { textDocument = document, position = cursor, context = { triggerKind = 1 } })
seen.completion = ask(buffer, 'textDocument/completion', { textDocument = document, position = cursor, context = { triggerKind = 1 } })
buffer, document = open('lemma.lean')
local range = { start = { line = 1, character = 2 }, ['end'] = { line = 1, character = 2 } }
local actions = ask(buffer, 'textDocument/codeAction', { textDocument = document, range = range, context = { diagnostics = {} } })
seen.titles = vim.tbl_map(function(action) return action.title end, actions)
local command = type(actions[1].command) == 'table' and actions[1].command or actions[1]
ask(buffer, 'workspace/executeCommand', { command = command.command, arguments = command.arguments })
vim.wait(60000, function() return not table.concat(vim.api.nvim_buf_get_lines(buffer, 0, -1, false), '\\n'):find('sorry') end)
seen.lemma = vim.api.nvim_buf_get_lines(buffer, 0, -1, false)
local file = io.open(out, 'w')
file:write(vim.fn.json_encode(seen))
file:close()
vim.lsp.stop_client(client)
vim.cmd('qall!')
"""


@pytest.mark.timeout(300)
def test_completion_and_a_proof_in_neovim(tmp_path: Path, runtime: Path) -> None:
    (tmp_path / "lines.py").write_text("def add(first, second):\n    return \n")
    (tmp_path / "lemma.lean").write_text("theorem add_zero_left (n : Nat) : 0 + n = n := by\n  sorry\n")
    out = tmp_path / "seen.json"
    places = f"local arg_out, arg_server = {json.dumps(str(out))}, {json.dumps(str(ROOT / '.venv/bin/turnstile'))}\n"
    (tmp_path / "session.lua").write_text(places + SCRIPT)
    command = ["nvim", "--headless", "--clean", "-c", "luafile session.lua"]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, timeout=280, stdin=subprocess.DEVNULL)
    assert out.exists(), done.stdout + done.stderr
    seen = json.loads(out.read_text())
    assert seen["inline"]["items"][0]["command"]["arguments"][0]["model"] == "nano-coder"
    assert seen["completion"]["items"][0]["labelDetails"]["description"] == "nano-coder"
    assert "Prove this lemma" in seen["titles"][0]
    assert "sorry" not in "\n".join(seen["lemma"])
