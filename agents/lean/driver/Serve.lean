/-! The loop: one request a line on standard input, one answer a line on standard error, which other writers share:
each line of ours begins with a mark that the first line of input tells. -/

namespace Turnstile

structure Server where
  world : World
  document : IO.Ref (Option Document)
  bodies : Bodies
  references : References
  statements : Statements
  steps : Proofs
  community : Community

unsafe def optionsOf (pairs : List Json) (options : Options) : Options :=
  match pairs with
  | [] => options
  | pair :: rest =>
    let name := (stringField pair "name").toName
    optionsOf rest (match field pair "value" with
      | .bool b => setBool options name b
      | .str s => setString options name s
      | _ => setNat options name (natField pair "value"))

unsafe def stateOf (server : Server) (request : Json) : IO Command.State := do
  match stateNumbered (natField request "state") (← server.world.states.get) with
  | some state => return state
  | none => throw (IO.userError "Unknown state.")

unsafe def proofOf (server : Server) (request : Json) : IO Proof := do
  match proofNumbered (natField request "proof") (← server.steps.kept.get) with
  | some proof => return proof
  | none => throw (IO.userError "Unknown proof state.")

unsafe def natList : List Json → List Nat
  | [] => []
  | json :: rest => match json.getNat? with
    | .ok n => n :: natList rest
    | .error _ => natList rest

unsafe def stringList : List Json → List String
  | [] => []
  | .str text :: rest => text :: stringList rest
  | _ :: rest => stringList rest

/-- `text`, `options`, and `keep`: the number of commands that did not change (absent: the header may have). -/
unsafe def takeDocument (server : Server) (request : Json) : IO Json := do
  let ctx := mkCtx (stringField request "text")
  match ← server.document.get, natField? request "keep" with
  | some document, some keep =>
    server.document.set (some (← changeDocument server.world document ctx keep))
    return Json.mkObj []
  | old, _ =>
    match old with
    | some document => freeStates server.world (document.now.state :: numbersOf document.steps)
    | none => pure ()
    server.document.set none
    let header ← readHeader server.world ctx
    let messages ← mapIO (messageJson ctx.fileMap) (messagesOf header.log)
    let state ← match header.environment with
    | none => pure 0
    | some environment => do
      let options := setBool (optionsOf (listField request "options") {}) `Elab.async false
      let document ← openDocument server.world ctx header environment options
      server.document.set (some document)
      pure document.now.state
    return Json.mkObj [("header_end", jsonNat header.parser.pos.byteIdx), ("header_messages", jsonList messages),
      ("missing", jsonStrings header.missing), ("imported", Json.bool header.environment.isSome),
      ("state", jsonNat state)]

/-- Elaborate on for `milliseconds`. -/
unsafe def goOn (server : Server) (request : Json) : IO Json := do
  match ← server.document.get with
  | none => throw (IO.userError "No document.")
  | some document =>
    let deadline := (← IO.monoMsNow) + natField request "milliseconds"
    let (document, commands, done) ← advance server.world document deadline []
    server.document.set (some document)
    return Json.mkObj [("commands", jsonList (reversed commands)), ("done", Json.bool done),
      ("end_state", jsonNat document.now.state)]

/-- What a request asks of the gate. -/
unsafe def asked (server : Server) (request : Json) (answer : Question → IO Json) : IO Json := do
  let isNegated := boolField request "negated"
  let question : Question := {
    key := Json.compress (jsonList [field request "state", field request "original", field request "start",
      field request "end", Json.bool isNegated])
    state := ← stateOf server request
    original := stringField request "original"
    candidate := stringField request "candidate"
    holeStart := natField request "start"
    holeEnd := natField request "end"
    newEnd := natField request "new_end"
    heartbeats := natField? request "heartbeats" }
  if !isNegated then answer question
  else match ← negationOf server.statements question with
    | .error reason => return undetermined reason {}
    | .ok question => answer question

unsafe def serve (server : Server) (request : Json) : IO Json := do
  match stringField request "op" with
  | "document" => takeDocument server request
  | "advance" => goOn server request
  | "check" => asked server request (gateCheck server.references)
  | "judge" => asked server request fun question => judge server.bodies server.references question (field request "claim")
  | "proof" =>
    runProof (← stateOf server request) (stringField request "original") (stringField request "candidate")
      (natField request "start") (natField request "end") (natField request "new_end") (natField? request "heartbeats")
  | "goal" =>
    if boolField request "alone" then server.steps.kept.set []
    openGoal server.steps (← stateOf server request) (stringField request "original") (natField request "start")
      (natField request "end")
  | "step" => step server.steps (← proofOf server request) (stringField request "tactic") (natField? request "heartbeats")
  | "release" =>
    freeProofs server.steps (natList (listField request "states"))
    return Json.null
  | "renamed" =>
    return jsonList (renamed (← stateOf server request) (stringList (listField request "names")))
  | "community" =>
    let options := setBool (optionsOf (listField request "options") {}) `Elab.async false
    match natField? request "restart_at" with
    | some first => restartAt server.community first
    | none => pure ()
    communityRequest server.community server.world options (field request "request")
  | "statistics" => return Json.mkObj [("states", jsonNat (lengthOf (← server.world.states.get))),
      ("environments", jsonNat (lengthOf (← server.world.environments.get))),
      ("proofs", jsonNat (lengthOf (← server.steps.kept.get)))]
  | other => throw (IO.userError ("Unknown operation " ++ other ++ "."))

unsafe def answer (server : Server) (line : String) : IO Json := do
  match Json.parse line with
  | .error e => return Json.mkObj [("id", Json.null), ("error", Json.str e)]
  | .ok request =>
    try
      let result ← serve server request
      return Json.mkObj [("id", field request "id"), ("result", result)]
    catch e => return Json.mkObj [("id", field request "id"), ("error", Json.str (toString e))]

unsafe def loop (server : Server) (mark : String) (input output : IO.FS.Handle) : IO Unit := do
  let line ← input.getLine
  if line.isEmpty then return
  let reply ← answer server line
  output.putStr (mark ++ reply.compress ++ "\n")
  output.flush
  loop server mark input output

unsafe def main : IO Unit := do
  let input ← IO.FS.Handle.mk "/dev/stdin" .read
  let output ← IO.FS.Handle.mk "/dev/stderr" .write
  match Json.parse (← input.getLine) with
  | .error _ => return
  | .ok hello =>
    let world : World := {
      level := ← libraryLevel,
      environments := ← IO.mkRef [], states := ← IO.mkRef [], nextState := ← IO.mkRef 0 }
    let community : Community := {
      environments := ← IO.mkRef [], nextEnvironment := ← IO.mkRef 0, proofs := ← noProofs }
    let server : Server := {
      world := world, document := ← IO.mkRef none, bodies := ← IO.mkRef [], references := ← IO.mkRef none
      statements := ← IO.mkRef none, steps := ← noProofs, community := community }
    let mark := stringField hello "mark"
    output.putStr (mark ++ "{\"id\":0,\"result\":\"ready\"}\n")
    output.flush
    loop server mark input output

end Turnstile
