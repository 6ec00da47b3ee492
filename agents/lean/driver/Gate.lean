/-! The gate: whether a candidate proves what the user stated. The statement, the file and the project are trusted, the
candidate is hostile: a model that learns against a checker learns its holes. Three answers: verified, rejected,
undetermined; only what was seen to hold is verified. -/

namespace Turnstile

/-- What is found out on the way; becomes `base.Verdict`. -/
structure Findings where
  messages : List Json := []
  suggestions : List String := []
  goals : List String := []
  axioms : List String := []
  unfinished : List String := []
  remaining : Nat := 0

unsafe def verdict (judgement reason : String) (findings : Findings) : Json :=
  Json.mkObj [("judgement", Json.str judgement), ("reason", Json.str reason),
    ("axioms", jsonStrings findings.axioms), ("unfinished", jsonStrings findings.unfinished),
    ("remaining", jsonNat findings.remaining), ("suggestions", jsonStrings findings.suggestions),
    ("goals", jsonStrings findings.goals), ("messages", jsonList findings.messages)]

unsafe def rejected (reason : String) (findings : Findings) : Json := verdict "rejected" reason findings

unsafe def undetermined (reason : String) (findings : Findings) : Json := verdict "undetermined" reason findings

/-! Elaboration -/

/-- A text elaborated in the state before it. `sites`: the holes in it. -/
structure Outcome where
  before : Environment
  after : Environment
  map : FileMap
  messages : List Message
  errors : List Said
  sites : List HoleSite
  stx : Syntax

unsafe def errorStarts : List Said → List Nat
  | [] => []
  | said :: rest => said.start :: errorStarts rest

unsafe def elaborateText (state : Command.State) (text : String) : IO Outcome := do
  let ctx := mkCtx text
  let done ← elaborateNext ctx state {}
  let errors ← mapIO (saidOf ctx.fileMap) (filterList isError done.messages)
  let stop := (rangeOf done.stx).2
  return { before := state.env, after := done.state.env, map := ctx.fileMap, messages := done.messages,
           errors := errors, stx := done.stx, sites := sitesOf (errorStarts errors) stop stop done.stx [] }

/-- `maxHeartbeats` in force in a state. -/
unsafe def heartbeatsInForce (state : Command.State) : Nat :=
  match state.scopes with
  | scope :: _ => match KVMap.find scope.opts `maxHeartbeats with
    | some (.ofNat n) => n
    | _ => 200000
  | [] => 200000

unsafe def heartbeatsFor (state : Command.State) : Option Nat → Nat
  | none => heartbeatsInForce state
  | some wanted =>
    let inForce := heartbeatsInForce state
    if inForce == 0 || wanted < inForce then wanted else inForce

/-- An example's proof may use all variables of its section, a theorem's only those that its statement names, unless they
are included. -/
unsafe def withVariables (state : Command.State) : Command.State :=
  match state.scopes with
  | scope :: rest => { state with scopes := { scope with includedVars := scope.varUIds.toList } :: rest }
  | [] => state

/-- Proofs are elaborated at once and to their end, and no error vanishes behind a limit of errors. -/
unsafe def checkingState (state : Command.State) (heartbeats : Nat) : Command.State :=
  withOptions state fun options =>
    setNat (setNat (setBool options `Elab.async false) `maxHeartbeats heartbeats) `maxErrors 1000000

/-! Judgement -/

