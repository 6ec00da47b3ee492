/-! The community REPL's requests and answers: environments and proof states by number, never changed once made. Lines
count from 1, columns are code points from 0. -/

namespace Turnstile

structure Community where
  environments : IO.Ref (List (Nat × Command.State))
  nextEnvironment : IO.Ref Nat
  proofs : Proofs

/-- Forget everything and number from `first` on. -/
unsafe def restartAt (community : Community) (first : Nat) : IO Unit := do
  community.environments.set []
  community.nextEnvironment.set first
  community.proofs.kept.set []
  community.proofs.next.set first

unsafe def failure (message : String) : Json := Json.mkObj [("message", Json.str message)]

unsafe def positionJson (position : Position) : Json :=
  Json.mkObj [("line", jsonNat position.line), ("column", jsonNat position.column)]

unsafe def rangeJson (map : FileMap) (stx : Syntax) : List (String × Json) :=
  let (start, stop) := rangeOf stx
  [("pos", positionJson (map.toPosition ⟨start⟩)), ("endPos", positionJson (map.toPosition ⟨stop⟩))]

unsafe def communityMessage (message : Message) : IO Json := do
  let text ← message.data.toString
  let stop := trimmedStop text 0 text.utf8ByteSize
  return Json.mkObj [
    ("severity", Json.str (if isError message then "error" else if isWarning message then "warning" else "info")),
    ("pos", positionJson message.pos),
    ("endPos", match message.endPos with | some position => positionJson position | none => Json.null),
    ("data", Json.str (textBetween text 0 stop))]

unsafe def unlessEmpty (name : String) (values : List Json) (end_ : List (String × Json)) : List (String × Json) :=
  match values with
  | [] => end_
  | _ => (name, jsonList values) :: end_

/-! `sorries` -/

unsafe def sorriesOf (community : Community) (map : FileMap) : List Place → IO (List Json)
  | [] => return []
  | place :: rest => do
    match ← proofAt place with
    | none => sorriesOf community map rest
    | some proof =>
      let goals ← goalTexts proof.context proof.context.mctx proof.goals
      let number ← keepProof community.proofs proof
      let others ← sorriesOf community map rest
      return Json.mkObj (("proofState", jsonNat number) :: ("goal", Json.str (joinWith "\n" goals))
        :: rangeJson map (placeSyntax place)) :: others

/-! `allTactics` -/

/-- Structure, not steps of a proof. -/
unsafe def isStructure (kind : Name) : Bool :=
  anyOf (fun k => k == kind) [nullKind, `Lean.cdot, `Lean.cdotTk, `Lean.Parser.Term.byTactic, `Lean.Parser.Tactic.case,
    `Lean.Parser.Tactic.tacticSeq, `Lean.Parser.Tactic.tacticSeq1Indented, `Lean.Parser.Tactic.tacticSeqBracketed,
    `Lean.Parser.Tactic.«tactic_<;>_», `Lean.Parser.Tactic.paren, `Lean.Parser.Tactic.inductionAlt]

unsafe def isStep (stx : Syntax) : Bool :=
  match stx with
  | .node (.original ..) kind _ => !isStructure kind
  | .node _ kind _ =>
    match stx.getHeadInfo with
    | .original .. => !isStructure kind
    | _ => false
  | _ => false

unsafe def constantsOf (metavariables : MetavarContext) : List MVarId → List String
  | [] => []
  | goal :: rest =>
    let others := constantsOf metavariables rest
    match metavariables.getExprAssignmentCore? goal with
    | some value => append (mapList nameText value.getUsedConstants.toList) others
    | none => others

unsafe def tacticsOf (community : Community) (ctx : Parser.InputContext) : List Place → IO (List Json)
  | .tactic context info :: rest => do
    let before := { context with mctx := info.mctxBefore }
    let goals ← goalTexts context info.mctxBefore info.goalsBefore
    let (start, stop) := rangeOf info.stx
    let proofState ← match info.goalsBefore with
      | goal :: _ => do pure (jsonNat (← keepProof community.proofs ⟨before, info.goalsBefore, goal⟩))
      | [] => pure Json.null
    let others ← tacticsOf community ctx rest
    return Json.mkObj (("goals", Json.str (joinWith "\n\n" goals))
      :: ("tactic", Json.str (textBetween ctx.inputString start stop)) :: ("proofState", proofState)
      :: ("usedConstants", jsonStrings (addNew [] (constantsOf info.mctxAfter info.goalsBefore)))
      :: rangeJson ctx.fileMap info.stx) :: others
  | _ :: rest => tacticsOf community ctx rest
  | [] => return []

