/-! The gate, before anything runs: the candidate is parsed, compared with the user's command outside of the hole, and
inside the hole walked with a list of allowed syntax kinds. Tactic configuration, `run_tac` and their like are programs:
what they do cannot be undone afterwards, so they must not be elaborated at all. -/

namespace Turnstile

/-! Lists of kinds -/

unsafe def kindLines : List String → List (String × Json)
  | [] => []
  | line :: rest => if line == "" || line.startsWith "#" then kindLines rest else (line, Json.null) :: kindLines rest

/-- A set of strings: an object whose keys they are (its functions are compiled). -/
unsafe def kindSet (lines : String) : Json := Json.mkObj (kindLines (lines.splitOn "\n"))

unsafe def allowedSet : Json := kindSet allowedKinds

unsafe def refusedSet : Json := kindSet refusedKinds

unsafe def isMember (set : Json) (kind : String) : Bool :=
  match set.getObjVal? kind with
  | .ok _ => true
  | .error _ => false

/-! Names -/

unsafe def rootComponent : Name → String
  | .str .anonymous s => s
  | .str prefix_ _ => rootComponent prefix_
  | .num prefix_ _ => rootComponent prefix_
  | .anonymous => ""

unsafe def hasComponent (component : String) : Name → Bool
  | .str prefix_ s => s == component || hasComponent component prefix_
  | .num prefix_ _ => hasComponent component prefix_
  | .anonymous => false

unsafe def isToolchainModule (module : Name) : Bool :=
  anyOf (fun root => root == rootComponent module) ["Init", "Std", "Lean", "Lake"]

/-- The module that declares a constant; none when it is the text at hand. -/
unsafe def moduleOf? (env : Environment) (constant : Name) : Option Name :=
  match env.getModuleIdxFor? constant with
  | some index => some (env.header.moduleNames.get!Internal index.toNat)
  | none => none

unsafe def isToolchains (env : Environment) (constant : Name) : Bool :=
  match moduleOf? env constant with
  | some module => isToolchainModule module
  | none => false

/-! What a proof may not contain -/

/-- The word that a piece of syntax begins with. -/
unsafe def firstWord : List Syntax → String
  | .atom _ text :: _ => text
  | _ => ""

/-- Syntax that the user's text or a library outside the toolchain declares, and that the list of refused kinds and words
does not hold. -/
unsafe def isAllowedOfOthers (env : Environment) (kind : Name) (children : List Syntax) : Bool :=
  (env.find? kind).isSome && !isToolchains env kind && !isMember refusedSet (nameText kind) &&
    !isMember refusedSet (firstWord children)

unsafe def isAllowedKind (env : Environment) (kind : Name) (children : List Syntax) : Bool :=
  rootComponent kind == "token" || isMember allowedSet (nameText kind) || isAllowedOfOthers env kind children

mutual
/-- The first token, to name a piece of syntax by. -/
unsafe def firstToken (stx : Syntax) : String :=
  match stx with
  | .atom _ text => text
  | .ident _ _ name _ => nameText name
  | .node _ _ children => firstTokenOf children.toList
  | .missing => ""
unsafe def firstTokenOf : List Syntax → String
  | [] => ""
  | stx :: rest =>
    let token := firstToken stx
    if token == "" then firstTokenOf rest else token
end

