/-! What every part of the driver uses: lists, names, JSON, positions, messages.

The library that the driver is interpreted against may come without its compiler data, so that calls of inlined or
specialised functions fail with "Unknown constant …". Hence plain recursion over `List` in place of `for`, `++` on
lists, and class-polymorphic helpers. `unsafe` in place of termination proofs. -/

open Lean Elab Command

namespace Turnstile

/-! Lists -/

unsafe def reverseOnto {α : Type} : List α → List α → List α
  | [], end_ => end_
  | x :: rest, end_ => reverseOnto rest (x :: end_)

unsafe def reversed {α : Type} (xs : List α) : List α := reverseOnto xs []

unsafe def append {α : Type} (xs ys : List α) : List α := reverseOnto (reversed xs) ys

unsafe def mapList {α β : Type} (f : α → β) : List α → List β
  | [] => []
  | x :: rest => f x :: mapList f rest

unsafe def mapIO {α β : Type} (f : α → IO β) : List α → IO (List β)
  | [] => return []
  | x :: rest => do
    let y ← f x
    let ys ← mapIO f rest
    return y :: ys

unsafe def filterList {α : Type} (p : α → Bool) : List α → List α
  | [] => []
  | x :: rest => if p x then x :: filterList p rest else filterList p rest

unsafe def anyOf {α : Type} (p : α → Bool) : List α → Bool
  | [] => false
  | x :: rest => if p x then true else anyOf p rest

unsafe def allOf {α : Type} (p : α → Bool) : List α → Bool
  | [] => true
  | x :: rest => if p x then allOf p rest else false

unsafe def findFirst {α : Type} (p : α → Bool) : List α → Option α
  | [] => none
  | x :: rest => if p x then some x else findFirst p rest

unsafe def isNil {α : Type} : List α → Bool
  | [] => true
  | _ => false

unsafe def lengthOf {α : Type} : List α → Nat
  | [] => 0
  | _ :: rest => lengthOf rest + 1

mutual
unsafe def nodeList {α : Type} (node : PersistentArrayNode α) (end_ : List α) : List α :=
  match node with
  | .leaf xs => append xs.toList end_
  | .node nodes => nodesList nodes.toList end_
unsafe def nodesList {α : Type} (nodes : List (PersistentArrayNode α)) (end_ : List α) : List α :=
  match nodes with
  | [] => end_
  | node :: rest => nodeList node (nodesList rest end_)
end

/-- The elements of a persistent array, in order. -/
unsafe def persistentList {α : Type} (array : PersistentArray α) : List α :=
  nodeList array.root array.tail.toList

/-! Text -/

unsafe def joinWith (separator : String) : List String → String
  | [] => ""
  | [x] => x
  | x :: rest => x ++ separator ++ joinWith separator rest

/-- A name as dotted text, without «». -/
unsafe def nameText : Name → String
  | .anonymous => ""
  | .str .anonymous s => s
  | .num .anonymous n => Nat.repr n
  | .str prefix_ s => nameText prefix_ ++ "." ++ s
  | .num prefix_ n => nameText prefix_ ++ "." ++ Nat.repr n

/-- The last component of a name. -/
unsafe def lastComponent : Name → String
  | .anonymous => ""
  | .str _ s => s
  | .num _ n => Nat.repr n

/-- The text between two byte positions. -/
unsafe def textBetween (text : String) (start stop : Nat) : String :=
  String.Pos.Raw.extract text ⟨start⟩ ⟨stop⟩

/-- What `parseCommand` and the elaborator read. `mkInputContext` is inlined, hence by hand. -/
unsafe def mkCtx (text : String) : Parser.InputContext :=
  { inputString := text, fileName := "<input>", fileMap := FileMap.ofString text,
    endPos := text.rawEndPos, endPos_valid := by simp }

/-- First and last byte (exclusive) of a syntax tree, (0, 0) when it has no position. -/
unsafe def rangeOf (stx : Syntax) : Nat × Nat :=
  match stx.getPos?, stx.getTailPos? with
  | some start, some stop => (start.byteIdx, stop.byteIdx)
  | some start, none => (start.byteIdx, start.byteIdx)
  | _, _ => (0, 0)

/-! JSON -/

unsafe def jsonNat (n : Nat) : Json := Json.num (JsonNumber.fromNat n)

unsafe def jsonList (xs : List Json) : Json := Json.arr xs.toArray

unsafe def jsonStrings (xs : List String) : Json := jsonList (mapList Json.str xs)

