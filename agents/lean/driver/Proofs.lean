/-! Proof states: goals with the context they live in, on which tactics run one after another. -/

namespace Turnstile

/-- `root`: the goal that the first of these states had, whose proof is being built. -/
structure Proof where
  context : ContextInfo
  goals : List MVarId
  root : MVarId

/-- Proof states by number. -/
structure Proofs where
  kept : IO.Ref (List (Nat × Proof))
  next : IO.Ref Nat

unsafe def noProofs : IO Proofs := do
  return { kept := ← IO.mkRef [], next := ← IO.mkRef 0 }

unsafe def keepProof (proofs : Proofs) (proof : Proof) : IO Nat := do
  let number ← proofs.next.get
  proofs.next.set (number + 1)
  proofs.kept.modify fun kept => (number, proof) :: kept
  return number

unsafe def proofNumbered (number : Nat) : List (Nat × Proof) → Option Proof
  | [] => none
  | (n, proof) :: rest => if n == number then some proof else proofNumbered number rest

unsafe def freeProofs (proofs : Proofs) (numbers : List Nat) : IO Unit :=
  proofs.kept.modify fun kept => filterList (fun (n, _) => !anyOf (fun m => m == n) numbers) kept

/-- A fresh goal for a `sorry` that is a term. -/
unsafe def goalOfTerm (context : ContextInfo) (info : TermInfo) (type : Expr) : IO Proof := do
  let state ← IO.mkRef { mctx := context.mctx : Meta.State }
  let (goal, core) ← inCore context fun a b =>
    Meta.mkFreshExprMVar (some type) MetavarKind.syntheticOpaque Name.anonymous { lctx := info.lctx } state a b
  return { context := { context with mctx := (← state.get).mctx, ngen := core.ngen },
           goals := [goal.mvarId!], root := goal.mvarId! }

unsafe def proofAt : Place → IO (Option Proof)
  | .tactic context info => match info.goalsBefore with
    | [] => return none
    | goal :: _ => return some { context := { context with mctx := info.mctxBefore }, goals := [goal], root := goal }
  | .term context info => match info.expectedType? with
    | none => return none
    | some type => do return some (← goalOfTerm context info type)

/-- Without the terms that tactic `sorry`s expand to. -/
unsafe def properSorries (places : List Place) : List Place :=
  let tactics := filterList (fun place => isSorryTactic (placeSyntax place)) places
  let ranges := mapList (fun place => rangeOf (placeSyntax place)) tactics
  let terms := filterList (fun place => isSorryTerm (placeSyntax place)
    && !anyOf (fun range => range == rangeOf (placeSyntax place)) ranges) places
  append tactics terms

unsafe def isSorry (stx : Syntax) : Bool := isSorryTerm stx || isSorryTactic stx

/-! Running -/

/-- What running a tactic gave, besides the state after it. -/
structure TacticOutcome where
  proof : Proof
  messages : List Message
  trees : List InfoTree

unsafe def isUnsolved (metavariables : MetavarContext) (goal : MVarId) : Bool :=
  (metavariables.getExprAssignmentCore? goal).isNone && (metavariables.getDelayedMVarAssignmentCore? goal).isNone

unsafe def orThrow (outcome : Except Exception Unit) : IO Unit :=
  match outcome with
  | .ok _ => return
  | .error exception => do throw (IO.userError (← exceptionText exception))

/-- The names of the universe levels in what is proved. -/
unsafe def levelNamesOf (proof : Proof) : List Name :=
  match proof.context.mctx.findDecl? proof.root with
  | some root => (collectLevelParams {} root.type).params.toList
  | none => []

/-- `recover`: whether the tactics go on behind an error, as they do in a file. -/
unsafe def runTactic (proof : Proof) (tactic : Syntax) (recover : Bool) : IO TacticOutcome := do
  let context := proof.context
  let core ← coreContext context
  let coreState ← IO.mkRef {
    env := context.env, ngen := context.ngen, infoState := { enabled := true } : Core.State }
  let metaState ← IO.mkRef { mctx := context.mctx : Meta.State }
  let termState ← IO.mkRef ({ levelNames := levelNamesOf proof } : Term.State)
  let tacticState ← IO.mkRef { goals := proof.goals : Tactic.State }
  let term : Term.Context := { declName? := context.parentDecl? }
  let tactics : Tactic.Context := { elaborator := .anonymous, recover := recover }
  let run := Tactic.evalTactic tactic tactics tacticState term termState {} metaState core coreState
  orThrow (← run.toBaseIO)
  orThrow (← (Term.synthesizeSyntheticMVarsNoPostponing false term termState {} metaState core coreState).toBaseIO)
  let after ← coreState.get
  let metavariables := (← metaState.get).mctx
  let context := { context with env := after.env, ngen := after.ngen, mctx := metavariables }
  return {
    proof := { proof with context := context, goals := filterList (isUnsolved metavariables) (← tacticState.get).goals }
    messages := messagesOf after.messages
    trees := persistentList after.infoState.trees }

/-! What a proof state is worth -/

unsafe def auxiliaryOnes : List (Option LocalDecl) → List FVarId
  | [] => []
  | some declaration :: rest =>
    if declaration.isAuxDecl then declaration.fvarId :: auxiliaryOnes rest else auxiliaryOnes rest
  | none :: rest => auxiliaryOnes rest

/-- The whole proof as a closed definition, for the kernel. -/
unsafe def closedProof (context : ContextInfo) (locals : LocalContext) (type value : Expr) : IO Declaration := do
  let variables := locals.getFVars
  let value ← inMeta context locals fun a b c d => (Meta.mkLambdaFVars variables value : MetaM Expr) a b c d
  let type ← inMeta context locals fun a b c d => (Meta.mkForallFVars variables type : MetaM Expr) a b c d
  let levels := (collectLevelParams (collectLevelParams {} type) value).params
  return .defnDecl {
    name := `_proof, type := type, value := value, levelParams := levels.toList, hints := .opaque, safety := .safe }

/-- The community REPL's `proofStatus`. -/
unsafe def proofStatus (proof : Proof) : IO String := do
  match proof.goals, proof.context.mctx.findDecl? proof.root with
  | _ :: _, _ => return "Incomplete: open goals remain"
  | [], none => return "Error: Goal not assigned"
  | [], some root =>
    let value := (instantiateMVarsCore proof.context.mctx (.mvar proof.root)).1
    if value.hasExprMVar then return "Incomplete: contains metavariable(s)"
    if anyOf (fun auxiliary => value.containsFVar auxiliary) (auxiliaryOnes (persistentList root.lctx.decls)) then
      return "Error: the proof uses what it proves"
    try
      let type := (instantiateMVarsCore proof.context.mctx root.type).1
      let declaration ← closedProof proof.context root.lctx type value
      let _ ← inCore proof.context fun a b => addDecl declaration false a b
      return if value.hasSorry then "Incomplete: contains sorry" else "Completed"
    catch e => return "Error: kernel type check failed: " ++ toString e

end Turnstile