/-! Requests -/

/-- All commands of a text. Returns the last state, and messages and information trees, last ones first. -/
unsafe def elaborateAll (ctx : Parser.InputContext) (state : Command.State) (parser : Parser.ModuleParserState)
    (messages : List Message) (trees : List InfoTree) : IO (Command.State × List Message × List InfoTree) := do
  let done ← elaborateNext ctx state parser
  let messages := reverseOnto done.messages messages
  let trees := reverseOnto (persistentList done.state.infoState.trees) trees
  if Parser.isTerminalCommand done.stx then return (done.state, messages, trees)
  else elaborateAll ctx done.state done.parser messages trees

unsafe def runCommands (community : Community) (request : Json) (ctx : Parser.InputContext) (state : Command.State)
    (parser : Parser.ModuleParserState) (headerMessages : List Message) : IO Json := do
  let (after, messages, trees) ← elaborateAll ctx state parser (reversed headerMessages) []
  let trees := reversed trees
  let messages ← mapIO communityMessage (reversed messages)
  let sorries ← sorriesOf community ctx.fileMap (properSorries (placesOfAll isSorry none trees []))
  let tactics ← if boolField request "allTactics"
    then tacticsOf community ctx (placesOfAll isStep none trees [])
    else pure []
  let number ← community.nextEnvironment.get
  community.nextEnvironment.set (number + 1)
  community.environments.modify fun environments => (number, freshState after) :: environments
  return Json.mkObj (("env", jsonNat number)
    :: unlessEmpty "messages" messages (unlessEmpty "sorries" sorries (unlessEmpty "tactics" tactics [])))

unsafe def commandRequest (community : Community) (world : World) (options : Options) (request : Json)
    (text : String) : IO Json := do
  let ctx := mkCtx text
  match field request "env" with
  | .null =>
    let header ← readHeader world ctx
    match header.environment, header.missing with
    | some environment, _ =>
      runCommands community request ctx (Command.mkState environment {} options) header.parser (messagesOf header.log)
    | none, module :: _ => return failure ("unknown module prefix '" ++ module ++ "'")
    | none, [] =>
      let messages ← mapIO communityMessage (messagesOf header.log)
      return Json.mkObj (unlessEmpty "messages" messages [])
  | _ =>
    match stateNumbered (natField request "env") (← community.environments.get) with
    | some state => runCommands community request ctx state {} []
    | none => return failure "Unknown environment."

unsafe def tacticRequest (community : Community) (request : Json) : IO Json := do
  match proofNumbered (natField request "proofState") (← community.proofs.kept.get) with
  | none => return failure "Unknown proof state."
  | some proof =>
    match Parser.runParserCategory proof.context.env `tactic (stringField request "tactic") with
    | .error e => return failure ("Lean error:\n" ++ e)
    | .ok tactic =>
      try
        let outcome ← runTactic proof tactic true
        let proof := outcome.proof
        let map := FileMap.ofString (stringField request "tactic")
        let sorries ← sorriesOf community map
          (properSorries (placesOfAll isSorry (some { proof.context with fileMap := map }) outcome.trees []))
        let number ← keepProof community.proofs proof
        let goals ← goalTexts proof.context proof.context.mctx proof.goals
        let messages ← mapIO communityMessage outcome.messages
        return Json.mkObj (("proofState", jsonNat number) :: ("goals", jsonStrings goals)
          :: ("proofStatus", Json.str (← proofStatus proof))
          :: unlessEmpty "messages" messages (unlessEmpty "sorries" sorries []))
      catch e => return failure ("Lean error:\n" ++ toString e)

unsafe def communityRequest (community : Community) (world : World) (options : Options) (request : Json) : IO Json := do
  match stringField? request "cmd", stringField? request "tactic" with
  | some text, _ => commandRequest community world options request text
  | none, some _ => tacticRequest community request
  | none, none => return failure "Could not parse as a valid JSON command."

end Turnstile
