/-! The judge: whether what a session claims proves what the user stated. It runs in a process that never elaborated a
candidate: the statement is elaborated from the user's own text with `sorry` at the hole, the claimed constants come as data
and are checked by the kernel on top of that. Three answers: verified, rejected, undetermined; only what was seen to hold is
verified. What is believed of the session is that the candidate's text elaborates to what it claims. -/

namespace Turnstile

/-! Names -/

/-- Names that declarations may have got: as they stand, and private. -/
unsafe def possibleNames (state : Command.State) : List Name → List Name
  | [] => []
  | written :: rest => match state.scopes with
    | [] => []
    | scope :: _ =>
      let name := declaredName scope written
      name :: mkPrivateName state.env name :: possibleNames state rest

unsafe def isNewIn (outcome : Outcome) (name : Name) : Bool :=
  (outcome.after.toKernelEnv.find? name).isSome && !(outcome.before.toKernelEnv.find? name).isSome

/-! The claim, admitted by the kernel on top of the reference -/

/-- `kernel`: the environment after the user's command with `sorry` at the hole, and what was admitted of the claim.
`added`: what was admitted, last first. A claimed constant that the reference has too is the reference's where both are the
same, else it is added under another name: `renamed`. -/
structure Court where
  reference : Outcome
  kernel : Kernel.Environment
  added : List ConstantInfo
  renamed : List (Name × Name)

inductive Hearing where
  | passed (court : Court)
  | refused (reason : String)
  | unfinished (reason : String)

unsafe def renamedTo (court : Court) (name : Name) : Option Name :=
  match findFirst (fun (old, _) => old == name) court.renamed with
  | some (_, new) => some new
  | none => none

unsafe def withNewNames (court : Court) (value : Expr) : Expr :=
  if isNil court.renamed then value
  else value.replace fun term => match term with
    | .const name levels => match renamedTo court name with
      | some new => some (.const new levels)
      | none => none
    | _ => none

unsafe def sameNames : List Name → List Name → Bool
  | [], [] => true
  | x :: xs, y :: ys => x == y && sameNames xs ys
  | _, _ => false

unsafe def sameStatement (a b : ConstantInfo) : Bool :=
  sameNames a.levelParams b.levelParams && a.type == b.type

unsafe def sameConstant : ConstantInfo → ConstantInfo → Bool
  | .thmInfo a, .thmInfo b => sameStatement (.thmInfo a) (.thmInfo b) && a.value == b.value
  | .defnInfo a, .defnInfo b => sameStatement (.defnInfo a) (.defnInfo b) && a.value == b.value
  | _, _ => false

/-- A theorem or definition with another name and with its terms changed. -/
unsafe def changed (info : ConstantInfo) (name : Name) (change : Expr → Expr) : ConstantInfo :=
  match info with
  | .thmInfo info => .thmInfo { info with name := name, type := change info.type, value := change info.value }
  | .defnInfo info => .defnInfo { info with name := name, type := change info.type, value := change info.value }
  | other => other

