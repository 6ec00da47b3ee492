/-! What a session claims to have proved, as data that a process that trusts nobody can read: constants, with their names,
universe levels and terms as rows that name earlier rows by number. Terms are built again from them, so nothing but what
their constructors allow gets through. -/

namespace Turnstile

/-- `constants`: theorems and safe definitions, each after those that it needs. `foreign`: other constants that came.
`remaining`: how many other holes the command has. -/
structure Claim where
  constants : List ConstantInfo
  foreign : List Name
  remaining : Nat

/-! Writing -/

/-- `seen`: numbers of the objects written, by their addresses; `alive` holds all of them, so that no address is another's
later. `rows`: last first. -/
structure Writer where
  alive : List ConstantInfo
  seen : Json
  count : Nat
  rows : List Json

/-- The first two rows: the anonymous name and the level zero, which have no address. -/
unsafe def noRows (alive : List ConstantInfo) : Writer :=
  ⟨alive, Json.mkObj [], 2, [jsonList [Json.str "u"], jsonList [Json.str "n"]]⟩

unsafe def addressOf {α : Type} (object : α) : String := Nat.repr (ptrAddrUnsafe object).toNat

unsafe def written? (writer : Writer) (address : String) : Option Nat :=
  match writer.seen.getObjVal? address with
  | .ok number => match number.getNat? with
    | .ok n => some n
    | .error _ => none
  | .error _ => none

unsafe def writeRow (writer : Writer) (address : String) (row : List Json) : Nat × Writer :=
  (writer.count, { writer with seen := writer.seen.setObjVal! address (jsonNat writer.count), count := writer.count + 1,
                               rows := jsonList row :: writer.rows })

unsafe def writeName (writer : Writer) (name : Name) : Nat × Writer :=
  let address := addressOf name
  match written? writer address with
  | some number => (number, writer)
  | none => match name with
    | .anonymous => (0, writer)
    | .str prefix_ text =>
      let (prefix_, writer) := writeName writer prefix_
      writeRow writer address [Json.str "ns", jsonNat prefix_, Json.str text]
    | .num prefix_ number =>
      let (prefix_, writer) := writeName writer prefix_
      writeRow writer address [Json.str "ni", jsonNat prefix_, jsonNat number]

unsafe def writeLevel (writer : Writer) (level : Level) : Nat × Writer :=
  let address := addressOf level
  match written? writer address with
  | some number => (number, writer)
  | none => match level with
    | .zero => (1, writer)
    | .succ inner =>
      let (inner, writer) := writeLevel writer inner
      writeRow writer address [Json.str "us", jsonNat inner]
    | .max a b =>
      let (a, writer) := writeLevel writer a
      let (b, writer) := writeLevel writer b
      writeRow writer address [Json.str "um", jsonNat a, jsonNat b]
    | .imax a b =>
      let (a, writer) := writeLevel writer a
      let (b, writer) := writeLevel writer b
      writeRow writer address [Json.str "ui", jsonNat a, jsonNat b]
    | .param name =>
      let (name, writer) := writeName writer name
      writeRow writer address [Json.str "up", jsonNat name]
    | .mvar _ => writeRow writer address [Json.str "?"]

unsafe def writeLevels (writer : Writer) : List Level → List Json × Writer
  | [] => ([], writer)
  | level :: rest =>
    let (number, writer) := writeLevel writer level
    let (numbers, writer) := writeLevels writer rest
    (jsonNat number :: numbers, writer)

unsafe def writeNames (writer : Writer) : List Name → List Json × Writer
  | [] => ([], writer)
  | name :: rest =>
    let (number, writer) := writeName writer name
    let (numbers, writer) := writeNames writer rest
    (jsonNat number :: numbers, writer)

unsafe def binderNumber : BinderInfo → Nat
  | .default => 0
  | .implicit => 1
  | .strictImplicit => 2
  | .instImplicit => 3

