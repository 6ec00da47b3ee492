/-! Syntax of libraries outside the toolchain that a proof may not use: by its kind, or by the word that it begins with.
Other syntax of such libraries is allowed. One a line; `#` starts a comment. -/

namespace Turnstile

def refusedKinds : String := r"
# Terms and tactics that are evaluated as programs (Mathlib, Batteries, Plausible; some are the toolchain's by now).
run_tac
run_cmd
run_meta
by_elab
eval%
plausible
plausible_all
slim_check
# An Aesop rule that is a program.
Aesop.Frontend.Parser.builder_nameTactic
# Options without limits.
sudo
# Files, programs outside Lean, and the network.
include_str
include_bytes
polyrith
hammer
smt
bv_check
suggest_tactics
search_proof
select_premises
llmstep
llmqed
# Waiting.
sleep
sleep_heartbeats
"

end Turnstile