/-- Whether a constant is syntax: a type `autoParam … constant` in any later text would have Lean run it as tactics. -/
unsafe def isScript (info : ConstantInfo) : Bool :=
  match info.type with
  | .const name _ => name == `Lean.Syntax
  | _ => false

unsafe def addConstant (heartbeats : USize) (court : Court) (info : ConstantInfo) : Hearing :=
  match replay heartbeats court.kernel info with
  | .refused reason => .refused reason
  | .unfinished reason => .unfinished reason
  | .passed kernel => .passed { court with kernel := kernel, added := info :: court.added }

unsafe def admit (heartbeats : USize) (court : Court) (claimed : ConstantInfo) : Hearing :=
  let info := changed claimed claimed.name (withNewNames court)
  if (court.reference.before.toKernelEnv.find? info.name).isSome then
    .refused ("It declares `" ++ nameText info.name ++ "` again.")
  else match court.reference.after.toKernelEnv.find? info.name with
  | none =>
    if isScript info then .refused ("It adds a script, `" ++ nameText info.name ++ "`, which other proofs could run.")
    else addConstant heartbeats court info
  | some known =>
    if sameConstant known info then .passed court
    else
      let name := .num (.str info.name "claimed") 0  -- nobody can write this
      match addConstant heartbeats court (changed info name fun term => term) with
      | .passed court => .passed { court with renamed := (info.name, name) :: court.renamed }
      | other => other

unsafe def admitAll (heartbeats : USize) (court : Court) : List ConstantInfo → Hearing
  | [] => .passed court
  | info :: rest => match admit heartbeats court info with
    | .passed court => admitAll heartbeats court rest
    | other => other

unsafe def replayHeartbeats (heartbeats : Nat) : USize :=
  USize.ofNat (if heartbeats == 0 || 4000000 < heartbeats then 4000000000 else heartbeats * 1000)

/-! Whether the claim is an answer to the statement -/

/-- What was admitted of the claim for a constant of the reference; none where that is the reference's own. -/
unsafe def admitted? (court : Court) (name : Name) : Option ConstantInfo :=
  match renamedTo court name with
  | some new => court.kernel.find? new
  | none => none

unsafe def theoremFault (court : Court) (claim : Claim) (name : Name) : Option String :=
  match court.kernel.find? name, admitted? court name with
  | some stated, some proved =>
    if !isTheorem proved then some "It is no theorem."
    else if sameStatement stated proved then none
    else some "It states something else."
  | _, _ =>
    if contains (constantNames claim.constants) name then some "It rests on `sorry`." else some "Lean did not accept it."

/-- Whether two values of a type are the same but for proofs in them: the kernel is given `∀ P, P a → P b`. -/
unsafe def areSame (heartbeats : USize) (court : Court) (levels : List Name) (type a b : Expr) : Bool :=
  let predicate := Expr.forallE `x type (.sort .zero) .default
  let statement := Expr.forallE `P predicate
    (.forallE `h (.app (.bvar 0) a) (.app (.bvar 1) b) .default) .default
  let proof := Expr.lam `P predicate (.lam `h (.app (.bvar 0) a) (.bvar 0) .default) .default
  match replay heartbeats court.kernel (.thmInfo {
      name := `Turnstile.same, levelParams := levels, type := statement, value := proof }) with
  | .passed _ => true
  | _ => false

/-- Data with a proof in it: nothing but proofs may differ from the user's data with `sorry` at the hole. -/
unsafe def dataFault (heartbeats : USize) (court : Court) (claimed declared : List Name) :
    List ConstantInfo → Option String
  | [] => none
  | info :: rest =>
    let others := fun (_ : Unit) => dataFault heartbeats court claimed declared rest
    let isJudged := if isTheorem info then contains declared info.name else isSafeConstant info
    if !isJudged then others ()
    else if !contains claimed info.name then some ("It lacks `" ++ nameText info.name ++ "`.")
    else match admitted? court info.name with
      | none => others ()
      | some other =>
        if !sameStatement info other then some ("It changes the type of `" ++ nameText info.name ++ "`.")
        else match info, other with
          | .thmInfo _, .thmInfo _ => others ()
          | .defnInfo info, .defnInfo other =>
            if areSame heartbeats court info.levelParams info.type info.value other.value then others ()
            else some "What it fills is data, not a proof: that is not judged."
          | _, _ => some "What it fills is no proof: that is not judged."

/-- The constants of the reference that rest on the `sorry` at the hole, directly or through each other. -/
unsafe def restOnHole (graft : Graft) (reference : Outcome) (known : List Name) : List ConstantInfo → List Name
  | [] => known
  | info :: rest =>
    let isNamed := anyOf (fun name => contains known name) (namedBy info)
    let holds := fun (term : Expr) => restsOnSorry reference.map graft.start graft.stop term
    let isDirect := holds info.type || match valueOf? info with
      | some value => holds value
      | none => false
    restOnHole graft reference (if isNamed || isDirect then info.name :: known else known) rest

unsafe def fixpoint (step : List Name → List Name) (known : List Name) : List Name :=
  let next := addNames known (step known)
  if lengthOf next == lengthOf known then known else fixpoint step next

/-- Why the hole is not answered: everything that rests on it has to have been claimed anew. Compiled forms, which no proof
can use, do not count, nor do auxiliary theorems, which may have got other names. -/
unsafe def holeFault (graft : Graft) (court : Court) (declared : List Name) (news : List ConstantInfo) : Option String :=
  let onHole := fixpoint (fun known => restOnHole graft court.reference known news) []
  let counts := fun (info : ConstantInfo) =>
    contains onHole info.name && !info.isUnsafe && !info.isPartial && (!isTheorem info || contains declared info.name)
  let counting := filterList counts news
  if isNil counting || anyOf (fun info => (admitted? court info.name).isNone) counting then
    some "What the hole fills cannot be told apart."
  else none

/-- Whether the candidate leaves to the command's other holes what they had not to prove: then it proved nothing itself.
What they have to prove may hold the proof at the hole. -/
unsafe def leavesGoals (texts : Texts) (court : Court) (news : List ConstantInfo) : Bool :=
  let graft := texts.graft
  let known := mapList (fun (place, type) => (graft.moved place, type))
    (otherSorriesOf court.reference.map graft.start graft.stop news)
  let left := otherSorriesOf (FileMap.ofString texts.candidate) graft.newStart graft.newStop court.added
  let holdsProof := fun ((_, type) : OtherSorry) =>
    anyOf (fun name => name == `sorryAx || (renamedTo court name).isSome) type.getUsedConstants.toList
  !allOf (isAmong known) left && (lengthOf known < lengthOf left || !anyOf holdsProof known)

/-! What it rests on -/

/-- What the targets rest on: axioms, and unfinished lemmas of the user's text and of compiled modules. -/
structure Support where
  axioms : List Name
  unfinished : List Name
  missing : List Name
  /-- `sorryAx` is among the axioms, but nobody's use of it was found. -/
  isUnexplained : Bool
  /-- Constants of the command that use `sorryAx`. -/
  own : List Name

mutual
/-- The constants outside of what was added, named by an added one or by those that it needs; some more than once.
`found`: those, and the added ones that were met. -/
unsafe def groundsFrom (added : List ConstantInfo) (name : Name) (found : List Name × List Name) :
    List Name × List Name :=
  match findFirst (fun (info : ConstantInfo) => info.name == name) added with
  | none => (name :: found.1, found.2)
  | some info =>
    if contains found.2 name then found else groundsFromAll added (namedBy info) (found.1, name :: found.2)
unsafe def groundsFromAll (added : List ConstantInfo) (names : List Name) (found : List Name × List Name) :
    List Name × List Name :=
  match names with
  | [] => found
  | name :: rest => groundsFromAll added rest (groundsFrom added name found)
end

unsafe def supportOf (bodies : Bodies) (court : Court) (targets : List Name) : IO Support := do
  let before := court.reference.before
  let after := court.reference.after
  let grounds := (groundsFromAll court.added targets ([], [])).1
  -- The kernel asks compiled code for the value of these; a library without its bodies does not tell that they trust it.
  let asksCompiler := anyOf (fun name => contains grounds name) [`Lean.reduceBool, `Lean.reduceNat]
  let axioms := append (if asksCompiler then [`Lean.trustCompiler] else []) (collectAxioms after {} grounds)
  let isUnknown := fun | .unknown => true | _ => false
  let ground ← groundOfAll before bodies (axiomsThat before isUnknown axioms) {}
  let sorries := if contains axioms `sorryAx then (sorriesFromAll after court.kernel targets ([], [])).1 else []
  let isOlder := fun name => (before.toKernelEnv.find? name).isSome
  return {
    axioms := addNames (axiomsThat before (fun kind => !isUnknown kind) axioms) ground.axioms
    unfinished := append (filterList isOlder sorries) ground.unfinished
    missing := ground.missing
    isUnexplained := contains axioms `sorryAx && isNil sorries
    own := filterList (fun name => !isOlder name) sorries }

/-- Whether `sorryAx` is in a constant of the command other than where the user left it, outside of the hole. Which one it is
there says its label, which comes with the claim: so a label counts only where the claim admits that holes are left. -/
unsafe def holdsSorry (texts : Texts) (court : Court) (remaining : Nat) (info : ConstantInfo) : Bool :=
  let graft := texts.graft
  let holds := fun (term : Expr) =>
    if remaining == 0 then contains term.getUsedConstants.toList `sorryAx
    else if isNewIn court.reference info.name then restsOnSorry court.reference.map graft.start graft.stop term
    else restsOnSorry (FileMap.ofString texts.candidate) graft.newStart graft.newStop term
  holds info.type || match valueOf? info with
    | some value => holds value
    | none => false

unsafe def holdSorry (texts : Texts) (court : Court) (remaining : Nat) : List Name → Bool
  | [] => false
  | name :: rest => (match court.kernel.find? name with
    | some info => holdsSorry texts court remaining info
    | none => true) || holdSorry texts court remaining rest

/-- The last step: the targets rest on what they may. -/
unsafe def judgeSupport (bodies : Bodies) (texts : Texts) (court : Court) (remaining : Nat) (targets : List Name) :
    IO Json := do
  let support ← supportOf bodies court targets
  let before := court.reference.before
  let isShown := fun | .standard => true | .own => true | _ => false
  let findings : Findings := {
    axioms := mapList nameText (axiomsThat before isShown support.axioms)
    unfinished := mapList nameText support.unfinished
    remaining := remaining }
  match axiomsThat before (fun | .refused => true | _ => false) support.axioms with
  | refused :: _ => return rejected ("It rests on `" ++ nameText refused ++ "`.") findings
  | [] =>
    let suspects := addNames support.own (constantNames court.added)
    if holdSorry texts court remaining suspects || support.isUnexplained then
      return rejected "It rests on `sorry`." findings
    match support.unfinished, support.missing with
    | _ :: _, _ =>
      return undetermined ("It depends on an unfinished lemma: " ++ joinWith ", " findings.unfinished ++ ".") findings
    | [], name :: _ =>
      let reason := "It rests on `" ++ nameText name ++ "`, whose proof does not come with its compiled module."
      return undetermined reason findings
    | [], [] => return verdict "verified" "" findings

/-! Judgement -/

/-- What kind of rule a declaration is judged by. -/
inductive Rule where
  | theorem
  | data
  | none

unsafe def ruleOf (kind : String) : Rule :=
  if anyOf (fun k => k == kind) ["theorem", "lemma"] then .theorem
  else if anyOf (fun k => k == kind) ["def", "instance", "abbrev", "structure", "Lean.Parser.Command.mutual"] then .data
  else .none

unsafe def isSorryIn (outcome : Outcome) (name : Name) : Bool :=
  match outcome.after.toKernelEnv.find? name with
  | some stated => contains stated.type.getUsedConstants.toList `sorryAx
  | none => false

unsafe def judgeTheorem (bodies : Bodies) (fit : Fit) (court : Court) (claim : Claim) (declared : List Name) :
    IO Json := do
  match declared with
  | [name] =>
    if isSorryIn court.reference name then return undetermined "The statement holds a `sorry`." {}
    match theoremFault court claim name, admitted? court name with
    | some reason, _ => return rejected reason {}
    | none, some proved => judgeSupport bodies fit.texts court claim.remaining [proved.name]
    | none, none => return rejected "Lean did not accept it." {}
  | _ => return undetermined "The statement has an error of its own." {}

unsafe def judgeData (bodies : Bodies) (fit : Fit) (court : Court) (claim : Claim) (declared : List Name)
    (news : List ConstantInfo) : IO Json := do
  match news, strayError court.reference with
  | [], _ => return undetermined "The declaration has an error of its own." {}
  | _, some error => return undetermined ("The command has an error of its own: " ++ error.text) {}
  | _, none => pure ()
  let heartbeats := replayHeartbeats fit.heartbeats
  match dataFault heartbeats court (constantNames claim.constants) declared news with
  | some reason => return undetermined reason {}
  | none => match holeFault fit.texts.graft court declared news with
    | some reason => return undetermined reason {}
    | none => judgeSupport bodies fit.texts court claim.remaining (constantNames court.added)

/-- Instances without a name of the user's that are theorems, as those of propositions are. -/
unsafe def theoremInstances (outcome : Outcome) (declared : List Name) (news : List ConstantInfo) : List Name :=
  constantNames (filterList (fun info =>
    isTheorem info && !contains declared info.name && Meta.isInstanceCore outcome.after info.name) news)

/-- How many other holes the command has. Where an error stands in it too, what counts as one is the session's to say. -/
unsafe def holesLeft (graft : Graft) (reference : Outcome) (claim : Claim) : Nat :=
  if isNil reference.errors then otherHoles graft.start graft.stop reference else claim.remaining

/-- Judge what is claimed for a question. The result has the fields of `base.Verdict`. -/
unsafe def judge (bodies : Bodies) (references : References) (question : Question) (claim : Json) : IO Json := do
  match fitOf question, readClaim claim with
  | .error fault, _ => return fault
  | _, none => return rejected "What the session claims cannot be read." {}
  | .ok fit, some claim =>
    let reference ← referenceOf references fit
    let claim := { claim with remaining := holesLeft fit.texts.graft reference claim }
    match findFirst (fun name => !isNewIn reference name) claim.foreign with
    | some name =>
      return rejected ("It adds `" ++ nameText name ++ "`, neither a theorem nor a safe definition.") {}
    | none =>
      match admitAll (replayHeartbeats fit.heartbeats) ⟨reference, reference.after.toKernelEnv, [], []⟩
          claim.constants with
      | .refused reason => return rejected reason {}
      | .unfinished reason => return undetermined reason {}
      | .passed court =>
        let news := newConstants reference.before.toKernelEnv reference.after.toKernelEnv
        if claim.remaining != 0 && leavesGoals fit.texts court news then
          return undetermined "It leaves its goal to another hole." {}
        let declared := filterList (isNewIn reference)
          (possibleNames fit.state (declaredIdentifiers reference.stx))
        match ruleOf fit.kind with
        | .theorem => judgeTheorem bodies fit court claim declared
        | .data =>
          judgeData bodies fit court claim (append declared (theoremInstances reference declared news)) news
        | .none => return undetermined ("A hole in a command of this kind is not judged (" ++ fit.kind ++ ").") {}

end Turnstile