mutual
unsafe def writeTerm (writer : Writer) (term : Expr) : Nat × Writer :=
  let address := addressOf term
  match written? writer address with
  | some number => (number, writer)
  | none => match term with
    | .bvar index => writeRow writer address [Json.str "v", jsonNat index]
    | .sort level =>
      let (level, writer) := writeLevel writer level
      writeRow writer address [Json.str "s", jsonNat level]
    | .const name levels =>
      let (name, writer) := writeName writer name
      let (levels, writer) := writeLevels writer levels
      writeRow writer address (Json.str "c" :: jsonNat name :: levels)
    | .app f a =>
      let (f, writer) := writeTerm writer f
      let (a, writer) := writeTerm writer a
      writeRow writer address [Json.str "a", jsonNat f, jsonNat a]
    | .lam name type body info => writeBinder writer address "l" name type body info
    | .forallE name type body info => writeBinder writer address "p" name type body info
    | .letE name type value body nondep =>
      let (name, writer) := writeName writer name
      let (type, writer) := writeTerm writer type
      let (value, writer) := writeTerm writer value
      let (body, writer) := writeTerm writer body
      writeRow writer address [Json.str "z", jsonNat name, jsonNat type, jsonNat value, jsonNat body, Json.bool nondep]
    | .lit (.natVal number) => writeRow writer address [Json.str "i", jsonNat number]
    | .lit (.strVal text) => writeRow writer address [Json.str "t", Json.str text]
    | .proj structure_ index inner =>
      let (structure_, writer) := writeName writer structure_
      let (inner, writer) := writeTerm writer inner
      writeRow writer address [Json.str "j", jsonNat structure_, jsonNat index, jsonNat inner]
    | .mdata _ inner =>
      let (inner, writer) := writeTerm writer inner
      writeRow writer address [Json.str "m", jsonNat inner]
    | .fvar _ => writeRow writer address [Json.str "?"]
    | .mvar _ => writeRow writer address [Json.str "?"]
unsafe def writeBinder (writer : Writer) (address tag : String) (name : Name) (type body : Expr) (info : BinderInfo) :
    Nat × Writer :=
  let (name, writer) := writeName writer name
  let (type, writer) := writeTerm writer type
  let (body, writer) := writeTerm writer body
  writeRow writer address [Json.str tag, jsonNat name, jsonNat type, jsonNat body, jsonNat (binderNumber info)]
end

unsafe def hintsJson : ReducibilityHints → Json
  | .opaque => Json.str "opaque"
  | .abbrev => Json.str "abbrev"
  | .regular height => jsonNat height.toNat

/-- The row of a theorem (`hints` is null) or a safe definition. -/
unsafe def writeConstant (writer : Writer) (info : ConstantInfo) (value : Expr) (hints : Json) : Json × Writer :=
  let (name, writer) := writeName writer info.name
  let (levels, writer) := writeNames writer info.levelParams
  let (type, writer) := writeTerm writer info.type
  let (value, writer) := writeTerm writer value
  (jsonList [jsonNat name, jsonList levels, jsonNat type, jsonNat value, hints], writer)

unsafe def writeConstants (writer : Writer) : List ConstantInfo → List Json × Writer
  | [] => ([], writer)
  | info :: rest =>
    let written := match info with
      | .thmInfo value => some (writeConstant writer info value.value Json.null)
      | .defnInfo value => some (writeConstant writer info value.value (hintsJson value.hints))
      | _ => none
    match written with
    | none => writeConstants writer rest
    | some (row, writer) =>
      let (rows, writer) := writeConstants writer rest
      (row :: rows, writer)

unsafe def claimJson (claim : Claim) : Json :=
  -- Equal terms become one object: the proofs of `omega` are small so, and out of reach as trees.
  let shared := ShareCommon.shareCommon' claim.constants
  let (constants, writer) := writeConstants (noRows shared) shared
  let (foreign, writer) := writeNames writer claim.foreign
  Json.mkObj [("rows", jsonList (reversed writer.rows)), ("constants", jsonList constants),
    ("foreign", jsonList foreign), ("remaining", jsonNat claim.remaining)]

/-! Reading: `none` for what no writer of ours writes -/

inductive Row where
  | name (name : Name)
  | level (level : Level)
  | term (term : Expr)

instance : Inhabited Row := ⟨.name .anonymous⟩

/-- Rows read so far, by number. -/
abbrev Rows := Array Row

unsafe def rowAt (rows : Rows) (number : Json) : Option Row :=
  match number.getNat? with
  | .ok n => if n < rows.size then some (rows.get!Internal n) else none
  | .error _ => none

unsafe def nameAt {α : Type} (rows : Rows) (number : Json) (use : Name → Option α) : Option α :=
  match rowAt rows number with
  | some (.name name) => use name
  | _ => none

unsafe def levelAt {α : Type} (rows : Rows) (number : Json) (use : Level → Option α) : Option α :=
  match rowAt rows number with
  | some (.level level) => use level
  | _ => none

unsafe def termAt {α : Type} (rows : Rows) (number : Json) (use : Expr → Option α) : Option α :=
  match rowAt rows number with
  | some (.term term) => use term
  | _ => none

unsafe def natOf {α : Type} (json : Json) (use : Nat → Option α) : Option α :=
  match json.getNat? with
  | .ok n => use n
  | .error _ => none

unsafe def levelsAt (rows : Rows) : List Json → Option (List Level)
  | [] => some []
  | number :: rest => levelAt rows number fun level => match levelsAt rows rest with
    | some levels => some (level :: levels)
    | none => none

