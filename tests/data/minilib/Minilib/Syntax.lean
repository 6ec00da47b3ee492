module

public import Minilib.Order

/-! Notation everywhere, and syntax that counts only where `Minilib` is open. -/

public section

/-- `m ⊔ₙ n` is the larger of two numbers. -/
infixl:68 " ⊔ₙ " => Minilib.larger

namespace Minilib

/-- `‖xs‖` is a list's length. -/
scoped notation "‖" xs "‖" => List.length xs

/-- `ascending! xs` says that the list `xs` never falls. -/
scoped macro "ascending! " xs:term:max : term => `(Minilib.Ascending $xs)

end Minilib
