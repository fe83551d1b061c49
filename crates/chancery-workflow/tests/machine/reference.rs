//! The machine of envelopes once more, small enough to be read at a glance and written without looking at the crate:
//! statuses, turns, sessions, and nothing of people, factors, documents or time. It is a port of the model by which the
//! state machine was designed; [`Differences`] are what the crate does otherwise, each by itself.
//!
//! With [`Differences::NONE`] it counts what that model counts. With [`Differences::ALL`] its states and transitions are
//! exactly those of the crate (`explored.rs`).

use std::collections::{BTreeMap, HashMap, HashSet, VecDeque};

/// Where the envelope stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(crate) enum Sheet {
    Draft,
    InProgress,
    Paused,
    Finalizing,
    Completed,
    Declined,
    Voided,
    Expired,
    Failed,
}

impl Sheet {
    pub(crate) fn is_final(self) -> bool {
        matches!(self, Self::Completed | Self::Declined | Self::Voided | Self::Expired | Self::Failed)
    }
}

/// What a seat is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(crate) enum Work {
    Approve,
    Sign,
    Fill,
    Acknowledge,
    Copy,
}

/// Where a seat stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(crate) enum Place {
    Defined,
    Waiting,
    Active,
    Done,
    Declined,
    Replaced,
    Skipped,
    Removed,
    Blocked,
    Expired,
}

impl Place {
    fn is_final(self) -> bool {
        matches!(self, Self::Done | Self::Declined | Self::Replaced | Self::Skipped | Self::Removed)
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(crate) struct Seat {
    pub(crate) work: Work,
    pub(crate) step: u8,
    pub(crate) place: Place,
    pub(crate) opened: bool,
    pub(crate) consented: bool,
    /// The revision for which a session is under way.
    pub(crate) base: Option<u8>,
}

impl Seat {
    pub(crate) fn new(work: Work, step: u8) -> Self {
        Self { work, step, place: Place::Defined, opened: false, consented: false, base: None }
    }
}

#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(crate) struct Shape {
    pub(crate) sheet: Sheet,
    pub(crate) seats: Vec<Seat>,
    pub(crate) head: u8,
    pub(crate) replaced: u8,
}

/// What happens. The number is that of the seat.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(crate) enum Step {
    Send,
    Discard,
    Finish,
    FailToFinish,
    Abandon,
    Pause,
    Resume,
    Void,
    Expire,
    Remove(usize),
    Open(usize),
    Consent(usize),
    Block(usize),
    RunOutOfTime(usize),
    Decline(usize),
    ChangeSigner(usize),
    Act(usize),
    Begin(usize),
    Abort(usize),
    Sign(usize),
    GoStale(usize),
    Unblock(usize),
    GiveTime(usize),
}

/// A machine to explore: seats, quorums of steps that take fewer than all, whether a signer may be changed.
#[derive(Clone, Debug)]
pub(crate) struct Machine {
    pub(crate) name: &'static str,
    pub(crate) seats: Vec<(Work, u8)>,
    pub(crate) quorums: BTreeMap<u8, usize>,
    pub(crate) may_change: bool,
    pub(crate) differs: Differences,
}

/// Where the crate does otherwise than the model by which it was designed; the reasons are in `workflow.md` as it stands
/// now, the model is older.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub(crate) struct Differences {
    /// A decline ends the envelope only when the quorum of its step is out of reach (I7); the model ended it always.
    pub(crate) decline_by_quorum: bool,
    /// A party may decline while it has a signing session, which ends with that.
    pub(crate) decline_in_session: bool,
    /// Deadlines run while an envelope is paused, so it may expire then.
    pub(crate) expires_while_paused: bool,
    /// An envelope does not expire while a lease is held, so no session is left when it does.
    pub(crate) expires_without_sessions: bool,
}

