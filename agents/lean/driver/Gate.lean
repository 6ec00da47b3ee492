/-! The gate in a session's process: a candidate that is fit to be run is elaborated. What it added to the environment is
handed out as a claim: a process that never elaborated a candidate judges it (`Judge.lean`). The statement, the file and
the project are trusted, the candidate is hostile: a model that learns against a checker learns its holes. -/

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

/-! Questions -/

/-- What is asked of the gate: `original` is the user's command, `candidate` the command as it will stand, in which the
bytes [`holeStart`, `newEnd`) replaced [`holeStart`, `holeEnd`) of `original`; `state` is the command state before it.
`key` is the same for questions that differ in the candidate alone. -/
structure Question where
  key : String
  state : Command.State
  original : String
  candidate : String
  holeStart : Nat
  holeEnd : Nat
  newEnd : Nat
  heartbeats : Option Nat

/-- A question whose candidate may be elaborated in `state`. -/
structure Fit where
  key : String
  state : Command.State
  kind : String
  texts : Texts
  heartbeats : Nat

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
  let done ← elaborateWith false ctx state {}
  let errors ← mapIO (saidOf ctx.fileMap) (filterList isError done.messages)
  let stop := (rangeOf done.stx).2
  return { before := state.env, after := done.state.env, map := ctx.fileMap, messages := done.messages,
           errors := errors, stx := done.stx, sites := sitesOf (errorStarts errors) stop stop done.stx [] }

