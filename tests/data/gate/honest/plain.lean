--- A term.
theorem t (p q : Prop) : p ∧ q → q ∧ p := ⟪fun ⟨hp, hq⟩ => ⟨hq, hp⟩⟫

--- A calculation.
theorem t (a b c : Nat) (h₁ : a = b) (h₂ : b ≤ c) : a ≤ c := ⟪calc
  a = b := h₁
  _ ≤ c := h₂⟫

--- A calculation as a tactic, with justifications by tactics.
theorem t (a b c : Nat) (h : a + b = c) : b + a = c := by
  ⟪calc b + a
    _ = a + b := by rw [Nat.add_comm]
    _ = c := by exact h⟫

--- Pattern matching.
theorem t (p q : Prop) (h : p ∨ q) : q ∨ p := ⟪match h with
  | .inl hp => .inr hp
  | .inr hq => .inl hq⟫

--- Structural recursion of the theorem itself.
theorem t : ∀ n : Nat, 0 + n = n := ⟪fun
  | 0 => rfl
  | n + 1 => congrArg (· + 1) (t n)⟫

--- A decision.
theorem t : 2 ^ 10 = 1024 := by
  ⟪decide⟫

--- A decision by the kernel.
theorem t : 1000 * 1000 = 1000000 := by
  ⟪decide +kernel⟫

--- Configuration by literals.
theorem t (a : Nat) (h : a < 3) : a + 0 < 3 := by
  ⟪simp (config := { decide := true, maxSteps := 1000 }) (zeta := true) only [Nat.add_zero]
  exact h⟫

--- Configuration by signs.
theorem t (a b : Nat) (h : a = b + 1) : b < a := by
  ⟪simp +arith -zeta [h]⟫

--- Induction.
theorem t (n : Nat) : 0 + n = n := by
  ⟪induction n with
  | zero => rfl
  | succ n ih => rw [← Nat.add_assoc, ih]⟫

--- `show … from`.
theorem t (p : Prop) (h : p) : p ∨ False := ⟪show p ∨ False from Or.inl h⟫

--- Comments that say sorry, axiom, unsafe, native_decide.
theorem t (p : Prop) (h : p) : p := by
  ⟪-- no sorry, no axiom, nothing unsafe, no native_decide
  /- set_option debug.skipKernelTC true
     #exit /- nested -/ -/
  exact h⟫

--- A comment at the end.
theorem t (p : Prop) (h : p) : p := by
  ⟪exact h /- done -/⟫

--- A text that says sorry.
theorem t : "sorry unsafe axiom".length = 18 := by
  ⟪have : "sorry" = "sorry" := rfl
  decide⟫

--- Unicode names and guillemets.
theorem t (α β : Prop) (ηβ : β) : α → β := by
  ⟪intro «the hypothesis»
  have h₁' : β := ηβ
  exact h₁'⟫

