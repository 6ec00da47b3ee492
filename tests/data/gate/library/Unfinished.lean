module

import Minilib

/-! A compiled module whose theorems rest on more than they show. -/

public section

namespace Unfinished

theorem base : 1 = 2 := sorry

private theorem hidden : 1 = 2 := base

theorem through : 2 = 1 := hidden.symm

axiom own : 3 = 4

theorem byOwn : 4 = 3 := own.symm

theorem byChoice (p : Prop) [Nonempty p] : p := Classical.choice inferInstance

end Unfinished
