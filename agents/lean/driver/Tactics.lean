/-! Tactics tried at a hole, to tell what would remain. Not a judgement: the gate judges. -/

namespace Turnstile

/-- Of the tactics that lie in `[start, stop)`, the one that ends last, and of those the outermost. -/
unsafe def lastTactic (start stop : Nat) (best : Option (Nat × Nat × Place)) : List Place → Option Place
  | [] => match best with
    | some (_, _, place) => some place
    | none => none
  | place :: rest =>
    let (first, last) := rangeOf (placeSyntax place)
    let inside := start ≤ first && last ≤ stop && first < last
    let better := match best with
      | none => true
      | some (bestFirst, bestLast, _) => bestLast < last || (last == bestLast && first < bestFirst)
    match place with
    | .tactic _ _ =>
      if inside && better then lastTactic start stop (some (first, last, place)) rest
      else lastTactic start stop best rest
    | .term _ _ => lastTactic start stop best rest

unsafe def remainingGoals : Place → IO (List String)
  | .tactic context info => goalTexts context info.mctxAfter info.goalsAfter
  | .term _ _ => return []

/-- Errors of the tactics themselves. Unsolved goals are told of the enclosing block, which may begin at `start`. -/
unsafe def errorAt (map : FileMap) (start stop : Nat) : List Message → IO (Option String)
  | [] => return none
  | message :: rest => do
    let text ← message.data.toString
    let at_ := messageStart map message
    if isError message && start ≤ at_ && at_ ≤ stop && !(at_ == start && text.startsWith "unsolved goals")
    then return some text
    else errorAt map start stop rest

/-- Elaborate `text` in `state` and tell what remains of the tactics in `[start, stop)` (bytes). -/
unsafe def tryTactics (state : Command.State) (text : String) (start stop : Nat) (heartbeats : Option Nat) :
    IO Json := do
  let ctx := mkCtx text
  let state := match heartbeats with
    | some n => withOptions state fun options => setNat options `maxHeartbeats n
    | none => state
  let done ← elaborateNext ctx state {}
  let tactics := placesOfAll (fun _ => true) none (persistentList done.state.infoState.trees) []
  let goals ← match lastTactic start stop none tactics with
    | some place => remainingGoals place
    | none => pure []
  let error ← errorAt ctx.fileMap start stop done.messages
  return Json.mkObj [("goals", jsonStrings goals),
    ("error", match error with | some text => Json.str text | none => Json.null)]

end Turnstile