unsafe def namesAt (rows : Rows) : List Json → Option (List Name)
  | [] => some []
  | number :: rest => nameAt rows number fun name => match namesAt rows rest with
    | some names => some (name :: names)
    | none => none

unsafe def binderOf : Nat → BinderInfo
  | 1 => .implicit
  | 2 => .strictImplicit
  | 3 => .instImplicit
  | _ => .default

unsafe def readBinder (rows : Rows) (isLambda : Bool) : List Json → Option Row
  | [name, type, body, info] => nameAt rows name fun name => termAt rows type fun type => termAt rows body fun body =>
    natOf info fun info => some (.term
      (if isLambda then .lam name type body (binderOf info) else .forallE name type body (binderOf info)))
  | _ => none

/-- A row's tag and the rest of it; the most frequent tags first. -/
unsafe def readRow (rows : Rows) (tag : String) (rest : List Json) : Option Row :=
  if tag == "a" then match rest with
    | [f, a] => termAt rows f fun f => termAt rows a fun a => some (.term (.app f a))
    | _ => none
  else if tag == "c" then match rest with
    | name :: levels => nameAt rows name fun name => match levelsAt rows levels with
      | some levels => some (.term (.const name levels))
      | none => none
    | [] => none
  else if tag == "ns" then match rest with
    | [prefix_, .str text] => nameAt rows prefix_ fun prefix_ => some (.name (.str prefix_ text))
    | _ => none
  else if tag == "l" then readBinder rows true rest
  else if tag == "p" then readBinder rows false rest
  else match tag, rest with
  | "v", [index] => natOf index fun index => some (.term (.bvar index))
  | "i", [number] => natOf number fun number => some (.term (.lit (.natVal number)))
  | "t", [.str text] => some (.term (.lit (.strVal text)))
  | "s", [level] => levelAt rows level fun level => some (.term (.sort level))
  | "j", [structure_, index, inner] => nameAt rows structure_ fun structure_ => natOf index fun index =>
    termAt rows inner fun inner => some (.term (.proj structure_ index inner))
  | "m", [inner] => termAt rows inner fun inner => some (.term (.mdata {} inner))
  | "z", [name, type, value, body, .bool nondep] => nameAt rows name fun name => termAt rows type fun type =>
    termAt rows value fun value => termAt rows body fun body => some (.term (.letE name type value body nondep))
  | "n", [] => some (.name .anonymous)
  | "ni", [prefix_, number] =>
    nameAt rows prefix_ fun prefix_ => natOf number fun number => some (.name (.num prefix_ number))
  | "u", [] => some (.level .zero)
  | "us", [inner] => levelAt rows inner fun inner => some (.level (.succ inner))
  | "um", [a, b] => levelAt rows a fun a => levelAt rows b fun b => some (.level (.max a b))
  | "ui", [a, b] => levelAt rows a fun a => levelAt rows b fun b => some (.level (.imax a b))
  | "up", [name] => nameAt rows name fun name => some (.level (.param name))
  | _, _ => none

unsafe def readRows (rows : Rows) : List Json → Option Rows
  | [] => some rows
  | .arr row :: rest => match row.toList with
    | .str tag :: parts => match readRow rows tag parts with
      | some row => readRows (rows.push row) rest
      | none => none
    | _ => none
  | _ :: _ => none

unsafe def readHints : Json → Option ReducibilityHints
  | .str "opaque" => some .opaque
  | .str "abbrev" => some .abbrev
  | json => natOf json fun height => some (.regular (UInt32.ofNat height))

unsafe def readConstant (rows : Rows) : List Json → Option ConstantInfo
  | [name, .arr levels, type, value, hints] =>
    nameAt rows name fun name => termAt rows type fun type => termAt rows value fun value =>
      match namesAt rows levels.toList, hints with
      | none, _ => none
      | some levels, .null => some (.thmInfo { name := name, levelParams := levels, type := type, value := value })
      | some levels, hints => match readHints hints with
        | none => none
        | some hints => some (.defnInfo {
            name := name, levelParams := levels, type := type, value := value, hints := hints, safety := .safe })
  | _ => none

unsafe def constantRows (rows : Rows) : List Json → Option (List ConstantInfo)
  | [] => some []
  | .arr constant :: rest => match readConstant rows constant.toList, constantRows rows rest with
    | some constant, some constants => some (constant :: constants)
    | _, _ => none
  | _ :: _ => none

unsafe def readClaim (json : Json) : Option Claim :=
  match readRows #[] (listField json "rows") with
  | none => none
  | some rows =>
    match constantRows rows (listField json "constants"), namesAt rows (listField json "foreign") with
    | some constants, some foreign => some ⟨constants, foreign, natField json "remaining"⟩
    | _, _ => none

end Turnstile
