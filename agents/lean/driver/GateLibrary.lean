/-! Proofs of a project's compiled modules. An environment may hold no more of them than they export, that is theorems
without proofs, which look like axioms. The whole module lies beside it and is read as data, never as code. -/

namespace Turnstile

/-- The constants of modules read so far. -/
abbrev Bodies := IO.Ref (List (Name × List ConstantInfo))

/-- All constants of a compiled module; none when it comes without its private part. -/
unsafe def readConstants (module : Name) : IO (List ConstantInfo) := do
  let path ← findOLean module
  let part := fun (suffix : String) => System.FilePath.mk (path.toString ++ suffix)
  if !(← (part ".private").pathExists) then return []
  let parts ← readModuleDataParts [path, part ".server", part ".private"].toArray
  match reversed parts.toList with
  | (whole, _) :: _ => return whole.constants.toList
  | [] => return []

unsafe def readBefore (module : Name) : List (Name × List ConstantInfo) → Option (List ConstantInfo)
  | [] => none
  | (name, constants) :: rest => if name == module then some constants else readBefore module rest

unsafe def bodiesOf (bodies : Bodies) (module : Name) : IO (List ConstantInfo) := do
  match readBefore module (← bodies.get) with
  | some constants => return constants
  | none =>
    let constants ← try readConstants module catch _ => pure []
    bodies.modify fun known => (module, constants) :: known
    return constants

/-- The module of a private name. -/
unsafe def privateModule? : Name → Option Name
  | .num prefix_ _ =>
    if rootComponent prefix_ == "_private" then some (prefix_.replacePrefix `_private .anonymous) else none
  | .str prefix_ _ => privateModule? prefix_
  | .anonymous => none

/-- What constants of compiled modules rest on. `missing`: those whose bodies are not there. -/
structure Ground where
  seen : List Name := []
  axioms : List Name := []
  unfinished : List Name := []
  missing : List Name := []

mutual
/-- Follow a constant through compiled modules down to axioms. -/
unsafe def groundOf (environment : Environment) (bodies : Bodies) (name : Name) (ground : Ground) : IO Ground := do
  if contains ground.seen name then return ground
  let ground := { ground with seen := name :: ground.seen }
  match moduleOf? environment name, privateModule? name with
  | none, none => return ground
  | some module, _ | none, some module =>
    if isToolchainModule module then
      match axiomKind environment name, environment.find? name with
      | .erased, _ => return ground
      | _, some (.axiomInfo _) => return { ground with axioms := name :: ground.axioms }
      | _, _ => return ground
    else match findFirst (fun constant => constant.name == name) (← bodiesOf bodies module) with
      | none => return { ground with missing := name :: ground.missing }
      | some (.axiomInfo _) => return { ground with axioms := name :: ground.axioms }
      | some constant =>
        let named := namedBy constant
        let ground :=
          if contains named `sorryAx then { ground with unfinished := name :: ground.unfinished } else ground
        groundOfAll environment bodies (filterList (fun n => n != `sorryAx) named) ground
unsafe def groundOfAll (environment : Environment) (bodies : Bodies) (names : List Name) (ground : Ground) :
    IO Ground := do
  match names with
  | [] => return ground
  | name :: rest => groundOfAll environment bodies rest (← groundOf environment bodies name ground)
end

end Turnstile
