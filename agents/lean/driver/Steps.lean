/-! Tactics run one after another on a hole's goal, for searches that step. States never change once made. -/

namespace Turnstile

unsafe def localTypes : List (Option LocalDecl) → List Expr
  | [] => []
  | some declaration :: rest => declaration.type :: localTypes rest
  | none :: rest => localTypes rest

unsafe def allKnown (env : Environment) (types : List Expr) : Bool :=
  allOf (fun type => allOf (fun name => (env.find? name).isSome) type.getUsedConstants.toList) types

/-- A goal in the environment before its command, in which no proof can use what is being proved, where the statement
needs nothing that its own elaboration added. -/
unsafe def withoutItself (env : Environment) (proof : Proof) : Proof :=
  match proof.context.mctx.findDecl? proof.root with
  | some root =>
    if allKnown env (root.type :: localTypes (persistentList root.lctx.decls))
    then { proof with context := { proof.context with env := env } } else proof
  | none => proof

/-- The goals of the hole of a command; arguments as of `gateCheck`. -/
unsafe def openGoal (proofs : Proofs) (state : Command.State) (original : String) (holeStart holeEnd : Nat) :
    IO Json := do
  let texts := textsOf original original holeStart holeEnd holeEnd
  match parseWhole state texts.reference with
  | .error reason => throw (IO.userError ("The command without the hole: " ++ reason))
  | .ok _ =>
    let ctx := mkCtx texts.reference
    let done ← elaborateNext ctx (checkingState state (heartbeatsInForce state)) {}
    let places := properSorries (placesOfAll isSorry none (persistentList done.state.infoState.trees) [])
    match findFirst (fun place => rangeOf (placeSyntax place) == (texts.graft.start, texts.graft.stop)) places with
    | none => throw (IO.userError "There is no goal at the hole.")
    | some place => match ← proofAt place with
      | none => throw (IO.userError "There is no goal at the hole.")
      | some proof =>
        let proof := withoutItself state.env proof
        let number ← keepProof proofs proof
        return Json.mkObj [("state", jsonNat number),
          ("goals", jsonStrings (← goalTexts proof.context proof.context.mctx proof.goals))]

/-- A tactic block as one tactic: between parentheses on lines of their own, so that its lines keep their columns. -/
unsafe def parseBlock (env : Environment) (text : String) : Except String Syntax :=
  match Parser.runParserCategory env `tactic ("(\n" ++ text ++ "\n)") with
  | .error reason => .error reason
  | .ok stx => match refusalOf env stx with
    | some reason => .error reason
    | none => .ok stx

unsafe def errorTexts : List Message → IO (List String)
  | [] => return []
  | message :: rest => do
    let others ← errorTexts rest
    if isError message then return (← message.data.toString) :: others else return others

unsafe def offersIn : List Message → IO (List String)
  | [] => return []
  | message :: rest => do
    let others ← offersIn rest
    return append (offersOf 0 (← message.data.toString)) others

/-- Why what was assigned to goals proves nothing: a `sorry`, or the hypothesis that stands for what is being proved. -/
unsafe def assignmentFault (metavariables : MetavarContext) (auxiliary : List FVarId) : List MVarId → Option String
  | [] => none
  | goal :: rest =>
    let value := (instantiateMVarsCore metavariables (.mvar goal)).1
    if value.hasSorry then some "It leaves a `sorry`."
    else if anyOf (fun each => value.containsFVar each) auxiliary then some "It uses what it proves."
    else assignmentFault metavariables auxiliary rest

unsafe def auxiliaryOf (proof : Proof) : List FVarId :=
  match proof.context.mctx.findDecl? proof.root with
  | some root => auxiliaryOnes (persistentList root.lctx.decls)
  | none => []

unsafe def stepResult (state : Json) (goals suggestions : List String) (error : Json) : Json :=
  Json.mkObj [("state", state), ("goals", jsonStrings goals), ("suggestions", jsonStrings suggestions), ("error", error)]

unsafe def stepFailure (suggestions : List String) (reason : String) : Json :=
  stepResult Json.null [] suggestions (Json.str reason)

/-- Run a tactic block. What it leaves a `sorry` in has failed. -/
unsafe def step (proofs : Proofs) (proof : Proof) (text : String) (heartbeats : Option Nat) : IO Json := do
  match parseBlock proof.context.env text with
  | .error reason => return stepFailure [] reason
  | .ok tactic =>
    let options := proof.context.options
    let limited := match heartbeats with
      | some wanted =>
        let within := heartbeatsWithin (heartbeatsUnder options) wanted
        { proof with context := { proof.context with options := setNat options `maxHeartbeats within } }
      | none => proof
    try
      let outcome ← runTactic limited tactic false
      let suggestions ← offersIn outcome.messages
      match ← errorTexts outcome.messages with
      | error :: _ => return stepFailure suggestions error
      | [] =>
        let after := { outcome.proof with context := { outcome.proof.context with options := options } }
        match assignmentFault after.context.mctx (auxiliaryOf proof) proof.goals with
        | some reason => return stepFailure suggestions reason
        | none =>
          let number ← keepProof proofs after
          let goals ← goalTexts after.context after.context.mctx after.goals
          return stepResult (jsonNat number) goals suggestions Json.null
    catch e => return stepFailure [] (toString e)

/-! Names that have changed -/

unsafe def newNameOf (env : Environment) : List (Name × List String) → Option Name
  | [] => none
  | (name, []) :: rest => match Linter.getDeprecatedNewName env name with
    | some new => some new
    | none => newNameOf env rest
  | _ :: rest => newNameOf env rest

/-- Of names as written in a state, those that are deprecated there, each with the name that replaces it. -/
unsafe def renamed (state : Command.State) : List String → List Json
  | [] => []
  | written :: rest =>
    let others := renamed state rest
    match state.scopes with
    | scope :: _ =>
      match newNameOf state.env
          (ResolveName.resolveGlobalName state.env scope.opts scope.currNamespace scope.openDecls written.toName) with
      | some new => jsonList [Json.str written, Json.str (nameText new)] :: others
      | none => others
    | [] => others

end Turnstile
