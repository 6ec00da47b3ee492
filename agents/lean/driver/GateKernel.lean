/-! The gate, after elaboration: what a candidate added to the environment is looked at as data, checked by the kernel and
followed down to its axioms. -/

namespace Turnstile

abbrev ConstantNode := PersistentHashMap.Node Name ConstantInfo

abbrev ConstantEntry := PersistentHashMap.Entry Name ConstantInfo ConstantNode

unsafe def isSameObject {α : Type} (a b : α) : Bool := ptrAddrUnsafe a == ptrAddrUnsafe b

unsafe def entriesOf : Option ConstantNode → List ConstantEntry
  | some (.entries entries) => entries.toList
  | _ => []

mutual
/-- The constants of a map that `before` has not. `old`: what stood there in the map before, mostly the same object. -/
unsafe def newIn (before : Kernel.Environment) (old : Option ConstantNode) (node : ConstantNode)
    (end_ : List ConstantInfo) : List ConstantInfo :=
  match node with
  | .entries entries => newAmong before (entriesOf old) entries.toList end_
  | .collision _ constants _ =>
    append (filterList (fun constant => (before.find? constant.name).isNone) constants.toList) end_
unsafe def newAmong (before : Kernel.Environment) (olds entries : List ConstantEntry) (end_ : List ConstantInfo) :
    List ConstantInfo :=
  match entries with
  | [] => end_
  | .entry name constant :: rest =>
    let others := newAmong before olds.tail rest end_
    if (before.find? name).isSome then others else constant :: others
  | .ref node :: rest =>
    let others := newAmong before olds.tail rest end_
    match olds with
    | .ref old :: _ => if isSameObject old node then others else newIn before (some old) node others
    | _ => newIn before none node others
  | .null :: rest => newAmong before olds.tail rest end_
end

/-- All constants that `after` has and `before` has not. -/
unsafe def newConstants (before after : Kernel.Environment) : List ConstantInfo :=
  newIn before (some before.constants.map₂.root) after.constants.map₂.root []

unsafe def contains (names : List Name) (name : Name) : Bool := anyOf (fun n => n == name) names

unsafe def valueOf? : ConstantInfo → Option Expr
  | .thmInfo value => some value.value
  | .defnInfo value => some value.value
  | .opaqueInfo value => some value.value
  | _ => none

/-- Constants that a constant's type and value name. -/
unsafe def namedBy (info : ConstantInfo) : List Name :=
  let inType := info.type.getUsedConstants.toList
  match valueOf? info with
  | some value => append inType value.getUsedConstants.toList
  | none => inType

unsafe def isTheorem : ConstantInfo → Bool
  | .thmInfo _ => true
  | _ => false

/-- Theorems and safe definitions; nothing else may come from a candidate. -/
unsafe def declarationOf? : ConstantInfo → Option Declaration
  | .thmInfo value => some (.thmDecl value)
  | .defnInfo value => match value.safety with
    | .safe => some (.defnDecl value)
    | _ => none
  | _ => none

/-- `before`: the environment before the candidate. `seen` and `order` (last first): constants met on the way. -/
structure Walk where
  seen : List Name
  order : List ConstantInfo

mutual
/-- The constants that `before` has not, reachable from one, each after those that it needs. -/
unsafe def reach (before after : Kernel.Environment) (name : Name) (walk : Walk) : Walk :=
  if contains walk.seen name || (before.find? name).isSome then walk
  else match after.find? name with
    | none => walk
    | some info =>
      let inner := reachAll before after (namedBy info) { walk with seen := name :: walk.seen }
      { inner with order := info :: inner.order }
unsafe def reachAll (before after : Kernel.Environment) (names : List Name) (walk : Walk) : Walk :=
  match names with
  | [] => walk
  | name :: rest => reachAll before after rest (reach before after name walk)
end

/-! The kernel, once more -/

inductive Replay where
  | passed (environment : Kernel.Environment)
  | refused (reason : String)
  | unfinished (reason : String)

unsafe def kernelAnswer (name : Name) : Kernel.Exception → Replay
  | .deterministicTimeout => .unfinished "The kernel ran out of heartbeats."
  | .excessiveMemory => .unfinished "The kernel ran out of memory."
  | .deepRecursion => .unfinished "The kernel's recursion went too deep."
  | .interrupted => .unfinished "The kernel was interrupted."
  | _ => .refused ("The kernel refuses `" ++ nameText name ++ "`.")

/-- Add a constant to `environment` with the kernel's check. -/
unsafe def replay (heartbeats : USize) (environment : Kernel.Environment) (info : ConstantInfo) : Replay :=
  match declarationOf? info with
  | none => .refused ("`" ++ nameText info.name ++ "` is neither a theorem nor a safe definition.")
  | some declaration => match environment.addDeclCore heartbeats declaration none with
    | .error exception => kernelAnswer info.name exception
    | .ok environment => .passed environment

/-! Axioms -/