impl Differences {
    pub(crate) const NONE: Self = Self {
        decline_by_quorum: false,
        decline_in_session: false,
        expires_while_paused: false,
        expires_without_sessions: false,
    };
    pub(crate) const ALL: Self = Self {
        decline_by_quorum: true,
        decline_in_session: true,
        expires_while_paused: true,
        expires_without_sessions: true,
    };

    /// One after the other, each with those before it, and its name.
    pub(crate) fn one_by_one() -> [(&'static str, Self); 5] {
        let none = Self::NONE;
        let quorum = Self { decline_by_quorum: true, ..none };
        let session = Self { decline_in_session: true, ..quorum };
        let paused = Self { expires_while_paused: true, ..session };
        [
            ("as the model", none),
            ("a decline ends it only when the quorum is out of reach", quorum),
            ("a party may decline while it has a session", session),
            ("a paused envelope expires", paused),
            ("no session is left when it expires", Self { expires_without_sessions: true, ..paused }),
        ]
    }
}

/// What stands of a step.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Reach {
    Satisfied,
    Open,
    Lost,
}

impl Machine {
    /// The four configurations of the model.
    pub(crate) fn four(differs: Differences) -> [Self; 4] {
        use Work::{Acknowledge, Approve, Copy, Fill, Sign};
        let machine = |name, seats: &[(Work, u8)], quorums: &[(u8, usize)], may_change| Self {
            name,
            seats: seats.to_vec(),
            quorums: quorums.iter().copied().collect(),
            may_change,
            differs,
        };
        [
            machine(
                "approver, then 2 signers, then a copy",
                &[(Approve, 1), (Sign, 2), (Sign, 2), (Copy, 9)],
                &[],
                true,
            ),
            machine("2 of 3 signers", &[(Sign, 1), (Sign, 1), (Sign, 1)], &[(1, 2)], false),
            machine("fill, then sign, then sign", &[(Fill, 1), (Sign, 2), (Sign, 3)], &[], true),
            machine(
                "1 of 2 approvers, then signer and acknowledger",
                &[(Approve, 1), (Approve, 1), (Sign, 2), (Acknowledge, 2)],
                &[(1, 1)],
                false,
            ),
        ]
    }

    pub(crate) fn first(&self) -> Shape {
        let seats = self.seats.iter().map(|(work, step)| Seat::new(*work, *step)).collect();
        Shape { sheet: Sheet::Draft, seats, head: 0, replaced: 0 }
    }

    /// How a step stands: done, declined, and who may still act, against the quorum.
    pub(crate) fn reach(&self, seats: &[Seat], step: u8) -> Reach {
        let counted: Vec<_> = seats
            .iter()
            .filter(|seat| seat.step == step && seat.work != Work::Copy)
            .filter(|seat| !matches!(seat.place, Place::Replaced | Place::Removed))
            .collect();
        let done = counted.iter().filter(|seat| seat.place == Place::Done).count();
        let lost = counted.iter().filter(|seat| seat.place == Place::Declined).count();
        let need = self.quorums.get(&step).map_or(counted.len(), |quorum| counted.len().min(*quorum));
        if done >= need {
            Reach::Satisfied
        } else if counted.len() - lost >= need {
            Reach::Open
        } else {
            Reach::Lost
        }
    }

    /// The step whose turn it is.
    pub(crate) fn current(&self, seats: &[Seat]) -> Option<u8> {
        let mut steps: Vec<_> =
            seats.iter().filter(|seat| seat.work != Work::Copy).map(|seat| seat.step).collect();
        steps.sort_unstable();
        steps.dedup();
        steps.into_iter().find(|step| self.reach(seats, *step) != Reach::Satisfied)
    }

    fn activate(&self, seats: &mut [Seat]) {
        let current = self.current(seats);
        for seat in seats.iter_mut().filter(|seat| seat.work != Work::Copy) {
            let past = current.is_none_or(|current| seat.step < current);
            match seat.place {
                Place::Defined | Place::Waiting => {
                    seat.place = match current {
                        Some(current) if seat.step == current => Place::Active,
                        _ if past => Place::Skipped,
                        _ => Place::Waiting,
                    }
                }
                Place::Active | Place::Blocked | Place::Expired if past => {
                    (seat.place, seat.base) = (Place::Skipped, None);
                }
                _ => {}
            }
        }
    }

