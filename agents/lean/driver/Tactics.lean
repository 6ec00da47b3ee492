/-! A candidate proof as a row of tactics: where each ends, the goals after it, and what is wrong with it. Not a judgement:
the gate judges. What does not parse as a whole is run as far as it parses. -/

namespace Turnstile

/-! Nothing runs that the gate would refuse -/

unsafe def isGap (stx : Syntax) : Bool :=
  isSorryTerm stx || isSorryTactic stx || stx.getKind == `Lean.Parser.Tactic.tacticAdmit

/-- A syntax tree without what the parser could not read, and without `sorry`: these are run, and told. -/
unsafe def withoutGaps (stx : Syntax) : Syntax :=
  match stx with
  | .missing => .node .none `null #[]
  | .node info kind children =>
    if isGap stx then .node info `null #[] else .node info kind (mapList withoutGaps children.toList).toArray
  | other => other

mutual
/-- Why a command must not be elaborated that has a candidate's text in [`start`, `stop`): of syntax that is in it, what
the gate refuses; of syntax around it, what cannot hold a proof. Unlike the gate it takes what parses in part. -/
unsafe def partFault (env : Environment) (start stop : Nat) (stx : Syntax) : Option String :=
  match span? stx with
  | none => none
  | some (first, last) =>
    if last ≤ start || stop ≤ first then none
    else if start ≤ first then refusalOf env (withoutGaps stx)
    else match stx with
      | .node _ kind children =>
        if mayHold env kind then partFaultOfAll env start stop children.toList
        else some ("The hole is not in a place for a proof (" ++ nameText kind ++ ").")
      | _ => some "It changes the command outside of the hole."
unsafe def partFaultOfAll (env : Environment) (start stop : Nat) : List Syntax → Option String
  | [] => none
  | stx :: rest => match partFault env start stop stx with
    | some reason => some reason
    | none => partFaultOfAll env start stop rest
end

/-! Tactics that were run -/

/-- A tactic as it was run: its range in bytes, and the state after it. -/
structure Ran where
  start : Nat
  stop : Nat
  context : ContextInfo
  info : TacticInfo

/-- Whether a tactic stands in the text: neither a macro's nor a separator. -/
unsafe def isWritten (stx : Syntax) : Bool :=
  match stx, stx.getHeadInfo with
  | .node .., .original .. => true
  | _, _ => false

mutual
/-- The tactics of an information tree that are elements of a tactic block in [`start`, `stop`), in front of `end_`.
`inBlock`: whether the innermost tactic around `tree` is a block. -/
unsafe def ranOf (start stop : Nat) (inBlock : Bool) (context? : Option ContextInfo) (tree : InfoTree)
    (end_ : List Ran) : List Ran :=
  match tree with
  | .context outer inner => ranOf start stop inBlock (outer.mergeIntoOuter? context?) inner end_
  | .hole _ => end_
  | .node (.ofTacticInfo tactic) children =>
    let kind := tactic.stx.getKind
    let isBlock := anyOf (fun k => k == kind) sequenceKinds || (inBlock && kind == `null)
    let inner := ranOfAll start stop isBlock context? (persistentList children) end_
    let (first, last) := rangeOf tactic.stx
    match context? with
    | some context =>
      if inBlock && !isBlock && isWritten tactic.stx && start ≤ first && last ≤ stop && first < last then
        ⟨first, last, context, tactic⟩ :: inner
      else inner
    | none => inner
  | .node _ children => ranOfAll start stop inBlock context? (persistentList children) end_
unsafe def ranOfAll (start stop : Nat) (inBlock : Bool) (context? : Option ContextInfo) (trees : List InfoTree)
    (end_ : List Ran) : List Ran :=
  match trees with
  | [] => end_
  | tree :: rest => ranOf start stop inBlock context? tree (ranOfAll start stop inBlock context? rest end_)
end

unsafe def goalsJson (start stop : Nat) (goals : List String) : Json :=
  Json.mkObj [("start", jsonNat start), ("end", jsonNat stop), ("goals", jsonStrings goals)]

unsafe def ranJson (ran : Ran) : IO Json := do
  return goalsJson ran.start ran.stop (← goalTexts ran.context ran.info.mctxAfter ran.info.goalsAfter)

/-- A `sorry` with its goals. -/
unsafe def sorryJson (place : Place) : IO Json := do
  let (goals, _) ← placeGoals place
  let (start, stop) := rangeOf (placeSyntax place)
  return goalsJson start stop goals

unsafe def ranFailure (reason : String) : Json :=
  Json.mkObj [("tactics", jsonList []), ("messages", jsonList []), ("sorries", jsonList []), ("failure", Json.str reason)]

/-- Run a candidate; arguments as of `gateCheck`. The result has the fields of `base.ProofRun`. -/
unsafe def runProof (state : Command.State) (original candidate : String) (holeStart holeEnd newEnd : Nat)
    (heartbeats : Option Nat) : IO Json := do
  if textBetween original 0 holeStart != textBetween candidate 0 holeStart ||
      textBetween original holeEnd original.utf8ByteSize != textBetween candidate newEnd candidate.utf8ByteSize then
    return ranFailure "It changes the command outside of the hole."
  if longestProof < newEnd - holeStart then return ranFailure "It is too long."
  let ctx := mkCtx candidate
  let state := withOptions (checkingState state (heartbeatsFor state heartbeats)) fun options =>
    setBool options `showPartialSyntaxErrors true
  let (stx, parser, _) := Parser.parseCommand ctx (parserContext state) {} {}
  match partFault state.env holeStart newEnd stx with
  | some reason => return ranFailure reason
  | none =>
    let done ← elaborateNext ctx state {}
    let trees := persistentList done.state.infoState.trees
    let places := properSorries (placesOfAll isSorry none trees [])
    let messages ← mapIO (messageJson ctx.fileMap) done.messages
    let surplus := if parser.recovering || parser.pos.byteIdx == candidate.utf8ByteSize then [] else
      [Json.mkObj [("severity", Json.str "error"), ("text", Json.str "It is more than one command."),
        ("start", jsonNat parser.pos.byteIdx), ("end", jsonNat candidate.utf8ByteSize)]]
    return Json.mkObj [("tactics", jsonList (← mapIO ranJson (ranOfAll holeStart newEnd false none trees []))),
      ("messages", jsonList (append messages surplus)), ("sorries", jsonList (← mapIO sorryJson places)),
      ("failure", Json.null)]

end Turnstile