unsafe def standardAxioms : List Name := [`propext, `Classical.choice, `Quot.sound]

unsafe def addNames (known : List Name) : List Name → List Name
  | [] => known
  | name :: rest => addNames (if contains known name then known else append known [name]) rest

unsafe def collectAxioms (environment : Environment) (state : CollectAxioms.State) : List Name → List Name
  | [] => state.axioms.toList
  | name :: rest => collectAxioms environment (((CollectAxioms.collect name).run environment).run state).2 rest

inductive AxiomKind where
  | standard
  /-- Declared by the user's own text or project. -/
  | own
  | sorry
  /-- A library's theorem or definition whose body an exported environment leaves out. -/
  | erased
  | refused
  /-- Of a project's compiled module: its body is not there to be looked at. -/
  | unknown

/-- An axiom by its name and by who declares it. `before`: the environment before the candidate. -/
unsafe def axiomKind (before : Environment) (name : Name) : AxiomKind :=
  if contains standardAxioms name then .standard
  else if name == `sorryAx then .sorry
  else match before.toKernelEnv.find? name with
    | none => .refused
    | some info =>
      let erased := match getOriginalConstKind? before name with
        | some .axiom => false
        | some _ => true
        | none => false
      if info.isUnsafe then .refused
      else if isToolchains before name then if erased then .erased else .refused
      else if erased then .unknown
      else .own

unsafe def axiomsThat (before : Environment) (wanted : AxiomKind → Bool) (names : List Name) : List Name :=
  filterList (fun name => wanted (axiomKind before name)) names

mutual
/-- Constants of `kernel` outside the toolchain that use `sorryAx` themselves, reachable from one. `modules`: tells who
declares what. Returns those found and seen. -/
unsafe def sorriesFrom (modules : Environment) (kernel : Kernel.Environment) (name : Name)
    (found : List Name × List Name) : List Name × List Name :=
  if contains found.2 name || isToolchains modules name then found
  else match kernel.find? name with
    | none => found
    | some info =>
      let named := namedBy info
      let found := (if contains named `sorryAx then name :: found.1 else found.1, name :: found.2)
      sorriesFromAll modules kernel named found
unsafe def sorriesFromAll (modules : Environment) (kernel : Kernel.Environment) (names : List Name)
    (found : List Name × List Name) : List Name × List Name :=
  match names with
  | [] => found
  | name :: rest => sorriesFromAll modules kernel rest (sorriesFrom modules kernel name found)
end

/-! `sorry` in the candidate's own command -/

/-- The place in the text that a `sorry` is labelled with. -/
unsafe def sorryPlace? (map : FileMap) (term : Expr) : Option Nat :=
  if !term.isAppOf `sorryAx then none
  else match Meta.isLabeledSorry? term with
    | none => none
    | some view => match view.module? with
      | none => none
      | some location => some (map.ofPosition location.range.pos).byteIdx

/-- Whether a term is a `sorry` that the user wrote elsewhere in the command: labelled with a place outside of
[`start`, `stop`). -/
unsafe def isOutsideSorry (map : FileMap) (start stop : Nat) (term : Expr) : Bool :=
  match sorryPlace? map term with
  | none => false
  | some place => place < start || stop ≤ place

/-- Whether `sorryAx` is left in a value when those outside of the hole are taken out. -/
unsafe def restsOnSorry (map : FileMap) (start stop : Nat) (value : Expr) : Bool :=
  let other := value.replace fun term => if isOutsideSorry map start stop term then some (.sort .zero) else none
  contains other.getUsedConstants.toList `sorryAx

/-- A claim leaves out what elaboration only noted. -/
unsafe def withoutNotes (term : Expr) : Expr :=
  term.replace fun inner => match inner with
    | .mdata _ noted => some (withoutNotes noted)
    | _ => none

/-- A `sorry` that the user wrote: its place, and what it stands for. -/
abbrev OtherSorry := Nat × Expr

unsafe def isAmong (known : List OtherSorry) (one : OtherSorry) : Bool :=
  anyOf (fun other => other.1 == one.1 && other.2 == one.2) known

/-- The `sorry`s outside of [`start`, `stop`) in a term, each once, in front of those `found`. -/
unsafe def otherSorries (map : FileMap) (start stop : Nat) (term : Expr) (found : List OtherSorry) : List OtherSorry :=
  let read := fun (inner : Expr) => match inner with
    | .app (.app (.app _ type) _) _ => match sorryPlace? map inner with
      | some place => if place < start || stop ≤ place then some (place, withoutNotes type) else none
      | none => none
    | _ => none
  let isNew := fun (inner : Expr) => match read inner with
    | some one => !isAmong found one
    | none => false
  match term.find? isNew with
  | none => found
  | some inner => match read inner with
    | some one => otherSorries map start stop term (one :: found)
    | none => found

unsafe def otherSorriesOf (map : FileMap) (start stop : Nat) : List ConstantInfo → List OtherSorry
  | [] => []
  | info :: rest =>
    let others := otherSorriesOf map start stop rest
    match valueOf? info with
    | some value => otherSorries map start stop value others
    | none => others

end Turnstile
