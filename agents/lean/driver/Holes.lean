/-! Holes of an elaborated command, with their goals. -/

namespace Turnstile

/-- Where a proof is missing, positions in bytes. `node`: the syntax that has the goal. -/
structure HoleSite where
  kind : String
  start : Nat
  stop : Nat
  node : Nat × Nat

/-- Something of the information tree that has goals; `before`: when it began. -/
inductive Place where
  | tactic (context : ContextInfo) (info : TacticInfo)
  | term (context : ContextInfo) (info : TermInfo)

mutual
/-- All tactics and terms of an information tree that `wanted` chooses by syntax, in front of `end_`. -/
unsafe def placesOf (wanted : Syntax → Bool) (context? : Option ContextInfo) (tree : InfoTree) (end_ : List Place) :
    List Place :=
  match tree with
  | .context outer inner => placesOf wanted (outer.mergeIntoOuter? context?) inner end_
  | .hole _ => end_
  | .node info children =>
    let inner := placesOfAll wanted context? (persistentList children) end_
    match context?, info with
    | some context, .ofTacticInfo tactic => if wanted tactic.stx then .tactic context tactic :: inner else inner
    | some context, .ofTermInfo term => if wanted term.stx then .term context term :: inner else inner
    | _, _ => inner
unsafe def placesOfAll (wanted : Syntax → Bool) (context? : Option ContextInfo) (trees : List InfoTree)
    (end_ : List Place) : List Place :=
  match trees with
  | [] => end_
  | tree :: rest => placesOf wanted context? tree (placesOfAll wanted context? rest end_)
end

unsafe def isBy (stx : Syntax) : Bool :=
  stx.getKind == `Lean.Parser.Term.byTactic || stx.getKind == `Lean.Parser.Term.byTactic'

unsafe def isSorryTerm (stx : Syntax) : Bool := stx.getKind == `Lean.Parser.Term.sorry

unsafe def isSorryTactic (stx : Syntax) : Bool := stx.getKind == `Lean.Parser.Tactic.tacticSorry

mutual
/-- The holes of a syntax tree. `errors`: where error messages begin. A `by` block with an error is a hole unless there
are holes in it; the innermost such block is taken. `wholeStop`: where the command ends, when the parser gave up and
skipped text that belongs to the last `by`. -/
unsafe def sitesOf (errors : List Nat) (stxStop wholeStop : Nat) (stx : Syntax) (end_ : List HoleSite) :
    List HoleSite :=
  let range := rangeOf stx
  if isSorryTerm stx then ⟨"term", range.1, range.2, range⟩ :: end_
  else if isSorryTactic stx then ⟨"tactic", range.1, range.2, range⟩ :: end_
  else if isBy stx then
    match sitesOfAll errors stxStop wholeStop stx.getArgs.toList [] with
    | [] =>
      let stop := if range.2 == stxStop then wholeStop else range.2
      if anyOf (fun e => range.1 ≤ e && e ≤ stop) errors then
        ⟨"by", (rangeOf (stx.getArg 0)).2, stop, range⟩ :: end_
      else end_
    | sites => append sites end_
  else sitesOfAll errors stxStop wholeStop stx.getArgs.toList end_
unsafe def sitesOfAll (errors : List Nat) (stxStop wholeStop : Nat) (stxs : List Syntax) (end_ : List HoleSite) :
    List HoleSite :=
  match stxs with
  | [] => end_
  | stx :: rest => sitesOf errors stxStop wholeStop stx (sitesOfAll errors stxStop wholeStop rest end_)
end

/-! Goals -/

unsafe def goalText (context : ContextInfo) (goal : MVarId) : IO String := do
  let format ← inMeta context {} fun a b c d => Meta.ppGoal goal a b c d
  return Format.pretty format

unsafe def goalTexts (context : ContextInfo) (metavariables : MetavarContext) (goals : List MVarId) :
    IO (List String) :=
  mapIO (goalText { context with mctx := metavariables }) goals

unsafe def isProposition (context : ContextInfo) (locals : LocalContext) (type : Expr) : IO (Option Bool) := do
  try
    let answer ← inMeta context locals fun a b c d => Meta.isProp type a b c d
    return some answer
  catch _ => return none

/-- Goals of a place, and whether the first one is a proposition. -/
unsafe def placeGoals : Place → IO (List String × Option Bool)
  | .tactic context info => do
    let context := { context with mctx := info.mctxBefore }
    let goals ← mapIO (goalText context) info.goalsBefore
    match info.goalsBefore with
    | [] => return (goals, none)
    | goal :: _ =>
      match info.mctxBefore.findDecl? goal with
      | none => return (goals, none)
      | some declaration => return (goals, ← isProposition context declaration.lctx declaration.type)
  | .term context info => do
    match info.expectedType? with
    | none => return ([], none)
    | some type =>
      let goal ← inMeta context info.lctx do
        let hole ← Meta.mkFreshExprMVar (some type)
        Meta.ppGoal hole.mvarId!
      return ([Format.pretty goal], ← isProposition context info.lctx type)

unsafe def placeSyntax : Place → Syntax
  | .tactic _ info => info.stx
  | .term _ info => info.stx

unsafe def addNew (known : List String) : List String → List String
  | [] => known
  | x :: rest => if anyOf (fun k => k == x) known then addNew known rest else addNew (append known [x]) rest

/-- All goals of the places that elaborate the same hole (`all_goals sorry` meets several). -/
unsafe def goalsAt (site : HoleSite) : List Place → IO (List String × Option Bool)
  | [] => return ([], none)
  | place :: rest => do
    let (others, otherProposition) ← goalsAt site rest
    let range := rangeOf (placeSyntax place)
    -- Inside `have`, a `by` block is elaborated as another syntax tree; its keyword stands where it stood.
    let isIt := match place with
      | .tactic _ _ => site.kind != "term" && (if site.kind == "by" then range.1 == site.node.1 else range == site.node)
      | .term _ _ => site.kind == "term" && range == site.node
    if isIt then
      let (goals, proposition) ← placeGoals place
      return (addNew goals others, if proposition.isSome then proposition else otherProposition)
    else return (others, otherProposition)

unsafe def holeJson (places : List Place) (site : HoleSite) : IO Json := do
  let (goals, proposition) ← try goalsAt site places catch _ => pure ([], none)
  return Json.mkObj [("kind", Json.str site.kind), ("start", jsonNat site.start), ("end", jsonNat site.stop),
    ("goals", jsonStrings goals),
    ("is_proposition", match proposition with | some b => Json.bool b | none => Json.null)]

/-- The holes of a command, elaborated to `trees` and `messages`. A command without errors and warnings has none. -/
unsafe def holesJson (map : FileMap) (stx : Syntax) (wholeStop : Nat) (messages : List Message)
    (trees : List InfoTree) : IO (List Json) := do
  if !anyOf (fun m => isError m || isWarning m) messages then return []
  let errors := mapList (messageStart map) (filterList isError messages)
  match sitesOf errors (rangeOf stx).2 wholeStop stx [] with
  | [] => return []
  | sites =>
    let keywords := mapList (fun site => site.node.1) sites
    let wanted := fun stx => isSorryTerm stx || isSorryTactic stx || anyOf (fun k => k == (rangeOf stx).1) keywords
    let places := placesOfAll wanted none trees []
    mapIO (holeJson places) sites

end Turnstile
