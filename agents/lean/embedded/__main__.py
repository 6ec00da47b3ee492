"""``python -m turnstile_lsp.agents.lean.embedded`` installs the embedded Lean."""

from turnstile_lsp.agents.lean.embedded.install import main

main()