    /// Everything that can happen.
    pub(crate) fn next(&self, shape: &Shape) -> Vec<(Step, Shape)> {
        let mut found = Vec::new();
        let mut go = |step: Step, change: &dyn Fn(&mut Shape)| {
            let mut next = shape.clone();
            change(&mut next);
            if next.sheet == Sheet::InProgress {
                self.activate(&mut next.seats);
                match self.current(&next.seats) {
                    None => next.sheet = Sheet::Finalizing, // in the same commit: nobody checks later
                    Some(current)
                        if self.differs.decline_by_quorum
                            && self.reach(&next.seats, current) == Reach::Lost =>
                    {
                        next.sheet = Sheet::Declined;
                    }
                    Some(_) => {}
                }
            }
            found.push((step, next));
        };
        let to = |sheet: Sheet| move |shape: &mut Shape| shape.sheet = sheet;
        match shape.sheet {
            Sheet::Completed | Sheet::Declined | Sheet::Voided | Sheet::Expired | Sheet::Failed => {}
            Sheet::Draft => {
                go(Step::Send, &to(Sheet::InProgress));
                go(Step::Discard, &to(Sheet::Voided));
            }
            Sheet::Finalizing => {
                go(Step::Finish, &to(Sheet::Completed));
                go(Step::FailToFinish, &|_| {});
                go(Step::Abandon, &to(Sheet::Failed));
            }
            Sheet::Paused => {
                go(Step::Resume, &to(Sheet::InProgress));
                go(Step::Void, &to(Sheet::Voided));
                if self.differs.expires_while_paused {
                    go(Step::Expire, &to(Sheet::Expired));
                }
                let counted = |seat: &&Seat| {
                    seat.work != Work::Copy && !matches!(seat.place, Place::Removed | Place::Replaced)
                };
                let others = shape.seats.iter().filter(counted).count();
                for (n, seat) in shape.seats.iter().enumerate() {
                    let open = matches!(
                        seat.place,
                        Place::Active | Place::Waiting | Place::Blocked | Place::Expired
                    );
                    if open && seat.work != Work::Copy && others > 1 {
                        go(Step::Remove(n), &|shape| {
                            (shape.seats[n].place, shape.seats[n].base) = (Place::Removed, None);
                        });
                    }
                }
            }
            Sheet::InProgress => {
                go(Step::Void, &to(Sheet::Voided));
                go(Step::Expire, &|shape| {
                    shape.sheet = Sheet::Expired;
                    if self.differs.expires_without_sessions {
                        shape.seats.iter_mut().for_each(|seat| seat.base = None);
                    }
                });
                if shape.seats.iter().all(|seat| seat.base.is_none()) {
                    go(Step::Pause, &to(Sheet::Paused));
                }
                for (n, seat) in shape.seats.iter().enumerate().filter(|(_, seat)| seat.work != Work::Copy) {
                    self.turn(n, seat, shape, &mut go);
                }
            }
        }
        found
    }

