import Lean
import Std

/-! Writes the toolchain's syntax kinds with the modules that declare them, one `module kind` a line, "-" for a kind that
no constant declares. Plain recursion, because the library may come without its compiler data. -/

open Lean

unsafe def text : Name → String
  | .anonymous => ""
  | .str .anonymous s => s
  | .num .anonymous n => Nat.repr n
  | .str prefix_ s => text prefix_ ++ "." ++ s
  | .num prefix_ n => text prefix_ ++ "." ++ Nat.repr n

unsafe def nth : List Name → Nat → Name
  | [], _ => .anonymous
  | name :: _, 0 => name
  | _ :: rest, n + 1 => nth rest n

unsafe def list (environment : Environment) (output : IO.FS.Handle) : List Name → IO Unit
  | [] => pure ()
  | kind :: rest => do
    let module := match environment.getModuleIdxFor? kind with
      | some index => text (nth environment.header.moduleNames.toList index.toNat)
      | none => "-"
    output.putStr ("KIND " ++ module ++ " " ++ text kind ++ "\n")
    list environment output rest

#eval show Elab.Command.CommandElabM Unit from do
  let environment ← getEnv
  list environment (← IO.FS.Handle.mk "/dev/stderr" .write) (Parser.getSyntaxNodeKinds environment)
