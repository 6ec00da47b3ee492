/-! The gate, after elaboration: what a candidate added to the environment is looked at as data, checked again by the
kernel on top of the environment before, and followed down to its axioms. -/

namespace Turnstile

abbrev ConstantNode := PersistentHashMap.Node Name ConstantInfo

mutual
unsafe def newIn (before : Kernel.Environment) (node : ConstantNode) (end_ : List ConstantInfo) : List ConstantInfo :=
  match node with
  | .entries entries => newAmong before entries.toList end_
  | .collision _ constants _ =>
    append (filterList (fun constant => (before.find? constant.name).isNone) constants.toList) end_
unsafe def newAmong (before : Kernel.Environment)
    (entries : List (PersistentHashMap.Entry Name ConstantInfo ConstantNode)) (end_ : List ConstantInfo) :
    List ConstantInfo :=
  match entries with
  | [] => end_
  | .entry name constant :: rest =>
    let others := newAmong before rest end_
    if (before.find? name).isSome then others else constant :: others
  | .ref node :: rest => newIn before node (newAmong before rest end_)
  | .null :: rest => newAmong before rest end_
end

/-- All constants that `after` has and `before` has not. -/
unsafe def newConstants (before after : Kernel.Environment) : List ConstantInfo :=
  newIn before after.constants.map₂.root []

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
  | passed
  | refused (reason : String)
  | unfinished (reason : String)

unsafe def kernelAnswer (name : Name) : Kernel.Exception → Replay
  | .deterministicTimeout => .unfinished "The kernel ran out of heartbeats."
  | .excessiveMemory => .unfinished "The kernel ran out of memory."
  | .deepRecursion => .unfinished "The kernel's recursion went too deep."
  | .interrupted => .unfinished "The kernel was interrupted."
  | _ => .refused ("The kernel refuses `" ++ nameText name ++ "`.")

/-- Add the constants (in the order of their needs) to `environment` with the kernel's check. -/
unsafe def replay (heartbeats : USize) (environment : Kernel.Environment) : List ConstantInfo → Replay
  | [] => .passed
  | info :: rest => match declarationOf? info with
    | none => .refused ("`" ++ nameText info.name ++ "` is neither a theorem nor a safe definition.")
    | some declaration => match environment.addDeclCore heartbeats declaration none with
      | .error exception => kernelAnswer info.name exception
      | .ok environment => replay heartbeats environment rest

/-! Axioms -/

unsafe def standardAxioms : List Name := [`propext, `Classical.choice, `Quot.sound]

unsafe def axiomsOf (environment : Environment) (name : Name) : List Name :=
  let (_, state) := ((CollectAxioms.collect name).run environment).run {}
  state.axioms.toList

unsafe def addNames (known : List Name) : List Name → List Name
  | [] => known
  | name :: rest => addNames (if contains known name then known else append known [name]) rest

unsafe def axiomsOfAll (environment : Environment) : List Name → List Name
  | [] => []
  | name :: rest => addNames (axiomsOf environment name) (axiomsOfAll environment rest)

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
/-- Constants outside the toolchain that use `sorryAx` themselves, reachable from one. Returns those found and seen. -/
unsafe def sorriesFrom (environment : Environment) (name : Name) (found : List Name × List Name) :
    List Name × List Name :=
  if contains found.2 name || isToolchains environment name then found
  else match environment.toKernelEnv.find? name with
    | none => found
    | some info =>
      let named := namedBy info
      let found := (if contains named `sorryAx then name :: found.1 else found.1, name :: found.2)
      sorriesFromAll environment named found
unsafe def sorriesFromAll (environment : Environment) (names : List Name) (found : List Name × List Name) :
    List Name × List Name :=
  match names with
  | [] => found
  | name :: rest => sorriesFromAll environment rest (sorriesFrom environment name found)
end

/-! `sorry` in the candidate's own command -/

/-- Whether a term is a `sorry` that the user wrote elsewhere in the command: labelled with a place outside of
[`start`, `stop`). -/
unsafe def isOutsideSorry (map : FileMap) (start stop : Nat) (term : Expr) : Bool :=
  if !term.isAppOf `sorryAx then false
  else match Meta.isLabeledSorry? term with
    | none => false
    | some view => match view.module? with
      | none => false
      | some location =>
        let position := (map.ofPosition location.range.pos).byteIdx
        position < start || stop ≤ position

/-- Whether `sorryAx` is left in a value when those outside of the hole are taken out. -/
unsafe def restsOnSorry (map : FileMap) (start stop : Nat) (value : Expr) : Bool :=
  let other := value.replace fun term => if isOutsideSorry map start stop term then some (.sort .zero) else none
  contains other.getUsedConstants.toList `sorryAx

end Turnstile