    fn turn(&self, n: usize, seat: &Seat, shape: &Shape, go: &mut impl FnMut(Step, &dyn Fn(&mut Shape))) {
        let place = |place: Place| {
            move |shape: &mut Shape| (shape.seats[n].place, shape.seats[n].base) = (place, None)
        };
        match seat.place {
            Place::Blocked => go(Step::Unblock(n), &place(Place::Active)),
            Place::Expired => go(Step::GiveTime(n), &place(Place::Active)),
            Place::Active => {
                if !seat.opened {
                    go(Step::Open(n), &|shape| shape.seats[n].opened = true);
                } else if !seat.consented {
                    go(Step::Consent(n), &|shape| shape.seats[n].consented = true);
                }
                go(Step::Block(n), &place(Place::Blocked));
                if seat.base.is_none() {
                    go(Step::RunOutOfTime(n), &place(Place::Expired)); // never while a lease is held
                    if self.may_change && shape.replaced < 1 {
                        go(Step::ChangeSigner(n), &|shape| {
                            (shape.seats[n].place, shape.seats[n].base) = (Place::Replaced, None);
                            shape.seats.push(Seat::new(seat.work, seat.step));
                            shape.replaced += 1;
                        });
                    }
                }
                if seat.base.is_none() || self.differs.decline_in_session {
                    go(Step::Decline(n), &|shape| {
                        (shape.seats[n].place, shape.seats[n].base) = (Place::Declined, None);
                        if !self.differs.decline_by_quorum {
                            shape.sheet = Sheet::Declined;
                        }
                    });
                }
                match (seat.consented, seat.work, seat.base) {
                    (false, _, _) => {}
                    (true, Work::Sign, None) => {
                        go(Step::Begin(n), &|shape| shape.seats[n].base = Some(shape.head));
                    }
                    (true, Work::Sign, Some(base)) => {
                        go(Step::Abort(n), &|shape| shape.seats[n].base = None);
                        if base == shape.head {
                            go(Step::Sign(n), &|shape| {
                                (shape.seats[n].place, shape.seats[n].base) = (Place::Done, None);
                                shape.head += 1;
                            });
                        } else {
                            go(Step::GoStale(n), &|shape| shape.seats[n].base = None);
                        }
                    }
                    (true, _, _) => go(Step::Act(n), &place(Place::Done)),
                }
            }
            Place::Defined
            | Place::Waiting
            | Place::Done
            | Place::Declined
            | Place::Replaced
            | Place::Skipped
            | Place::Removed => {}
        }
    }

    /// What must hold of every state, and of every transition into it. The error names the invariant.
    pub(crate) fn check(&self, shape: &Shape, from: Option<(&Shape, Step)>) -> Result<(), &'static str> {
        let holds = |holds: bool, what| if holds { Ok(()) } else { Err(what) };
        if let Some((before, step)) = from {
            self.check_step(before, step, shape)?;
        }
        let Shape { sheet, seats, head, .. } = shape;
        let acting = || seats.iter().filter(|seat| seat.work != Work::Copy);
        let signed = acting().filter(|seat| seat.work == Work::Sign && seat.place == Place::Done).count();
        holds(signed == usize::from(*head), "I9: one revision for each signature")?;
        let current = self.current(seats);
        if matches!(sheet, Sheet::Finalizing | Sheet::Completed) {
            holds(current.is_none(), "I3: every quorum is met")?;
            let none = !acting()
                .any(|seat| matches!(seat.place, Place::Active | Place::Waiting) || seat.base.is_some());
            holds(none, "I3: nobody is to act")?;
        }
        let lost = current.is_some_and(|current| self.reach(seats, current) == Reach::Lost);
        let declined = acting().any(|seat| seat.place == Place::Declined);
        match (sheet, self.differs.decline_by_quorum) {
            (Sheet::Declined, true) => holds(declined && lost, "I7: a decline, and the quorum out of reach")?,
            (Sheet::Declined, false) => holds(declined, "I7: a decline")?,
            (_, false) => holds(!declined, "I7: a decline ends the envelope")?,
            (Sheet::InProgress, true) => holds(!lost, "I7: what is out of reach has ended")?,
            (_, true) => {}
        }
        if *sheet == Sheet::InProgress {
            holds(current.is_some(), "I5: some step is unmet")?;
            for seat in acting() {
                let turn = Some(seat.step) == current;
                holds(seat.place != Place::Active || turn, "I2: only the current step acts")?;
                let may = seat.place == Place::Active && seat.consented && turn;
                holds(seat.base.is_none() || may, "I10: a session takes turn and consent")?;
            }
        }
        Ok(())
    }

    fn check_step(&self, before: &Shape, step: Step, after: &Shape) -> Result<(), &'static str> {
        let holds = |holds: bool, what| if holds { Ok(()) } else { Err(what) };
        let Shape { seats, head, .. } = after;
        holds(!before.sheet.is_final(), "I1: what has ended stays")?;
        for (old, new) in before.seats.iter().zip(seats) {
            holds(!old.place.is_final() || old.place == new.place, "I4: what a party has ended stays")?;
            let acted = new.place == Place::Done && old.place != Place::Done;
            holds(
                !acted || (old.place == Place::Active && old.consented),
                "I8: who is done was active and had consented",
            )?;
            let expired = new.place == Place::Expired && old.place != Place::Expired;
            holds(!expired || old.base.is_none(), "I10: nobody's time runs out during a session")?;
        }
        if let Step::Sign(n) = step {
            holds(before.seats[n].base == Some(before.head), "I12: no signature over a stale revision")?;
        }
        holds(before.sheet != Sheet::Paused || before.head == *head, "I11: no signature while paused")
    }
}