/-- A field, `Json.null` where there is none. -/
unsafe def field (json : Json) (name : String) : Json :=
  match json.getObjVal? name with
  | .ok value => value
  | .error _ => Json.null

unsafe def stringField? (json : Json) (name : String) : Option String :=
  match field json name with
  | .str text => some text
  | _ => none

unsafe def stringField (json : Json) (name : String) : String :=
  match stringField? json name with
  | some text => text
  | none => ""

unsafe def natField? (json : Json) (name : String) : Option Nat :=
  match (field json name).getNat? with
  | .ok n => some n
  | .error _ => none

unsafe def natField (json : Json) (name : String) : Nat :=
  match natField? json name with
  | some n => n
  | none => 0

unsafe def boolField (json : Json) (name : String) : Bool :=
  match field json name with
  | .bool b => b
  | _ => false

unsafe def listField (json : Json) (name : String) : List Json :=
  match field json name with
  | .arr xs => xs.toList
  | _ => []

/-! Messages -/

unsafe def severityText : MessageSeverity → String
  | .error => "error"
  | .warning => "warning"
  | .information => "information"

unsafe def isError (message : Message) : Bool :=
  match message.severity with
  | .error => true
  | _ => false

unsafe def isWarning (message : Message) : Bool :=
  match message.severity with
  | .warning => true
  | _ => false

/-- Byte offset in the text that `map` belongs to. -/
unsafe def messageStart (map : FileMap) (message : Message) : Nat := (map.ofPosition message.pos).byteIdx

unsafe def messageEnd (map : FileMap) (message : Message) : Nat :=
  match message.endPos with
  | some position => (map.ofPosition position).byteIdx
  | none => messageStart map message

/-- All messages of a log that are not silent, in order. -/
unsafe def messagesOf (log : MessageLog) : List Message :=
  filterList (fun message => !message.isSilent) (append (persistentList log.reported) (persistentList log.unreported))

/-- As `base.LeanMessage`, positions in bytes. -/
unsafe def messageJson (map : FileMap) (message : Message) : IO Json := do
  let text ← message.data.toString
  return Json.mkObj [("severity", Json.str (severityText message.severity)), ("text", Json.str text),
    ("start", jsonNat (messageStart map message)), ("end", jsonNat (messageEnd map message))]

/-! Monads: their runners are polymorphic, hence by hand -/

unsafe def exceptionText : Exception → IO String
  | .error _ data => data.toString
  | .internal _ _ => return "The elaborator gave up."

unsafe def coreContext (context : ContextInfo) : IO Core.Context := do
  return {
    fileName := "<input>", fileMap := context.fileMap, options := context.options,
    currNamespace := context.currNamespace, openDecls := context.openDecls,
    initHeartbeats := ← IO.getNumHeartbeats, maxHeartbeats := Core.getMaxHeartbeats context.options }

/-- Run a core action where `context` stands. Returns the state after it too. Throws the action's error as text. -/
unsafe def inCore {α : Type} (context : ContextInfo) (action : CoreM α) : IO (α × Core.State) := do
  let core ← coreContext context
  let state ← IO.mkRef { env := context.env, ngen := context.ngen : Core.State }
  match ← (action core state).toBaseIO with
  | .ok value => return (value, ← state.get)
  | .error exception => throw (IO.userError (← exceptionText exception))

/-- Run a meta action where `context` stands, among `locals`. -/
unsafe def inMeta {α : Type} (context : ContextInfo) (locals : LocalContext) (action : MetaM α) : IO α := do
  let state ← IO.mkRef { mctx := context.mctx : Meta.State }
  let (value, _) ← inCore context (action { lctx := locals } state)
  return value

/-! Command states -/

/-- A state to elaborate in: messages and information of what came before are dropped. -/
unsafe def freshState (state : Command.State) : Command.State :=
  { state with messages := {}, infoState := { enabled := true } }

/-- Set an option in the innermost scope of a state. -/
unsafe def withOptions (state : Command.State) (change : Options → Options) : Command.State :=
  match state.scopes with
  | scope :: rest => { state with scopes := { scope with opts := change scope.opts } :: rest }
  | [] => state

unsafe def setNat (options : Options) (name : Name) (value : Nat) : Options :=
  KVMap.insert options name (DataValue.ofNat value)

unsafe def setBool (options : Options) (name : Name) (value : Bool) : Options :=
  KVMap.insert options name (DataValue.ofBool value)

unsafe def setString (options : Options) (name : Name) (value : String) : Options :=
  KVMap.insert options name (DataValue.ofString value)

end Turnstile