--- `have` and `suffices`, nested.
theorem t (a b c : Nat) (h : a ≤ b) (h' : b ≤ c) : a ≤ c + 1 := by
  ⟪suffices hs : a ≤ c by
    have : c ≤ c + 1 := by
      have := Nat.le_succ c
      exact this
    exact Nat.le_trans hs this
  exact Nat.le_trans h h'⟫

--- Rewriting at a hypothesis.
theorem t (a b : Nat) (h : a + 0 = b) : a = b := by
  ⟪simp only [Nat.add_zero] at h
  exact h⟫

--- Patterns.
theorem t (p q r : Prop) (h : (p ∧ q) ∨ (p ∧ r)) : p := by
  ⟪rcases h with ⟨hp, _⟩ | ⟨hp, -⟩ <;> assumption⟫

--- `obtain` and an existential.
theorem t (h : ∃ n : Nat, n * n = 9 ∧ n < 5) : ∃ m, m < 5 := by
  ⟪obtain ⟨n, _, hn⟩ := h
  exact ⟨n, hn⟩⟫

--- Inside a term.
theorem t (a b : Nat) : (a + b) * 1 = b + a := by
  ⟪conv =>
    lhs
    rw [Nat.mul_one]
    rw [Nat.add_comm]⟫

--- Arithmetic.
theorem t (a b : Nat) (h : 2 * a + 1 = 2 * b + 1) : a = b := by
  ⟪omega⟫

--- `grind`.
theorem t (xs ys : List Nat) : (xs ++ ys).length = ys.length + xs.length := by
  ⟪grind⟫

--- What `grind?` says: parameters with marks.
theorem t (xs : List Nat) : (xs ++ []).length = xs.length := by
  ⟪grind only [= List.append_nil]⟫

--- Holes that become goals.
theorem t (p q : Prop) (hp : p) (hq : q) : p ∧ q ∧ p := by
  ⟪refine ⟨?_, ?second, hp⟩
  case second => exact hq
  · exact hp⟫

--- A namespace opened for one tactic.
theorem t (p : Prop) : p ∨ ¬p := by
  ⟪open Classical in
  exact em p⟫

--- A namespace opened for a term.
theorem t (a b : Nat) (h : a < b) : a + 1 ≤ b := ⟪open Nat in succ_le_of_lt h⟫

--- Classical choice.
theorem t (p : Prop) (h : ¬¬p) : p := by
  ⟪classical
  by_cases hp : p
  · exact hp
  · exact absurd hp h⟫

--- Contradiction by `by_contra`'s kin.
theorem t (p q : Prop) (h : ¬q → ¬p) (hp : p) : q := by
  ⟪apply Classical.byContradiction
  intro hq
  exact h hq hp⟫

--- A recursor by name.
theorem t (n : Nat) : n + 0 = n := ⟪Nat.rec (motive := fun n => n + 0 = n) rfl (fun _ _ => rfl) n⟫

--- No cases.
theorem t : ¬ (1 = 2) := ⟪nofun⟫

--- No match.
theorem t (h : False) : 1 = 2 := ⟪nomatch h⟫

--- Nothing left over.
theorem t (h : 1 = 2) : False := by
  ⟪nomatch h⟫

--- Function extensionality and anonymous functions.
theorem t : (fun n : Nat => n + 0) = id := by
  ⟪funext n
  simp⟫

--- Extensionality with patterns.
theorem t (f g : Nat → Nat) (h : ∀ x, f x = g x) : f = g := by
  ⟪ext x
  exact h x⟫

--- More arguments than the one that stood there.
theorem t (a b : Nat) (h : a = b) (h' : b = 3) : a = 3 := Eq.trans ⟪h h'⟫

--- Anonymous constructors and projections.
theorem t (p q r : Prop) (h : p ∧ q ∧ r) : r ∧ p := ⟪⟨h.2.2, h.1⟩⟫

--- Pipes.
theorem t (p q r : Prop) (f : p → q) (g : q → r) (h : p) : r := ⟪h |> f |> g⟫

--- A helper by recursion.
theorem t (n : Nat) : n ≤ n * n + n := by
  ⟪let rec helper : ∀ k : Nat, k ≤ k + n
    | 0 => Nat.zero_le _
    | k + 1 => by have := helper k; omega
  exact Nat.le_add_left n (n * n)⟫

--- Equations of a library function, made when needed.
theorem t (x : Nat) (xs : List Nat) : (x :: xs).map (· + 1) = (x + 1) :: xs.map (· + 1) := by
  ⟪rw [List.map]⟫

--- More time, within limits.
theorem t (a b : Nat) (h : a < b) : ¬ b ≤ a := by
  ⟪set_option maxHeartbeats 400000 in
  set_option maxRecDepth 2000 in
  omega⟫

--- Goals chosen in other ways.
theorem t (p q : Prop) (hp : p) (hq : q) : (p ∧ q) ∧ (q ∧ p) := by
  ⟪constructor
  all_goals constructor
  any_goals assumption⟫

--- `iterate`, `repeat`, `try`, `next`.
theorem t (p q : Prop) (hp : p) (hq : q) : p ∧ q ∧ p := by
  ⟪repeat' apply And.intro
  next => exact hp
  iterate 2 (first | exact hq | exact hp)⟫

--- A local instance in a term.
theorem t : (inferInstance : Inhabited Nat) = (inferInstance : Inhabited Nat) := ⟪by
  letI : Inhabited Nat := ⟨5⟩
  rfl⟫

--- Existence with a witness.
theorem t : ∃ n : Nat, n * n = 49 := by
  ⟪exists 7⟫

--- Conditions.
theorem t (p : Prop) [Decidable p] : (if p then 1 else 2) < 3 := by
  ⟪split <;> decide⟫

--- Substitution and injection.
theorem t (a b : Nat) (h : some a = some b) : b = a := by
  ⟪injection h with h
  subst h
  rfl⟫

--- Casts.
theorem t (a b : Nat) (h : (a : Int) = b) : a = b := by
  ⟪exact_mod_cast h⟫

--- Type ascription, universe and explicit arguments.
theorem t {α : Type u} (a : α) : a = a := ⟪(@rfl.{u+1} α a : a = a)⟫

--- More than one line of rewriting, with places.
theorem t (a b c : Nat) : a + b + c = c + (b + a) := by
  ⟪rw [Nat.add_comm (a + b) c,
      Nat.add_comm a b]⟫

--- A tactic block in braces.
theorem t (p q : Prop) (hp : p) (hq : q) : p ∧ q := ⟪by { constructor; { exact hp }; { exact hq } }⟫

--- Generalisation and reverting.
theorem t (n m : Nat) (h : n = m) : n + 1 = m + 1 := by
  ⟪revert h
  generalize n = k
  intro h
  exact h ▸ rfl⟫

--- `do` notation in a statement within the proof.
theorem t : (some 1 >>= fun x => some (x + 1)) = some 2 := by
  ⟪show (do let x ← some 1; return x + 1) = some 2
  rfl⟫

--- By contradiction with a chain of implications.
theorem t (p q r : Prop) (h : p → q) (g : q → r) : ¬r → ¬p := ⟪fun hr hp => hr (g (h hp))⟫

--- Strong induction.
theorem t (P : Nat → Prop) (h : ∀ n, (∀ m, m < n → P m) → P n) (n : Nat) : P n := by
  ⟪induction n using Nat.strongRecOn with
  | ind n ih => exact h n ih⟫

--- A `match` with several patterns and a guard.
theorem t : ∀ b c : Bool, (b && c) = (c && b) := ⟪fun
  | true, true | false, false => rfl
  | true, false | false, true => rfl⟫

--- `if … then … else` as a proof.
theorem t (n : Nat) : n = 0 ∨ 0 < n := ⟪if h : n = 0 then .inl h else .inr (Nat.pos_of_ne_zero h)⟫

--- `Exists` by cases on a decision.
theorem t (n : Nat) : ∃ b : Bool, b = true ↔ n = 3 := by
  ⟪refine ⟨decide (n = 3), ?_⟩
  simp⟫

--- Subtypes and existentials together.
theorem t (s : {n : Nat // 2 < n}) : ∃ m, m < s.val := ⟪⟨2, s.property⟩⟫

--- A helper with a termination measure.
theorem t (n : Nat) : 0 ≤ n := by
  ⟪let rec helper (k : Nat) : 0 ≤ k :=
    match k with
    | 0 => Nat.le_refl 0
    | k + 1 => Nat.le_succ_of_le (helper k)
  termination_by k
  exact helper n⟫

--- Bit vectors.
theorem t (x y : BitVec 8) : x + y = y + x := by
  ⟪exact BitVec.add_comm x y⟫

--- Arrays and options.
theorem t (x : Nat) : (some x).map (· + 1) = some (x + 1) := ⟪rfl⟫

--- Quotients.
theorem t {α : Type} (s : Setoid α) (a b : α) (h : a ≈ b) : Quotient.mk s a = Quotient.mk s b := ⟪Quotient.sound h⟫

--- Propositional extensionality.
theorem t (p q : Prop) (h : p ↔ q) : p = q := ⟪propext h⟫

--- Something unnamed from the context.
theorem t (p q : Prop) (_ : p) (_ : q) : p ∧ q := ⟪⟨‹p›, ‹q›⟩⟫

--- A very long line.
theorem t : True := ⟪(fun (_ : True) => trivial) <| (fun (_ : True) => trivial) <| (fun (_ : True) => trivial) <| (fun (_ : True) => trivial) <| (fun (_ : True) => trivial) <| (fun (_ : True) => trivial) <| (fun (_ : True) => trivial) <| (fun (_ : True) => trivial) <| (fun (_ : True) => trivial) <| (fun (_ : True) => trivial) <| (fun (_ : True) => trivial) <| (fun (_ : True) => trivial) <| (fun (_ : True) => trivial) <| (fun (_ : True) => trivial) <| (fun (_ : True) => trivial) <| (fun (_ : True) => trivial) <| (fun (_ : True) => trivial) <| (fun (_ : True) => trivial) <| (fun (_ : True) => trivial) <| (fun (_ : True) => trivial) <| (fun (_ : True) => trivial) <| (fun (_ : True) => trivial) <| (fun (_ : True) => trivial) <| (fun (_ : True) => trivial) <| (fun (_ : True) => trivial) <| (fun (_ : True) => trivial) <| (fun (_ : True) => trivial) <| (fun (_ : True) => trivial) <| (fun (_ : True) => trivial) <| (fun (_ : True) => trivial) <| (fun (_ : True) => trivial) <| (fun (_ : True) => trivial) <| (fun (_ : True) => trivial) <| (fun (_ : True) => trivial) <| (fun (_ : True) => trivial) <| (fun (_ : True) => trivial) <| (fun (_ : True) => trivial) <| (fun (_ : True) => trivial) <| (fun (_ : True) => trivial) <| (fun (_ : True) => trivial) <| (fun (_ : True) => trivial) <| (fun (_ : True) => trivial) <| (fun (_ : True) => trivial) <| (fun (_ : True) => trivial) <| (fun (_ : True) => trivial) <| (fun (_ : True) => trivial) <| (fun (_ : True) => trivial) <| (fun (_ : True) => trivial) <| (fun (_ : True) => trivial) <| (fun (_ : True) => trivial) <| (fun (_ : True) => trivial) <| (fun (_ : True) => trivial) <| (fun (_ : True) => trivial) <| (fun (_ : True) => trivial) <| (fun (_ : True) => trivial) <| (fun (_ : True) => trivial) <| (fun (_ : True) => trivial) <| (fun (_ : True) => trivial) <| (fun (_ : True) => trivial) <| (fun (_ : True) => trivial) <| (fun (_ : True) => trivial) <| (fun (_ : True) => trivial) <| (fun (_ : True) => trivial) <| (fun (_ : True) => trivial) <| (fun (_ : True) => trivial) <| (fun (_ : True) => trivial) <| (fun (_ : True) => trivial) <| (fun (_ : True) => trivial) <| (fun (_ : True) => trivial) <| (fun (_ : True) => trivial) <| (fun (_ : True) => trivial) <| (fun (_ : True) => trivial) <| (fun (_ : True) => trivial) <| (fun (_ : True) => trivial) <| (fun (_ : True) => trivial) <| (fun (_ : True) => trivial) <| (fun (_ : True) => trivial) <| (fun (_ : True) => trivial) <| (fun (_ : True) => trivial) <| (fun (_ : True) => trivial) <| (fun (_ : True) => trivial) <| (fun (_ : True) => trivial) <| (fun (_ : True) => trivial) <| (fun (_ : True) => trivial) <| (fun (_ : True) => trivial) <| (fun (_ : True) => trivial) <| (fun (_ : True) => trivial) <| (fun (_ : True) => trivial) <| (fun (_ : True) => trivial) <| (fun (_ : True) => trivial) <| (fun (_ : True) => trivial) <| (fun (_ : True) => trivial) <| (fun (_ : True) => trivial) <| (fun (_ : True) => trivial) <| (fun (_ : True) => trivial) <| (fun (_ : True) => trivial) <| (fun (_ : True) => trivial) <| (fun (_ : True) => trivial) <| (fun (_ : True) => trivial) <| (fun (_ : True) => trivial) <| (fun (_ : True) => trivial) <| (fun (_ : True) => trivial) <| (fun (_ : True) => trivial) <| (fun (_ : True) => trivial) <| (fun (_ : True) => trivial) <| (fun (_ : True) => trivial) <| (fun (_ : True) => trivial) <| (fun (_ : True) => trivial) <| (fun (_ : True) => trivial) <| (fun (_ : True) => trivial) <| (fun (_ : True) => trivial) <| (fun (_ : True) => trivial) <| (fun (_ : True) => trivial) <| (fun (_ : True) => trivial) <| (fun (_ : True) => trivial) <| (fun (_ : True) => trivial) <| (fun (_ : True) => trivial) <| (fun (_ : True) => trivial) <| (fun (_ : True) => trivial) <| (fun (_ : True) => trivial) <| (fun (_ : True) => trivial) <| (fun (_ : True) => trivial) <| (fun (_ : True) => trivial) <| (fun (_ : True) => trivial) <| (fun (_ : True) => trivial) <| (fun (_ : True) => trivial) <| (fun (_ : True) => trivial) <| (fun (_ : True) => trivial) <| (fun (_ : True) => trivial) <| (fun (_ : True) => trivial) <| (fun (_ : True) => trivial) <| (fun (_ : True) => trivial) <| (fun (_ : True) => trivial) <| (fun (_ : True) => trivial) <| (fun (_ : True) => trivial) <| (fun (_ : True) => trivial) <| (fun (_ : True) => trivial) <| (fun (_ : True) => trivial) <| (fun (_ : True) => trivial) <| (fun (_ : True) => trivial) <| (fun (_ : True) => trivial) <| (fun (_ : True) => trivial) <| (fun (_ : True) => trivial) <| (fun (_ : True) => trivial) <| (fun (_ : True) => trivial) <| (fun (_ : True) => trivial) <| (fun (_ : True) => trivial) <| (fun (_ : True) => trivial) <| (fun (_ : True) => trivial) <| (fun (_ : True) => trivial) <|  trivial⟫
