/-! Imports: from a header to an environment. The embedded Lean never gives imported data back, so there is one
environment for each list of imports. -/

namespace Turnstile

/-- What belongs to the whole process. `level`: how much of an imported module a text without `module` sees. -/
structure World where
  level : OLeanLevel
  environments : IO.Ref (List (String × Environment))
  states : IO.Ref (List (Nat × Command.State))
  nextState : IO.Ref Nat

/-- Everything, but for a library that comes without its private data. -/
unsafe def libraryLevel : IO OLeanLevel := do
  let file ← findOLean `Init
  if ← System.FilePath.pathExists ⟨file.toString ++ ".private"⟩ then return .private else return .exported

/-- A text's header. `parser`: where the first command begins. `missing`: imports that are not there. -/
structure Header where
  environment : Option Environment
  parser : Parser.ModuleParserState
  log : MessageLog
  missing : List String

unsafe def importKey (import_ : Import) : String :=
  nameText import_.module ++ (if import_.importAll then "!" else "") ++ (if import_.isExported then "+" else "")
    ++ (if import_.isMeta then "*" else "")

unsafe def isThere (module : Name) : IO Bool := do
  try (← findOLean module).pathExists catch _ => return false

unsafe def missingImports : List Import → IO (List String)
  | [] => return []
  | import_ :: rest => do
    let others ← missingImports rest
    if ← isThere import_.module then return others else return nameText import_.module :: others

/-- The environment of a text that is no `module`: names unmangled, as on any Lean. -/
unsafe def importPlain (level : OLeanLevel) (imports : Array Import) : IO Environment := do
  let (_, state) ← ImportStateM.run (importModulesCore imports level {} false)
  let environment ← finalizeImport state imports {} 0 false true level false
  return environment.setMainModule `Main

unsafe def lookUp {α : Type} (key : String) : List (String × α) → Option α
  | [] => none
  | (k, value) :: rest => if k == key then some value else lookUp key rest

unsafe def readHeader (world : World) (ctx : Parser.InputContext) : IO Header := do
  let (header, parser, log) ← Parser.parseHeader ctx
  let isModule := HeaderSyntax.isModule header
  let imports := headerToImports header
  let key := (if isModule then "module " else "") ++ joinWith " " (mapList importKey imports.toList)
  match lookUp key (← world.environments.get) with
  | some environment => return ⟨some environment, parser, log, []⟩
  | none =>
    let missing ← missingImports imports.toList
    match missing with
    | _ :: _ => return ⟨none, parser, log, missing⟩
    | [] =>
      let (environment, log) ←
        if isModule then processHeader header {} log ctx 0 #[] false `Main
        else do
          let environment ← importPlain world.level imports
          pure (environment, log)
      if anyOf isError (messagesOf log) then return ⟨none, parser, log, []⟩
      world.environments.modify fun known => (key, environment) :: known
      return ⟨some environment, parser, log, []⟩

/-! Command states by number -/

unsafe def keepState (world : World) (state : Command.State) : IO Nat := do
  let number ← world.nextState.get
  world.nextState.set (number + 1)
  world.states.modify fun states => (number, freshState state) :: states
  return number

unsafe def stateNumbered (number : Nat) : List (Nat × Command.State) → Option Command.State
  | [] => none
  | (n, state) :: rest => if n == number then some state else stateNumbered number rest

unsafe def freeStates (world : World) (numbers : List Nat) : IO Unit :=
  world.states.modify fun states => filterList (fun (n, _) => !anyOf (fun m => m == n) numbers) states

end Turnstile
