def double (n : Nat) : Nat := n + n
class Law (n : Nat) : Prop where
  law : n = 5
  other : n < 6

--- An instance that decides wrongly.
theorem t : 2 + 2 = 5 := ⟪by
  haveI : Decidable (2 + 2 = 5) := .isTrue (by decide)
  decide⟫

--- A decision that says nothing.
theorem t : 2 + 2 = 5 := ⟪by
  letI : DecidableEq Nat := fun _ _ => Classical.propDecidable _
  exact of_decide_eq_true rfl⟫

--- A numeral that means another number.
theorem t : double 2 = 5 := ⟪by
  letI : OfNat Nat 5 := ⟨4⟩
  exact (rfl : double 2 = 5)⟫

--- A coercion from what is true to what is not.
theorem t : double 2 = 5 := ⟪by
  letI : Coe (double 2 = 4) (double 2 = 5) := ⟨fun h => h ▸ h⟩
  exact ((rfl : double 2 = 4) : double 2 = 5)⟫

--- An equality test that is always true.
theorem t : double 2 = 5 := ⟪by
  letI : BEq Nat := ⟨fun _ _ => true⟩
  exact eq_of_beq (by rfl)⟫

--- An equality test that is always true, with its law.
theorem t : double 2 = 5 := ⟪by
  letI : BEq Nat := ⟨fun _ _ => true⟩
  haveI : LawfulBEq Nat := { eq_of_beq := fun _ => by rfl, rfl := rfl }
  exact eq_of_beq (by rfl)⟫

--- A relation for `calc` that forgets the order.
theorem t : 2 + 2 = 5 := ⟪by
  letI : Trans (fun (a b : Nat) => a ≤ b) (fun a b => a ≤ b) (fun (a b : Nat) => a = b) := ⟨fun h k => Nat.le_antisymm (Nat.le_trans h k) (by omega)⟩
  exact calc 2 + 2 ≤ 4 := Nat.le_refl _
    _ ≤ 5 := by decide⟫

--- An inhabitant of what is to be proved.
theorem t : 2 + 2 = 5 := ⟪@default _ ⟨_⟩⟫

--- An instance that rests on itself.
theorem t : 2 + 2 = 5 := ⟪by
  letI rec' : Inhabited (2 + 2 = 5) := ⟨rec'.default⟩
  exact default⟫

--- A definition of the same name.
theorem t : double 2 = 5 := ⟪let double := fun _ => 5; (rfl : double 2 = 5)⟫

--- A type of the same name.
theorem t : double 2 = 5 := ⟪by
  let Nat := Fin 1
  exact (Subsingleton.elim _ _ : (double 2 : Fin 1) = 5)⟫

--- A remainder taken for the number.
theorem t : (2 + 2 : Nat) = 5 := ⟪(by decide : (2 + 2 : Fin 1) = 5) ▸ rfl⟫

--- A wrong law of an instance without a name.
instance : Law 4 where
  law := ⟪by decide⟫
  other := by decide

--- A law of an instance without a name, left to another hole.
instance : Law 4 := ⟨⟪by exact (by skip; exact ?_)⟫, sorry⟩

--- A law of an instance without a name, by itself.
instance : Law 4 := ⟨⟪Law.law⟫, by decide⟩

--- A law of an instance without a name, by the name that Lean gives it.
instance : Law 4 := ⟨⟪instLawOfNatNat.law⟫, by decide⟩
