/-! What a hole states, and the negation of that as a theorem of its own, which the gate judges like any other. -/

namespace Turnstile

/-- All leading binders explicit: whoever applies it names every argument, in order. -/
unsafe def withExplicitBinders : Expr → Expr
  | .forallE name type body _ => .forallE name type (withExplicitBinders body) .default
  | .letE name type value body nondep => .letE name type value (withExplicitBinders body) nondep
  | .mdata _ body => withExplicitBinders body
  | other => other

/-- The type of a goal, closed over its locals (not over the declaration's own name, which a recursive proof may use). -/
unsafe def closedOver (context : ContextInfo) (locals : LocalContext) (type : Expr) : IO (Option Expr) := do
  let named := filterList (fun (declaration? : Option LocalDecl) => match declaration? with
    | some declaration => !declaration.isAuxDecl
    | none => false) (persistentList locals.decls)
  let variables := mapList (fun (declaration? : Option LocalDecl) => match declaration? with
    | some declaration => declaration.toExpr
    | none => .bvar 0) named
  let type := (instantiateMVarsCore context.mctx type).1
  let closed ← inMeta context locals fun a b c d =>
    (Meta.mkForallFVars variables.toArray type : MetaM Expr) a b c d
  let closed := withExplicitBinders (instantiateMVarsCore context.mctx closed).1
  return if closed.hasMVar || closed.hasFVar || closed.hasSorry then none else some closed

/-- What the hole of a place states. -/
unsafe def statementAt : Place → IO (Option (ContextInfo × Expr))
  | .tactic context info => do
    let context := { context with mctx := info.mctxBefore }
    match info.goalsBefore with
    | [] => return none
    | goal :: _ => match info.mctxBefore.findDecl? goal with
      | none => return none
      | some declaration => match ← closedOver context declaration.lctx declaration.type with
        | some type => return some (context, type)
        | none => return none
  | .term context info => do
    match info.expectedType? with
    | none => return none
    | some type => match ← closedOver context info.lctx type with
      | some type => return some (context, type)
      | none => return none

unsafe def firstStatement : List Place → IO (Option (ContextInfo × Expr))
  | [] => return none
  | place :: rest => do
    match ← statementAt place with
    | some found => return some found
    | none => firstStatement rest

/-- `state` with the statement as a definition and without its variables, which would come as hypotheses. -/
unsafe def withStatement (state : Command.State) (context : ContextInfo) (statement : Expr) : IO Command.State := do
  let declaration := Declaration.defnDecl {
    name := `Turnstile.statement, type := .sort .zero, value := statement,
    levelParams := (collectLevelParams {} statement).params.toList, hints := .abbrev, safety := .safe }
  let (_, core) ← inCore { context with env := state.env } fun a b => addDecl declaration false a b
  let scopes := match state.scopes with
    | scope :: rest => { scope with varDecls := #[], varUIds := #[], includedVars := [], omittedVars := [] } :: rest
    | [] => []
  return { state with env := core.env, scopes := scopes }

/-- The state with what the hole of a question states, or why there is none. -/
unsafe def statementState (question : Question) : IO (Except String Command.State) := do
  let texts := textsOf question.original question.original question.holeStart question.holeEnd question.holeStart
  let state := question.state
  let done ← elaborateNext (mkCtx texts.reference) (checkingState state (heartbeatsInForce state)) {}
  let isHole := fun (stx : Syntax) =>
    (isSorryTerm stx || isSorryTactic stx) && rangeOf stx == (texts.graft.start, texts.graft.stop)
  if anyOf isError done.messages then return .error "The declaration has an error of its own."
  match ← firstStatement (placesOfAll isHole none (persistentList done.state.infoState.trees) []) with
  | none => return .error "What the hole states cannot be told."
  | some (context, statement) => return .ok (← withStatement state context statement)

/-- The state of the last question, with its key: candidates of one hole come one after another. -/
abbrev Statements := IO.Ref (Option (String × Except String Command.State))

unsafe def statementOf (statements : Statements) (question : Question) : IO (Except String Command.State) := do
  let make : IO (Except String Command.State) := do
    let state ← statementState question
    statements.set (some (question.key, state))
    return state
  match ← statements.get with
  | some (key, state) => if key == question.key then return state else make
  | none => make

/-- The question whether `question`'s candidate refutes what the hole states: tactics whose further lines are indented by
two. -/
unsafe def negationOf (statements : Statements) (question : Question) : IO (Except String Question) := do
  match ← statementOf statements question with
  | .error reason => return .error reason
  | .ok state =>
    let before := "theorem _root_.Turnstile.refutation : _root_.Not _root_.Turnstile.statement := by\n  \
      delta _root_.Turnstile.statement\n  "
    let start := before.utf8ByteSize
    let proof := textBetween question.candidate question.holeStart question.newEnd
    return .ok { question with
      state := state, original := before ++ "sorry", candidate := before ++ proof
      holeStart := start, holeEnd := start + "sorry".utf8ByteSize, newEnd := start + proof.utf8ByteSize }

end Turnstile