/-- `maxHeartbeats` in force under options. -/
unsafe def heartbeatsUnder (options : Options) : Nat :=
  match KVMap.find options `maxHeartbeats with
  | some (.ofNat n) => n
  | _ => 200000

/-- `maxHeartbeats` in force in a state. -/
unsafe def heartbeatsInForce (state : Command.State) : Nat :=
  match state.scopes with
  | scope :: _ => heartbeatsUnder scope.opts
  | [] => 200000

/-- As many heartbeats as wanted, no more than are in force: 0 is no limit. -/
unsafe def heartbeatsWithin (inForce wanted : Nat) : Nat :=
  if inForce == 0 || wanted < inForce then wanted else inForce

unsafe def heartbeatsFor (state : Command.State) : Option Nat → Nat
  | none => heartbeatsInForce state
  | some wanted => heartbeatsWithin (heartbeatsInForce state) wanted

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

/-- The reference that was elaborated last, with the question's key: candidates of one hole come one after another. -/
abbrev References := IO.Ref (Option (String × Outcome))

unsafe def referenceOf (references : References) (fit : Fit) : IO Outcome := do
  let elaborate : IO Outcome := do
    let outcome ← elaborateText (checkingState fit.state (heartbeatsInForce fit.state)) fit.texts.reference
    references.set (some (fit.key, outcome))
    return outcome
  match ← references.get with
  | some (key, outcome) => if key == fit.key then return outcome else elaborate
  | none => elaborate

/-- An error that none of the holes left accounts for: in the statement, say, where the elaborator puts a `sorry`. -/
unsafe def strayError (outcome : Outcome) : Option Said :=
  findFirst (fun error =>
    !anyOf (fun (site : HoleSite) => site.node.1 ≤ error.start && error.start ≤ site.stop) outcome.sites) outcome.errors

unsafe def isSafeConstant (info : ConstantInfo) : Bool := (declarationOf? info).isSome

unsafe def constantNames : List ConstantInfo → List Name
  | [] => []
  | info :: rest => info.name :: constantNames rest

/-- How many holes are outside of the one at [`start`, `stop`). -/
unsafe def otherHoles (start stop : Nat) (outcome : Outcome) : Nat :=
  lengthOf (filterList (fun (site : HoleSite) => site.start < start || stop ≤ site.start) outcome.sites)

/-- What a candidate added. Helpers that the proof does not use are claimed too: they stay in the user's file. -/
unsafe def claimOf (graft : Graft) (candidate : Outcome) : Claim :=
  let before := candidate.before.toKernelEnv
  let after := candidate.after.toKernelEnv
  let news := newConstants before after
  let safe := constantNames (filterList isSafeConstant news)
  { constants := reversed (reachAll before after safe ⟨[], []⟩).order
    foreign := constantNames (filterList (fun info => !isSafeConstant info) news)
    remaining := otherHoles graft.newStart graft.newStop candidate }

/-- Elaborate what has passed as syntax. Without a fault the verdict carries a claim, and is undetermined until that was
judged. -/
unsafe def elaborateFit (references : References) (fit : Fit) : IO Json := do
  let candidate ← elaborateText (checkingState fit.state fit.heartbeats) fit.texts.candidate
  let said ← mapIO (saidOf candidate.map) candidate.messages
  let findings : Findings := {
    messages := ← mapIO (fit.texts.messageJson candidate.map) candidate.messages
    suggestions := suggestionsOf fit.texts candidate.map candidate.stx said }
  if anyOf (fun e => isLimit e.text) candidate.errors then
    return undetermined "It reached a limit of Lean's." findings
  let known ← if isNil candidate.errors then pure [] else do
    let reference ← referenceOf references fit
    pure reference.errors
  match ownErrors fit.texts.graft candidate.errors known with
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
    | none =>
      let claim := claimJson (claimOf fit.texts.graft candidate)
      return (undetermined "It was not judged yet." findings).setObjVal! "claim" claim

/-! What is not fit to be elaborated -/

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
        | none => match helperFault state reference grafted.pieces with
          | some reason => some (rejected reason {})
          | none => none

/-- Bytes; a longer one would only try how deep the checks can go. -/
unsafe def longestProof : Nat := 100000

/-- How deep brackets may nest: Lean's own limit stops a term at about 300, and far deeper ones would end the process. -/
unsafe def deepestNesting : Nat := 400

unsafe def isTooDeep (depth : Nat) : List Char → Bool
  | [] => false
  | c :: rest =>
    if c == '(' || c == '[' || c == '{' || c == '⟨' then deepestNesting < depth + 1 || isTooDeep (depth + 1) rest
    else if c == ')' || c == ']' || c == '}' || c == '⟩' then isTooDeep (depth - 1) rest
    else isTooDeep depth rest

/-- The question as far as it can be told before anything of the candidate runs. An example becomes a theorem. -/
unsafe def fitOf (question : Question) : Except Json Fit :=
  let original := question.original
  let candidate := question.candidate
  let texts := textsOf original candidate question.holeStart question.holeEnd question.newEnd
  if textBetween original 0 question.holeStart != textBetween candidate 0 question.holeStart ||
      textBetween original question.holeEnd original.utf8ByteSize
        != textBetween candidate question.newEnd candidate.utf8ByteSize then
    .error (rejected "It changes the command outside of the hole." {})
  else if longestProof < question.newEnd - question.holeStart then .error (undetermined "It is too long." {})
  else if isTooDeep 0 (textBetween candidate question.holeStart question.newEnd).toList then
    .error (undetermined "It is nested too deeply." {})
  else match parseWhole question.state texts.reference with
  | .error reason => .error (undetermined ("The command without the hole: " ++ reason) {})
  | .ok reference =>
    match syntaxFault question.state texts reference with
    | some fault => .error fault
    | none =>
      let heartbeats := heartbeatsFor question.state question.heartbeats
      let (declaration, kind) := declarationOf reference
      if kind != "example" then .ok ⟨question.key, question.state, kind, texts, heartbeats⟩
      else
        let keyword := rangeOf (declaration.getArg 0)
        let texts := texts.asTheorem keyword.1 keyword.2
        match parseWhole question.state texts.reference with
        | .error _ => .error (undetermined "An example without a statement is not judged." {})
        | .ok reference => match syntaxFault question.state texts reference with
          | some fault => .error fault
          | none => .ok ⟨question.key, withVariables question.state, "theorem", texts, heartbeats⟩

/-- Elaborate a candidate. The result has the fields of `base.Verdict`, and `claim` where nothing speaks against it. -/
unsafe def gateCheck (references : References) (question : Question) : IO Json := do
  match fitOf question with
  | .error fault => return fault
  | .ok fit => elaborateFit references fit

end Turnstile
