/-! The gate's view of texts: what is compared and elaborated, and what Lean says of it. -/

namespace Turnstile

/-! The texts -/

/-- A check's texts: `reference` is the user's command with `sorry` at the hole. `keyword`, `grown`: where `example` was
replaced by `theorem` and a name, and by how many bytes the texts grew there. -/
structure Texts where
  reference : String
  candidate : String
  graft : Graft
  keyword : Nat := 0
  grown : Nat := 0

unsafe def textsOf (original candidate : String) (holeStart holeEnd newEnd : Nat) : Texts :=
  let before := textBetween original 0 holeStart
  let after := textBetween original holeEnd original.utf8ByteSize
  let apart := fun (blank : Bool) => if blank then "" else " "
  let lead := apart (holeStart == 0 || isBlank (String.Pos.Raw.get original ⟨holeStart - 1⟩))
  let trail := apart (after == "" || isBlank (String.Pos.Raw.get original ⟨holeEnd⟩))
  let start := holeStart + lead.utf8ByteSize
  let stop := start + "sorry".utf8ByteSize
  { reference := before ++ lead ++ "sorry" ++ trail ++ after, candidate := candidate,
    graft := ⟨start, stop, stop + trail.utf8ByteSize, holeStart, newEnd⟩ }

/-- An `example` as a theorem with the same binders. `start`, `stop`: where its keyword stands. -/
unsafe def Texts.asTheorem (texts : Texts) (start stop : Nat) : Texts :=
  let keyword := "theorem _root_.Turnstile." ++ exampleName
  let grown := keyword.utf8ByteSize - (stop - start)
  let change := fun (text : String) => textBetween text 0 start ++ keyword ++ textBetween text stop text.utf8ByteSize
  let graft := texts.graft
  { reference := change texts.reference, candidate := change texts.candidate, keyword := stop, grown := grown,
    graft := ⟨graft.start + grown, graft.stop + grown, graft.rest + grown, graft.newStart + grown,
      graft.newStop + grown⟩ }

unsafe def Texts.messageJson (texts : Texts) (map : FileMap) (message : Message) : IO Json := do
  let back := fun (position : Nat) => if texts.keyword < position then position - texts.grown else position
  return Json.mkObj [("severity", Json.str (severityText message.severity)),
    ("text", Json.str (← message.data.toString)), ("start", jsonNat (back (messageStart map message))),
    ("end", jsonNat (back (messageEnd map message)))]

/-! Messages -/

unsafe def hasPart (text part : String) : Bool := !isNil (text.splitOn part).tail

/-- Whether an error means that a limit was reached, which says nothing about the candidate. -/
unsafe def isLimit (text : String) : Bool :=
  hasPart text "(deterministic) timeout" || hasPart text "maximum recursion depth has been reached"

unsafe def unsolvedGoals (text : String) : List String :=
  match text.splitOn "unsolved goals\n" with
  | _ :: goals :: _ => goals.splitOn "\n\n"
  | _ => []

/-- A message of a command: its text, and its range in bytes. -/
structure Said where
  text : String
  start : Nat
  stop : Nat

unsafe def saidOf (map : FileMap) (message : Message) : IO Said := do
  return ⟨← message.data.toString, messageStart map message, messageEnd map message⟩

unsafe def Said.isInHole (said : Said) (graft : Graft) : Bool :=
  graft.newStart ≤ said.start && said.start < graft.newStop

/-- Errors that the reference has not: an error elsewhere in the command is no fault of the candidate. -/
unsafe def ownErrors (graft : Graft) (errors known : List Said) : List Said :=
  filterList (fun e => e.isInHole graft ||
    !anyOf (fun k => k.text == e.text && graft.moved k.start == e.start) known) errors

/-! Suggestions -/

unsafe def spaces : Nat → String
  | 0 => ""
  | n + 1 => " " ++ spaces n

unsafe def unindented (line : String) : String := if line.startsWith "  " then textBetween line 2 line.utf8ByteSize else line

unsafe def isRemark (line : String) : Bool := line.startsWith "--"

/-- One offer, its lines after the first indented to `column`; remarks on goals that remain are left out. -/
unsafe def offerText (column : Nat) (text : String) : String :=
  let lines := (textBetween text 0 (trimmedStop text 0 text.utf8ByteSize)).splitOn "\n"
  joinWith ("\n" ++ spaces column) (filterList (fun line => !isRemark line) (mapList unindented lines))

/-- What `Try this:` and `Try these:` offer. -/
unsafe def offersOf (column : Nat) (text : String) : List String :=
  if text.startsWith "Try th" then mapList (offerText column) (text.splitOn "[apply] ").tail else []

/-- The column of a place that a tactic stands at. -/
unsafe def columnAt (map : FileMap) (position : Nat) : Nat := (map.toPosition ⟨position⟩).column

mutual
/-- The smallest piece of syntax that begins at `start` and does not end before `stop`: a message at a tactic's first word is
about the whole of it. -/
unsafe def pieceAt (start stop : Nat) (stx : Syntax) : Option (Nat × Nat) :=
  match stx with
  | .node _ _ children => match pieceAmong start stop children.toList, span? stx with
    | some found, _ => some found
    | none, some (first, last) => if first == start && stop ≤ last then some (first, last) else none
    | none, none => none
  | _ => none
unsafe def pieceAmong (start stop : Nat) : List Syntax → Option (Nat × Nat)
  | [] => none
  | stx :: rest => match pieceAt start stop stx with
    | some found => some found
    | none => pieceAmong start stop rest
end

/-- The whole replacement with a `?`-tactic, its arguments included, replaced by each of its offers. `stx`: the candidate's. -/
unsafe def suggestionsOf (texts : Texts) (map : FileMap) (stx : Syntax) : List Said → List String
  | [] => []
  | said :: rest =>
    let others := suggestionsOf texts map stx rest
    match if said.isInHole texts.graft then offersOf (columnAt map said.start) said.text else [] with
    | [] => others
    | offers =>
      let stop := match pieceAt said.start said.stop stx with
        | some (_, last) => last
        | none => said.stop
      let before := textBetween texts.candidate texts.graft.newStart said.start
      let after := textBetween texts.candidate stop texts.graft.newStop
      append (mapList (fun offer => before ++ offer ++ after) offers) others

end Turnstile