/-- Names that a declaration may have got: as it stands, and private. -/
unsafe def possibleNames (state : Command.State) (stx : Syntax) : List Name :=
  match declaredIdentifier? stx, state.scopes with
  | some identifier, scope :: _ =>
    let written := identifier.getId
    let name := if rootComponent written == "_root_" then written.replacePrefix `_root_ .anonymous
      else scope.currNamespace ++ written
    [name, mkPrivateName state.env name]
  | _, _ => []

unsafe def isNewIn (outcome : Outcome) (name : Name) : Bool :=
  (outcome.after.toKernelEnv.find? name).isSome && !(outcome.before.toKernelEnv.find? name).isSome

unsafe def sameNames : List Name → List Name → Bool
  | [], [] => true
  | x :: xs, y :: ys => x == y && sameNames xs ys
  | _, _ => false

unsafe def sameStatement (a b : ConstantInfo) : Bool :=
  sameNames a.levelParams b.levelParams && a.type == b.type

unsafe def constantNames : List ConstantInfo → List Name
  | [] => []
  | info :: rest => info.name :: constantNames rest

/-- New constants that a statement names have to be those of the user's statement. -/
unsafe def sameInBoth (reference candidate : Outcome) : List Name → Bool
  | [] => true
  | name :: rest =>
    let same :=
      if !isNewIn candidate name then true
      else match reference.after.toKernelEnv.find? name, candidate.after.toKernelEnv.find? name with
        | some a, some b => sameStatement a b && valueOf? a == valueOf? b && sameInBoth reference candidate (namedBy b)
        | _, _ => false
    same && sameInBoth reference candidate rest

/-- Whether the constant is the user's theorem. -/
unsafe def theoremFault (reference candidate : Outcome) (name : Name) : Option String :=
  match reference.after.toKernelEnv.find? name, candidate.after.toKernelEnv.find? name with
  | some stated, some proved =>
    if !isTheorem proved then some "It is no theorem."
    else if !sameStatement stated proved then some "It states something else."
    else if !sameInBoth reference candidate stated.type.getUsedConstants.toList then
      some "It changes what its statement means."
    else none
  | _, _ => some "Lean did not accept it."

unsafe def replayHeartbeats (heartbeats : Nat) : USize :=
  USize.ofNat (if heartbeats == 0 || 4000000 < heartbeats then 4000000000 else heartbeats * 1000)

unsafe def isSafeConstant (info : ConstantInfo) : Bool := (declarationOf? info).isSome

unsafe def sorriesInHole (graft : Graft) (candidate : Outcome) : List ConstantInfo → Bool
  | [] => false
  | info :: rest =>
    (match valueOf? info with
      | some value => restsOnSorry candidate.map graft.newStart graft.newStop value
      | none => false) || sorriesInHole graft candidate rest

unsafe def isOutside (graft : Graft) (site : HoleSite) : Bool :=
  site.start < graft.newStart || graft.newStop ≤ site.start

/-- What the targets rest on: axioms, and unfinished lemmas of the user's text and of compiled modules. -/
structure Support where
  axioms : List Name
  unfinished : List Name
  missing : List Name
  /-- `sorryAx` is among the axioms, but nobody's use of it was found. -/
  isUnexplained : Bool

unsafe def supportOf (bodies : Bodies) (candidate : Outcome) (targets : List Name) : IO Support := do
  let axioms := axiomsOfAll candidate.after targets
  let isUnknown := fun | .unknown => true | _ => false
  let ground ← groundOfAll candidate.before bodies (axiomsThat candidate.before isUnknown axioms) {}
  let sorries := if contains axioms `sorryAx then (sorriesFromAll candidate.after targets ([], [])).1 else []
  return {
    axioms := addNames (axiomsThat candidate.before (fun kind => !isUnknown kind) axioms) ground.axioms
    unfinished := append (filterList (fun name => !isNewIn candidate name) sorries) ground.unfinished
    missing := ground.missing
    isUnexplained := contains axioms `sorryAx && isNil sorries }

/-- The last steps: new constants are harmless, the kernel accepts them again, and they rest on what they may. -/
unsafe def judgeConstants (bodies : Bodies) (graft : Graft) (reference candidate : Outcome) (heartbeats : Nat)
    (targets : List Name) (findings : Findings) : IO Json := do
  let before := candidate.before.toKernelEnv
  let after := candidate.after.toKernelEnv
  let news := newConstants before after
  let isForeign := fun (info : ConstantInfo) => !isSafeConstant info && !isNewIn reference info.name
  match findFirst isForeign news with
  | some info =>
    return rejected ("It adds `" ++ nameText info.name ++ "`, neither a theorem nor a safe definition.") findings
  | none =>
    -- Helpers that the proof does not use stay in the user's file too.
    let order := reversed (reachAll before after (constantNames (filterList isSafeConstant news)) ⟨[], []⟩).order
    match replay (replayHeartbeats heartbeats) before order with
    | .refused reason => return rejected reason findings
    | .unfinished reason => return undetermined reason findings
    | .passed =>
      let support ← supportOf bodies candidate targets
      let isShown := fun | .standard => true | .own => true | _ => false
      let findings := { findings with
        axioms := mapList nameText (axiomsThat candidate.before isShown support.axioms)
        unfinished := mapList nameText support.unfinished
        remaining := lengthOf (filterList (isOutside graft) candidate.sites) }
      match axiomsThat candidate.before (fun | .refused => true | _ => false) support.axioms with
      | refused :: _ => return rejected ("It rests on `" ++ nameText refused ++ "`.") findings
      | [] =>
        if sorriesInHole graft candidate order || support.isUnexplained then
          return rejected "It rests on `sorry`." findings
        match support.unfinished, support.missing with
        | _ :: _, _ =>
          return undetermined ("It depends on an unfinished lemma: " ++ joinWith ", " findings.unfinished ++ ".") findings
        | [], name :: _ =>
          let reason := "It rests on `" ++ nameText name ++ "`, whose proof does not come with its compiled module."
          return undetermined reason findings
        | [], [] => return verdict "verified" "" findings

/-- Data with a proof in it: nothing but proofs may differ from the user's data with `sorry` at the hole. Theorems of the
reference are made `sorry`, so that both sides can be compared up to proofs in one environment. -/
unsafe def withoutProofs (reference : Outcome) (value : Expr) : Expr :=
  value.replace fun term =>
    match term with
    | .const name levels =>
      if !isNewIn reference name then none
      else match reference.after.toKernelEnv.find? name with
        | some (.thmInfo info) =>
          let type := info.type.instantiateLevelParams info.levelParams levels
          some (.app (.app (.const `sorryAx [.zero]) type) (.const `Bool.false []))
        | _ => none
    | _ => none

unsafe def dataFault (reference candidate : Outcome) : List ConstantInfo → Option String
  | [] => none
  | info :: rest =>
    if isTheorem info then dataFault reference candidate rest
    else match candidate.after.toKernelEnv.find? info.name with
      | none => some ("It lacks `" ++ nameText info.name ++ "`.")
      | some other => match valueOf? info, valueOf? other with
        | some value, some otherValue =>
          if !sameStatement info other then some ("It changes the type of `" ++ nameText info.name ++ "`.")
          else match Kernel.isDefEq candidate.after {} (withoutProofs reference value) otherValue with
            | .ok true => dataFault reference candidate rest
            | _ => some "What it fills is data, not a proof: that is not judged."
        | _, _ => some "What it fills is no proof: that is not judged."

/-- An error that none of the holes left accounts for: in the statement, say, where the elaborator puts a `sorry`. -/
unsafe def strayError (outcome : Outcome) : Option Said :=
  findFirst (fun error =>
    !anyOf (fun (site : HoleSite) => site.node.1 ≤ error.start && error.start ≤ site.stop) outcome.sites) outcome.errors

/-- Whether the theorem's statement holds a `sorry`, the user's or the elaborator's. -/
unsafe def statesSorry (outcome : Outcome) (name : Name) : Bool :=
  match outcome.after.toKernelEnv.find? name with
  | some stated => contains stated.type.getUsedConstants.toList `sorryAx
  | none => false

/-- What kind of rule a declaration is judged by. -/
inductive Rule where
  | theorem
  | data
  | none

unsafe def ruleOf (kind : String) : Rule :=
  if anyOf (fun k => k == kind) ["theorem", "lemma"] then .theorem
  else if anyOf (fun k => k == kind) ["def", "instance", "abbrev"] then .data
  else .none

unsafe def judge (bodies : Bodies) (state : Command.State) (kind : String) (graft : Graft)
    (reference candidate : Outcome) (heartbeats : Nat) (findings : Findings) : IO Json := do
  match ruleOf kind with
  | .theorem =>
    let names := possibleNames state (declarationOf candidate.stx).1
    match findFirst (isNewIn reference) names with
    | none => return undetermined "The statement has an error of its own." findings
    | some name =>
      if statesSorry reference name then return undetermined "The statement holds a `sorry`." findings
      match theoremFault reference candidate name with
      | some reason => return rejected reason findings
      | none => judgeConstants bodies graft reference candidate heartbeats [name] findings
  | .data =>
    match newConstants reference.before.toKernelEnv reference.after.toKernelEnv with
    | [] => return undetermined "The declaration has an error of its own." findings
    | news => match dataFault reference candidate news with
      | some reason => return undetermined reason findings
      | none =>
        let added := newConstants candidate.before.toKernelEnv candidate.after.toKernelEnv
        let targets := constantNames (filterList isSafeConstant added)
        judgeConstants bodies graft reference candidate heartbeats targets findings
  | .none => return undetermined ("A hole in a command of this kind is not judged (" ++ kind ++ ").") findings

/-- Elaborate what has passed as syntax, and judge it. -/
unsafe def checkElaborated (bodies : Bodies) (state : Command.State) (kind : String) (texts : Texts)
    (heartbeats : Nat) : IO Json := do
  let candidate ← elaborateText (checkingState state heartbeats) texts.candidate
  let said ← mapIO (saidOf candidate.map) candidate.messages
  let findings : Findings := {
    messages := ← mapIO (texts.messageJson candidate.map) candidate.messages
    suggestions := suggestionsOf texts candidate.map said }
  if anyOf (fun e => isLimit e.text) candidate.errors then
    return undetermined "It reached a limit of Lean's." findings
  let reference ← elaborateText (checkingState state (heartbeatsInForce state)) texts.reference
  match ownErrors texts.graft candidate.errors reference.errors with
  | error :: rest =>
    let goals := match findFirst (fun e => !isNil (unsolvedGoals e.text)) (error :: rest) with
      | some unsolved => unsolvedGoals unsolved.text
      | none => []
    return rejected error.text { findings with goals := goals }
  | [] =>
    if !isNil findings.suggestions then
      return undetermined "What a tactic suggests is to be checked on its own." findings
    match strayError candidate with
    | some error => return undetermined ("The command has an error of its own: " ++ error.text) findings
    | none => judge bodies state kind texts.graft reference candidate heartbeats findings

unsafe def hasOtherHoles (reference : Syntax) : Bool :=
  let stop := (rangeOf reference).2
  !isNil (sitesOf [] stop stop reference []).tail

/-- The verdict on a candidate that is not fit to be elaborated, before anything of it runs. -/
unsafe def syntaxFault (state : Command.State) (texts : Texts) (reference : Syntax) : Option Json :=
  match parseWhole state texts.candidate with
  | .error reason => some (rejected reason {})
  | .ok stx =>
    match graftNode texts.graft .anonymous reference stx ⟨[], []⟩ with
    | none => some (rejected "It changes the command outside of the hole." {})
    | some grafted =>
      if !allOf (mayHold state.env) grafted.path then some (undetermined "The hole is not in a place for a proof." {})
      else if anyOf isForgiving grafted.path && hasOtherHoles reference then
        some (undetermined "The hole is in a tactic that forgives failure, and there are other holes." {})
      else match refusalOfAll state.env grafted.pieces with
        | some reason => some (rejected reason {})
        | none => none

/-- Bytes; a longer one would only try how deep the checks can go. -/
unsafe def longestProof : Nat := 100000

/-- Judge a candidate: `original` is the user's command, `candidate` the command as it will stand, in which the bytes
[`holeStart`, `newEnd`) replaced [`holeStart`, `holeEnd`) of `original`; `state` is the command state before it. The
result has the fields of `base.Verdict`. -/
unsafe def gateCheck (bodies : Bodies) (state : Command.State) (original candidate : String)
    (holeStart holeEnd newEnd : Nat) (heartbeats : Option Nat) : IO Json := do
  let texts := textsOf original candidate holeStart holeEnd newEnd
  if textBetween original 0 holeStart != textBetween candidate 0 holeStart ||
      textBetween original holeEnd original.utf8ByteSize != textBetween candidate newEnd candidate.utf8ByteSize then
    return rejected "It changes the command outside of the hole." {}
  if longestProof < newEnd - holeStart then return undetermined "It is too long." {}
  match parseWhole state texts.reference with
  | .error reason => return undetermined ("The command without the hole: " ++ reason) {}
  | .ok reference =>
    let heartbeats := heartbeatsFor state heartbeats
    match syntaxFault state texts reference with
    | some fault => return fault
    | none =>
      let (declaration, kind) := declarationOf reference
      if kind != "example" then checkElaborated bodies state kind texts heartbeats
      else
        let keyword := rangeOf (declaration.getArg 0)
        let texts := texts.asTheorem keyword.1 keyword.2
        match parseWhole state texts.reference with
        | .error _ => return undetermined "An example without a statement is not judged." {}
        | .ok reference => match syntaxFault state texts reference with
          | some fault => return fault
          | none => checkElaborated bodies (withVariables state) "theorem" texts heartbeats

end Turnstile
