/-! Compiles the driver to an `.olean` for a Lean whose library comes without compiler data (`.ir`).

Such a Lean treats every file as a module, and `lean -o` then keeps only what `meta` marks, without the functions that the
compiler made itself (`…._boxed`, `…._redArg`): the interpreter would not find them. So the driver is elaborated here in an
environment that is no module, of which everything is kept, and is marked as a module when written. The compiler's own
functions are looked for by the module that has a constant of their name: each gets one. -/

open Lean Elab Command

unsafe def joined {α : Type} (end_ : List α) : List α → List α
  | [] => end_
  | x :: rest => x :: joined end_ rest

unsafe def placeholders : List Name → List ConstantInfo
  | [] => []
  | name :: rest =>
    .axiomInfo { name := name, levelParams := [], type := .sort .zero, isUnsafe := true } :: placeholders rest

unsafe def errorsOf : List Message → IO String
  | [] => return ""
  | message :: rest => do
    let others ← errorsOf rest
    match message.severity with
    | .error => return Nat.repr message.pos.line ++ ": " ++ (← message.data.toString) ++ "\n" ++ others
    | _ => return others

unsafe def elaborated (text : String) : IO (Environment × String) := do
  let ctx : Parser.InputContext :=
    { inputString := text, fileName := "<input>", fileMap := FileMap.ofString text, endPos := text.rawEndPos,
      endPos_valid := by simp }
  let (header, parser, log) ← Parser.parseHeader ctx
  let imports := headerToImports header
  let (_, state) ← ImportStateM.run (importModulesCore imports .exported {} false)
  let environment ← finalizeImport state imports {} 0 false true .exported false
  -- A closed term taken out of a function would be initialised by a library that nobody loads.
  let options := KVMap.insert {} `compiler.extract_closed (DataValue.ofBool false)
  let done ← IO.processCommands ctx parser (Command.mkState (environment.setMainModule `TurnstileDriver) log options)
  return (done.commandState.env, ← errorsOf done.commandState.messages.unreported.tail.toList)

/-- Reads `driver.lean` in the working folder, writes `TurnstileDriver.olean` there. -/
unsafe def compile : IO Unit := do
  let (environment, errors) ← elaborated (← IO.FS.readFile "driver.lean")
  if errors != "" then throw (IO.userError errors)
  let data ← mkModuleData environment .private
  saveModuleData "TurnstileDriver.olean" `TurnstileDriver { data with
    isModule := true
    constNames := (joined data.extraConstNames.toList data.constNames.toList).toArray
    constants := (joined (placeholders data.extraConstNames.toList) data.constants.toList).toArray }

#eval show CommandElabM Unit from (compile : IO Unit)
