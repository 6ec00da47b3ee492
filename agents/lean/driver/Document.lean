/-! A document: its commands one by one, with the command state before each. -/

namespace Turnstile

/-- One command that was elaborated: the number of the state before it, and where the parser stood. -/
structure Step where
  state : Nat
  parser : Parser.ModuleParserState

/-- The document of a session. `steps`: last command first. `now`: state and parser after them. -/
structure Document where
  ctx : Parser.InputContext
  steps : List Step
  now : Step

unsafe def parserContext (state : Command.State) : Parser.ParserModuleContext :=
  match state.scopes with
  | scope :: _ => { env := state.env, options := scope.opts, currNamespace := scope.currNamespace,
                    openDecls := scope.openDecls }
  | [] => { env := state.env, options := {} }

/-- A command that was elaborated: the state after it, its syntax, where the parser stands, all messages. -/
structure Elaborated where
  state : Command.State
  stx : Syntax
  parser : Parser.ModuleParserState
  messages : List Message

/-- Parse and elaborate one command. `trees`: whether to keep what happens as information trees. -/
unsafe def elaborateWith (trees : Bool) (ctx : Parser.InputContext) (state : Command.State)
    (parser : Parser.ModuleParserState) : IO Elaborated := do
  let (stx, parserAfter, log) := Parser.parseCommand ctx (parserContext state) parser {}
  let front ← IO.mkRef {
    commandState := { freshState state with messages := log, infoState := { enabled := trees } }
    parserState := parserAfter, cmdPos := parser.pos : Frontend.State }
  Frontend.elabCommandAtFrontend stx { inputCtx := ctx } front
  let after := (← front.get).commandState
  -- The elaborator takes the parser's messages to know of them, and drops them.
  let messages := append (messagesOf log) (messagesOf after.messages)
  return ⟨after, stx, parserAfter, messages⟩

unsafe def elaborateNext (ctx : Parser.InputContext) (state : Command.State) (parser : Parser.ModuleParserState) :
    IO Elaborated := elaborateWith true ctx state parser

/-! What a command declares -/

/-- The declaration inside `… in` and other wrappers, and its kind. -/
unsafe def declarationOf (stx : Syntax) : Syntax × String :=
  if stx.getKind == `Lean.Parser.Command.declaration then
    let kind := lastComponent (stx.getArg 1).getKind
    (stx.getArg 1, if kind == "definition" then "def" else kind)
  else if stx.getKind == `Lean.Parser.Command.in then declarationOf (stx.getArg 2)
  else if lastComponent stx.getKind == "lemma" then (stx, "lemma")
  else (stx, nameText stx.getKind)

mutual
unsafe def declaredIdentifier? (stx : Syntax) : Option Syntax :=
  if stx.getKind == `Lean.Parser.Command.declId then some (stx.getArg 0)
  else firstIdentifier? stx.getArgs.toList
unsafe def firstIdentifier? : List Syntax → Option Syntax
  | [] => none
  | stx :: rest => match declaredIdentifier? stx with
    | some found => some found
    | none => firstIdentifier? rest
end

unsafe def isBlank (c : Char) : Bool := c == ' ' || c == '\n' || c == '\t' || c == '\r'

/-- `stop`, moved left over white space, not beyond `start`. -/
unsafe def trimmedStop (text : String) (start stop : Nat) : Nat :=
  if stop ≤ start then start
  else if isBlank (String.Pos.Raw.get text ⟨stop - 1⟩) then trimmedStop text start (stop - 1)
  else stop

/-- Where a command ends. After a syntax error the parser skips to what looks like a command: the skipped text belongs
to the command that has the error. -/
unsafe def commandStop (ctx : Parser.InputContext) (done : Elaborated) : Nat :=
  let stop := (rangeOf done.stx).2
  if !done.parser.recovering then stop
  else
    let (next, _, _) := Parser.parseCommand ctx (parserContext done.state) done.parser {}
    let nextStart := match next.getPos? with
      | some position => position.byteIdx
      | none => ctx.inputString.utf8ByteSize
    if nextStart ≤ done.parser.pos.byteIdx then stop else trimmedStop ctx.inputString stop nextStart

unsafe def commandJson (ctx : Parser.InputContext) (before : Nat) (done : Elaborated) : IO Json := do
  let trees := persistentList done.state.infoState.trees
  let range := rangeOf done.stx
  let stop := commandStop ctx done
  let (declaration, kind) := declarationOf done.stx
  let name := match declaredIdentifier? declaration with
    | some identifier => rangeOf identifier
    | none => (range.1, range.1)
  let holes ← holesJson ctx.fileMap done.stx stop done.messages trees
  let messages ← mapIO (messageJson ctx.fileMap) done.messages
  return Json.mkObj [("start", jsonNat range.1), ("end", jsonNat stop), ("kind", Json.str kind),
    ("state", jsonNat before),
    ("name", if name.1 == name.2 then Json.null else Json.str (textBetween ctx.inputString name.1 name.2)),
    ("name_start", jsonNat name.1), ("name_end", jsonNat name.2),
    ("messages", jsonList messages), ("holes", jsonList holes)]

/-! Operations -/

unsafe def numbersOf : List Step → List Nat
  | [] => []
  | step :: rest => step.state :: numbersOf rest

/-- Drop the last `n` steps: what was before them is now. -/
unsafe def dropSteps (world : World) (document : Document) : Nat → IO Document
  | 0 => return document
  | n + 1 => match document.steps with
    | [] => return document
    | step :: rest => do
      freeStates world [document.now.state]
      dropSteps world { document with steps := rest, now := step } n

/-- Take a new text whose first `keep` commands are those of the document before. -/
unsafe def changeDocument (world : World) (document : Document) (ctx : Parser.InputContext) (keep : Nat) :
    IO Document := do
  let document ← dropSteps world document (lengthOf document.steps - keep)
  return { document with ctx := ctx }

/-- A new document in the environment of its header, with the options that the project gives. -/
unsafe def openDocument (world : World) (ctx : Parser.InputContext) (header : Header) (environment : Environment)
    (options : Options) : IO Document := do
  let number ← keepState world (Command.mkState environment header.log options)
  return { ctx := ctx, steps := [], now := ⟨number, header.parser⟩ }

/-- Elaborate commands until the clock (milliseconds) shows `deadline`, at least one. Returns their JSON, last first, and
whether the end of the document was reached. -/
unsafe def advance (world : World) (document : Document) (deadline : Nat) (commands : List Json) :
    IO (Document × List Json × Bool) := do
  match stateNumbered document.now.state (← world.states.get) with
  | none => throw (IO.userError "Unknown state.")
  | some state =>
    let done ← elaborateNext document.ctx state document.now.parser
    let json ← commandJson document.ctx document.now.state done
    if Parser.isTerminalCommand done.stx then
      return (document, if isNil done.messages then commands else json :: commands, true)
    let number ← keepState world done.state
    let document := { document with steps := document.now :: document.steps, now := ⟨number, done.parser⟩ }
    if (← IO.monoMsNow) < deadline then advance world document deadline (json :: commands)
    else return (document, json :: commands, false)

end Turnstile