/// Everything that was reached.
#[derive(Debug, Default)]
pub(crate) struct Explored {
    pub(crate) states: HashSet<Shape>,
    pub(crate) transitions: HashSet<(Shape, Step, Shape)>,
    pub(crate) steps: usize,
}

/// Breadth first, with every invariant held against every state and transition.
pub(crate) fn explore(machine: &Machine) -> Result<Explored, String> {
    let mut explored = Explored::default();
    let first = machine.first();
    machine.check(&first, None).map_err(|what| format!("{what}: {first:?}"))?;
    explored.states.insert(first.clone());
    let mut open = VecDeque::from([first]);
    while let Some(shape) = open.pop_front() {
        for (step, next) in machine.next(&shape) {
            machine
                .check(&next, Some((&shape, step)))
                .map_err(|what| format!("{what}: {shape:?} by {step:?} to {next:?}"))?;
            explored.steps += 1;
            if explored.states.insert(next.clone()) {
                open.push_back(next.clone());
            }
            explored.transitions.insert((shape.clone(), step, next));
        }
    }
    Ok(explored)
}

/// States from which nothing that `good` names can be reached (I6).
pub(crate) fn stranded(explored: &Explored, good: impl Fn(&Shape) -> bool) -> Vec<&Shape> {
    let mut back: HashMap<&Shape, Vec<&Shape>> = HashMap::new();
    for (from, _, to) in &explored.transitions {
        back.entry(to).or_default().push(from);
    }
    let mut reaching: HashSet<&Shape> = explored.states.iter().filter(|shape| good(shape)).collect();
    let mut open: Vec<&Shape> = reaching.iter().copied().collect();
    while let Some(shape) = open.pop() {
        for from in back.get(shape).into_iter().flatten() {
            if reaching.insert(from) {
                open.push(from);
            }
        }
    }
    explored.states.iter().filter(|shape| !reaching.contains(shape)).collect()
}

/// What the model counts in its four configurations: states and transitions.
pub(crate) const COUNTED: [(usize, usize); 4] =
    [(33_788, 67_896), (12_263, 28_927), (11_444, 19_022), (19_109, 39_149)];

#[test]
fn the_port_counts_what_the_model_counts() {
    for (machine, (states, steps)) in Machine::four(Differences::NONE).iter().zip(COUNTED) {
        let explored = explore(machine).unwrap();
        println!("{}: {} states, {} transitions", machine.name, explored.states.len(), explored.steps);
        assert_eq!((explored.states.len(), explored.steps), (states, steps), "{}", machine.name);
        assert_eq!(
            stranded(&explored, |shape| shape.sheet.is_final()),
            Vec::<&Shape>::new(),
            "I6: {}",
            machine.name
        );
        let completing = stranded(&explored, |shape| shape.sheet == Sheet::Completed);
        assert!(
            completing.iter().all(|shape| shape.sheet.is_final()),
            "completion stays possible: {}",
            machine.name
        );
    }
}
