"""What tree-sitter knows of a document at the cursor: what to complete, where to stop, what is in scope.

Grammars hold the interpreter's lock while they parse, so all of it happens in a process of its own (`process.py`);
`client.py` is its front, `base.py` what the coder sees.
"""