unsafe def literalKinds : List Name :=
  [`null, `num, `str, `char, `scientific, `hygieneInfo, `Lean.Parser.Term.paren, `Lean.Parser.Term.hygienicLParen,
   `Lean.Parser.Term.structInst, `Lean.Parser.Term.structInstFields, `Lean.Parser.Term.structInstField,
   `Lean.Parser.Term.structInstFieldDef, `Lean.Parser.Term.optEllipsis, `Lean.Parser.Term.trueVal,
   `Lean.Parser.Term.falseVal]

mutual
/-- Whether a term of a configuration is a literal: a number, a text, a truth value or a structure of these. -/
unsafe def isLiteral (stx : Syntax) : Bool :=
  match stx with
  | .atom _ _ => true
  | .ident _ _ name _ => name == `true || name == `false
  | .node _ kind children =>
    if kind == `Lean.Parser.Term.structInstLVal then areFieldNames children.toList
    else anyOf (fun k => k == kind) literalKinds && areLiterals children.toList
  | .missing => false
unsafe def areLiterals : List Syntax → Bool
  | [] => true
  | stx :: rest => isLiteral stx && areLiterals rest
unsafe def areFieldNames : List Syntax → Bool
  | [] => true
  | .ident _ _ name _ :: rest => !hasComponent "native" name && areFieldNames rest
  | stx :: rest => isNil stx.getArgs.toList && areFieldNames rest
end

/-- A configuration item of the toolchain's: a sign and a name, or a name (`isName` until `:=`) and a literal. -/
unsafe def isHarmlessItem (isName : Bool) : List Syntax → Bool
  | [] => true
  | .atom _ text :: rest => isHarmlessItem (isName && text != ":=") rest
  | .ident info text name resolved :: rest =>
    (if isName then !hasComponent "native" name else isLiteral (.ident info text name resolved)) &&
      isHarmlessItem isName rest
  | stx :: rest => isLiteral stx && isHarmlessItem isName rest

unsafe def namesConfiguration : List Syntax → Bool
  | [] => false
  | .atom _ text :: rest => !isNil (text.splitOn "config").tail || namesConfiguration rest
  | _ :: rest => namesConfiguration rest

/-- Whether a word of configuration among the parts of a syntax makes the others configuration, as in `(config := …)`
of other libraries. The toolchain's own syntax for it is known. -/
unsafe def mayConfigure (kind : Name) : Bool :=
  kind == `null || kind == `group || !isMember allowedSet (nameText kind)

/-- Limits that a proof may raise, and how far. -/
unsafe def optionLimits : List (Name × Nat) := [(`maxHeartbeats, 1000000), (`maxRecDepth, 10000)]

unsafe def isWithin (value : Nat) (name : Name) : List (Name × Nat) → Bool
  | [] => false
  | (n, limit) :: rest => (n == name && 0 < value && value ≤ limit) || isWithin value name rest

/-- `set_option name value in …`: `children` without the keyword. -/
unsafe def isHarmlessOption (name : Name) : List Syntax → Bool
  | [] => false
  | .ident _ _ name _ :: rest => isHarmlessOption name rest
  | .atom _ _ :: _ => false
  | stx :: rest => match stx.isNatLit? with
    | some value => isWithin value name optionLimits
    | none => isNil stx.getArgs.toList && isHarmlessOption name rest

/-- The name under which an `example` is judged: its own proof must not know it. -/
unsafe def exampleName : String := "exampleUnderJudgement"

/-- Components of names that a proof must not use. A `sorryAx` of the candidate's own could carry the label of a `sorry`
that the user left elsewhere in the command. -/
unsafe def refusedNames : List String := ["sorryAx", exampleName]

unsafe def quoted (token : String) : String := "`" ++ token ++ "`"

mutual
/-- Why a piece of a candidate must not be elaborated; none when it may. -/
unsafe def refusalOf (env : Environment) (stx : Syntax) : Option String :=
  match stx with
  | .missing => some "The proof does not parse."
  | .atom _ _ => none
  | .ident _ _ name _ =>
    match findFirst (fun component => hasComponent component name) refusedNames with
    | some component => some ("A proof may not name " ++ quoted component ++ ".")
    | none => none
  | .node _ kind children =>
    let children := children.toList
    if !isAllowedKind env kind children then
      some (quoted (firstToken stx) ++ " is not allowed in a proof (" ++ nameText kind ++ ").")
    else if kind == `Lean.Parser.Tactic.valConfigItem || kind == `Lean.Parser.Tactic.posConfigItem then
      if isHarmlessItem true children then none
      else some "Configuration of a tactic may hold literals only, and not `native`: anything else is run as a program."
    else if kind == `Lean.Parser.Tactic.set_option || kind == `Lean.Parser.Term.set_option then
      if isHarmlessOption .anonymous children.tail then refusalOfAll env children
      else some "A proof may set `maxHeartbeats` and `maxRecDepth` only, within limits."
    else if mayConfigure kind && namesConfiguration children && !areLiterals children then
      some "Configuration of a tactic may hold literals only: anything else is run as a program."
    else refusalOfAll env children
unsafe def refusalOfAll (env : Environment) : List Syntax → Option String
  | [] => none
  | stx :: rest => match refusalOf env stx with
    | some reason => some reason
    | none => refusalOfAll env rest
end

/-! Nothing escapes from the hole -/

/-- How the reference (the user's command with `sorry` at the hole) became the candidate, in bytes: [`start`, `stop`)
of the reference is [`newStart`, `newStop`) of the candidate; what is from `rest` on in the reference is from `newStop`
on in the candidate. -/
structure Graft where
  start : Nat
  stop : Nat
  rest : Nat
  newStart : Nat
  newStop : Nat

/-- What stands in the hole, and the kinds of the syntax around it. -/
structure Grafted where
  pieces : List Syntax
  path : List Name

unsafe def span? (stx : Syntax) : Option (Nat × Nat) :=
  match stx.getPos?, stx.getTailPos? with
  | some start, some stop => some (start.byteIdx, stop.byteIdx)
  | _, _ => none

unsafe def isIn (start stop : Nat) (stx : Syntax) : Bool :=
  match span? stx with
  | some (a, b) => start ≤ a && b ≤ stop
  | none => false

/-- A place outside of the hole in the reference, in the candidate. -/
unsafe def Graft.moved (graft : Graft) (position : Nat) : Nat :=
  if position < graft.start then position else position - graft.rest + graft.newStop

/-- Length of the list before the first element in the hole. -/
unsafe def lengthBefore (graft : Graft) : List Syntax → Nat
  | [] => 0
  | stx :: rest => if isIn graft.start graft.stop stx then 0 else lengthBefore graft rest + 1

unsafe def takeSyntax : Nat → List Syntax → List Syntax
  | n + 1, stx :: rest => stx :: takeSyntax n rest
  | _, _ => []

unsafe def dropSyntax : Nat → List Syntax → List Syntax
  | n + 1, _ :: rest => dropSyntax n rest
  | _, stxs => stxs

/-- Tactics put in place of one: they, and the empty separators between them, are all in the hole. -/
unsafe def graftMany (graft : Graft) (news : List Syntax) (found : Grafted) : Option Grafted :=
  match news with
  | [] => some found
  | new :: rest =>
    if (span? new).isNone then graftMany graft rest { found with pieces := new :: found.pieces }
    else if isIn graft.newStart graft.newStop new then graftMany graft rest { found with pieces := new :: found.pieces }
    else none

unsafe def sequenceKinds : List Name :=
  [`Lean.Parser.Tactic.tacticSeq1Indented, `Lean.Parser.Tactic.tacticSeqBracketed]

mutual
/-- Compare the reference's syntax `old` with the candidate's, `new`; none when they differ outside of the hole. -/
unsafe def graftNode (graft : Graft) (parent : Name) (old new : Syntax) (found : Grafted) : Option Grafted :=
  match span? old, span? new with
  | none, none => if old.getKind == new.getKind then some found else none
  | some (start, stop), some (newStart, newStop) =>
    if graft.start ≤ start && stop ≤ graft.stop then
      if graft.newStart ≤ newStart && newStop ≤ graft.newStop then
        some { found with pieces := new :: found.pieces }
      else none
    else match old, new with
      | .atom _ text, .atom _ newText =>
        if text == newText && graft.moved start == newStart then some found else none
      | .ident _ _ name _, .ident _ _ newName _ =>
        if name == newName && graft.moved start == newStart then some found else none
      | .node _ kind children, .node _ newKind newChildren =>
        if kind != newKind then none
        else
          let around := start ≤ graft.start && graft.stop ≤ stop
          let found := if around then { found with path := kind :: found.path } else found
          if anyOf (fun k => k == parent) sequenceKinds then
            graftSequence graft kind children.toList newChildren.toList found
          else graftAll graft kind children.toList newChildren.toList found
      | _, _ => none
  | _, _ => none
unsafe def graftAll (graft : Graft) (kind : Name) (olds news : List Syntax) (found : Grafted) : Option Grafted :=
  match olds, news with
  | [], [] => some found
  | old :: olds, new :: news => match graftNode graft kind old new found with
    | some found => graftAll graft kind olds news found
    | none => none
  | _, _ => none
/-- In a sequence of tactics, any number of them may stand for the one at the hole. -/
unsafe def graftSequence (graft : Graft) (kind : Name) (olds news : List Syntax) (found : Grafted) :
    Option Grafted :=
  let before := lengthBefore graft olds
  if before == lengthOf olds then graftAll graft kind olds news found
  else
    let after := lengthOf olds - before - 1
    let middle := lengthOf news - before - after
    if middle == 0 || lengthOf news < before + after then none
    else match graftAll graft kind (takeSyntax before olds) (takeSyntax before news) found with
      | none => none
      | some found => match graftMany graft (takeSyntax middle (dropSyntax before news)) found with
        | none => none
        | some found => graftAll graft kind (dropSyntax (before + 1) olds) (dropSyntax (before + middle) news) found
end

/-- Syntax of commands that may stand around a hole. A hole in a statement, an attribute or a modifier is not one. -/
unsafe def holderKinds : List Name :=
  [`Lean.Parser.Command.in, `Lean.Parser.Command.declaration, `Lean.Parser.Command.theorem, `Lean.Parser.Command.example,
   `Lean.Parser.Command.definition, `Lean.Parser.Command.abbrev, `Lean.Parser.Command.instance,
   `Lean.Parser.Command.mutual, `Lean.Parser.Command.structure, `Lean.Parser.Command.structFields,
   `Lean.Parser.Command.structSimpleBinder, `Lean.Parser.Command.structExplicitBinder, `Lean.Parser.Term.binderDefault,
   `Lean.Parser.Command.declValSimple, `Lean.Parser.Command.declValEqns, `Lean.Parser.Command.whereStructInst,
   `Lean.Parser.Term.whereDecls, `Lean.Parser.Term.matchAltsWhereDecls]

unsafe def mayHold (env : Environment) (kind : Name) : Bool :=
  anyOf (fun k => k == kind) holderKinds || (isAllowedKind env kind [] && kind != `Lean.Parser.Tactic.valConfigItem)

/-- Tactics that go on when what is in them fails: a hole in them can be filled with anything, if another hole of the
command takes the goal. -/
unsafe def forgivingKinds : List Name :=
  [`Lean.Parser.Tactic.tacticTry_, `Lean.Parser.Tactic.first, `Lean.Parser.Tactic.anyGoals,
   `Lean.Parser.Tactic.tacticRepeat_, `Lean.Parser.Tactic.repeat', `Lean.Parser.Tactic.repeat1',
   `Lean.Parser.Tactic.tacticIterate____, `Lean.Parser.Tactic.failIfSuccess, `Lean.solveTactic]

unsafe def isForgiving (kind : Name) : Bool := anyOf (fun k => k == kind) forgivingKinds

/-! Names that a proof adds to the file -/

mutual
/-- What the nodes of a kind begin with as a name. -/
unsafe def namesIn (kind : Name) (stx : Syntax) (end_ : List Name) : List Name :=
  if stx.getKind == kind then firstName stx.getArgs.toList :: namesInAll kind stx.getArgs.toList end_
  else namesInAll kind stx.getArgs.toList end_
unsafe def namesInAll (kind : Name) (stxs : List Syntax) (end_ : List Name) : List Name :=
  match stxs with
  | [] => end_
  | stx :: rest => namesIn kind stx (namesInAll kind rest end_)
unsafe def firstName : List Syntax → Name
  | [] => .anonymous
  | .ident _ _ name _ :: _ => name
  | stx :: rest =>
    let name := firstName stx.getArgs.toList
    if name.isAnonymous then firstName rest else name
end

unsafe def declaredIdentifiers (stx : Syntax) : List Name := namesIn `Lean.Parser.Command.declId stx []

/-- The name of a declaration that is written so in a scope. -/
unsafe def declaredName (scope : Command.Scope) (written : Name) : Name :=
  if rootComponent written == "_root_" then written.replacePrefix `_root_ .anonymous else scope.currNamespace ++ written

unsafe def openedIn : List OpenDecl → List Name
  | [] => []
  | .simple opened _ :: rest => opened :: openedIn rest
  | .explicit _ _ :: rest => openedIn rest

unsafe def properPrefixes : Name → List Name
  | .anonymous => []
  | .str prefix_ _ => prefix_ :: properPrefixes prefix_
  | .num prefix_ _ => prefix_ :: properPrefixes prefix_

/-- The constant that a helper (`let rec`) would hide from what follows in the declaration's own namespace. -/
unsafe def hidden (env : Environment) (spaces : List Name) : List Name → Option Name
  | [] => none
  | helper :: rest => match findFirst (fun space => (env.find? (space ++ helper)).isSome) spaces with
    | some space => some (space ++ helper)
    | none => hidden env spaces rest

/-- The constant that helpers of a candidate would hide. `reference`: the user's command. -/
unsafe def hiddenBy (state : Command.State) (reference : Syntax) (helpers : List Name) : Option Name :=
  match state.scopes, declaredIdentifiers reference with
  | scope :: _, written :: _ =>
    let spaces := append (openedIn scope.openDecls) (properPrefixes (declaredName scope written))
    hidden state.env spaces helpers
  | _, _ => none

/-- Whether a name is of the kind that Lean gives to what it makes itself: it looks up compiled code and unfoldings by
such names (`f._unsafe_rec`, `f._sunfold`). -/
unsafe def isInternalName : Name → Bool
  | .str prefix_ s => s.startsWith "_" || isInternalName prefix_
  | .num _ _ => true
  | .anonymous => false

/-- Why the helpers (`let rec`) in the pieces of a candidate may not be. Why one of them ends is elaborated when the others
are compiled: a type `autoParam … helper` there would run the text that a helper computes. -/
unsafe def helperFault (state : Command.State) (reference : Syntax) (pieces : List Syntax) : Option String :=
  let helpers := namesInAll `Lean.Parser.Term.letRecDecl pieces []
  let reasons := namesInAll `Lean.Parser.Termination.terminationBy pieces
    (namesInAll `Lean.Parser.Termination.decreasingBy pieces [])
  match findFirst isInternalName helpers, hiddenBy state reference helpers with
  | some name, _ => some ("A helper may not be called " ++ quoted (nameText name) ++ ", like what Lean itself makes.")
  | none, some name => some ("A helper of its own would hide " ++ quoted (nameText name) ++ " from what follows.")
  | none, none =>
    if isNil reasons || isNil helpers || isNil helpers.tail then none
    else some "A helper beside others may not say why it ends: that runs when the others can be run too."

/-! One command, and the whole of it -/

/-- Whether a text after the last token leaves an open line comment, which would swallow what follows in the file. -/
unsafe def endsInLineComment (trailing : String) : Bool :=
  let lastLine := match reversed (trailing.splitOn "\n") with
    | line :: _ => line
    | [] => ""
  !isNil (lastLine.splitOn "--").tail

/-- Parse a text that has to be one command. -/
unsafe def parseWhole (state : Command.State) (text : String) : Except String Syntax :=
  let (stx, parser, log) := Parser.parseCommand (mkCtx text) (parserContext state) {} {}
  if !isNil (messagesOf log) || parser.recovering then .error "It does not parse."
  else if parser.pos.byteIdx != text.utf8ByteSize then .error "It is more than one command."
  else if endsInLineComment (textBetween text (rangeOf stx).2 text.utf8ByteSize) then
    .error "It ends in a line comment, which would swallow what follows."
  else .ok stx

end Turnstile
