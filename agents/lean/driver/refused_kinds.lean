/-! Syntax kinds of libraries outside the toolchain that a proof may not use. Other kinds of such libraries are allowed.
One kind a line; `#` starts a comment. -/

namespace Turnstile

def refusedKinds : String := r"
# Terms and tactics that are evaluated as programs.
Lean.Elab.Tactic.RunTac
Mathlib.Util.elabEval
# Options without limits.
Lean.Elab.Command.elabSudoSetOption
# Programs outside Lean, and the network.
Mathlib.Tactic.Polyrith.polyrithSyntax
"

end Turnstile
