"""Signed PDFs before judges: what each says of each, and what that says of us.

A case fails when
- the document was not signed and had to be, or the original is not a byte prefix of the output;
- a judge refuses the signed file, unless that judge cannot read the *unsigned* file either ("before"),
  or lacks what the file needs ("cannot": pyHanko judges no hybrid-reference files);
- a judge accepts it at another level than the one that was made;
- qpdf warns about the signed file and did not about the unsigned one;
- we do not pass it ourselves.
A judge that gives no answer has refused.
"""

import csv
import re
import sys
import time
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path

from judges_panel import Question

LEVELS = {"pyhanko", "dss"}  # the judges that name levels


@dataclass
class Case:
    """A file in one variant."""

    original: Path
    variant: str
    output: Path
    password: str = ""
    soft: bool = True
    levels: dict = field(default_factory=dict)  # of its signatures, sorted, by the judge that names them
    refused: str = ""  # why it was not signed, if it was not
    excused: bool = False  # it need not be signed
    must_sign: bool = True
    verdicts: dict = field(default_factory=dict)

    @property
    def name(self):
        return f"{self.original.name} [{self.variant}]"

    @property
    def question(self):
        return Question(self.output, self.password, self.soft)


def manifest(corpus):
    with open(corpus / "manifest.tsv", newline="") as table:
        rows = list(csv.DictReader(table, delimiter="\t"))
    missing = [row["file"] for row in rows if not (corpus / row["file"]).is_file()]
    if missing or not rows:
        sys.exit(f"the manifest names files that are not there: {missing[:5]}" if missing else "the manifest names no files")
    return sorted(rows, key=lambda row: row["file"])


def timed(what, work):
    start = time.monotonic()
    result = work()
    print(f"{what}: {time.monotonic() - start:.0f} s", flush=True)
    return result


def accepted(judge, verdict):
    word = re.match(r"[A-Z]*", verdict)[0]
    return word in {"qpdf": ("OK", "WARN"), "mutool": ("PASS", "OK")}.get(judge, ("PASS",))


def levels_of(verdict):
    return tuple(re.findall(r"\bB-[A-Z]+\b|\bNone\b", verdict))


def state(judge, case, verdict, before):
    """pass, cannot, before (the judge refuses the unsigned file as well), or refused. `before` is asked only where it matters."""
    if verdict.startswith("CANNOT"):
        return "cannot"
    if unreadable_original(judge, case):
        return "cannot"
    if judge == "qpdf" and verdict.startswith("WARN") and before().startswith("OK"):
        return "refused"
    if accepted(judge, verdict):
        return "refused" if judge in case.levels and levels_of(verdict) != case.levels[judge] else "pass"
    said = before() if judge != "chancery" else ""
    # An empty signature field is an "error" to two judges, but not one of reading.
    unreadable = said.startswith(("ERROR", "DAMAGED")) and said not in ("ERROR unverified", "ERROR none handled")
    return "before" if unreadable else "refused"


def unreadable_original(judge, case):
    """Whether a judge of revisions leaves it open because an object of the original cannot be read: nobody can tell what it refers to, nor what a later
    revision means for it. pyHanko must name a place in the original, and the file need not be signed: else it may be our own object."""
    said = re.search(r"Failed to read object header at (\d+)|Unable to find 'endstream' marker after stream at byte (0x[0-9a-f]+)", case.verdicts.get("pyhanko", ""))
    if case.must_sign or not said or int(said[1] or said[2], 0) >= case.original.stat().st_size:
        return False
    ours = case.verdicts.get("chancery", "")
    return judge == "pyhanko" or (judge == "chancery" and ours.startswith("FAIL") and "[object-unreadable: " in ours)


def examine(cases, panel, results):
    """Asks every judge about every case, prints what they say, writes it to results.tsv, and gives the number of cases that failed."""
    signed = [case for case in cases if not case.refused]
    for name, judge in panel.items():
        for case, verdict in zip(signed, timed(name, lambda: judge([case.question for case in signed]))):
            case.verdicts[name] = verdict
        print(f"  not accepted: {sum(not accepted(name, case.verdicts[name]) for case in signed)} of {len(signed)}", flush=True)
        write(cases, list(dict.fromkeys(name for case in signed for name in case.verdicts)), {}, {}, results)
    before = timed("before signing", lambda: asked_before(signed, panel))
    judges = list(dict.fromkeys(name for case in signed for name in case.verdicts))
    states = {
        (case.name, name): state(name, case, case.verdicts[name], lambda: before.get((name, case.original), "")) for case in signed for name in judges
    }
    write(cases, judges, states, before, results)
    report(cases, judges, states, before)
    unsigned = [case for case in cases if case.refused and not case.excused]
    failed = len(unsigned) + len({name for (name, _), found in states.items() if found == "refused"})
    print(f"judges: {len(cases) - failed} passed, {failed} failed")
    return failed


def write(cases, judges, states, before, results):
    """results.tsv: also while there are more judges to ask, for long runs."""
    with open(results / "results.tsv", "w") as table:
        print("file", "variant", "judge", "state", "verdict", "before signing", sep="\t", file=table)
        for case in cases:
            if case.refused:
                print(case.original.name, case.variant, "signing", "excused" if case.excused else "refused", case.refused, "", sep="\t", file=table)
                continue
            for name in judges:
                print(case.original.name, case.variant, name, states.get((case.name, name), ""), case.verdicts[name], before.get((name, case.original), ""), sep="\t", file=table)


def asked_before(signed, panel):
    """What a judge says of the originals, of which it does not accept what they became."""
    before = {}
    for name, judge in panel.items():
        doubted = [case for case in signed if not accepted(name, case.verdicts[name]) or case.verdicts[name].startswith("WARN")]
        originals = {case.original: Question(case.original.absolute(), case.password) for case in doubted}
        if originals:
            before.update({(name, original): said for original, said in zip(originals, judge(list(originals.values())))})
    return before


def report(cases, judges, states, before):
    print("\nwhat not every judge accepts:")
    told = 0
    # What says nothing about us is mostly the same in every variant: a line for each file.
    excused = {}
    for case in cases:
        if case.refused:
            if not case.excused:
                print(f"  {case.name}: NOT SIGNED: {case.refused}")
                told += 1
            continue
        for name in judges:
            found, verdict = states[case.name, name], case.verdicts[name]
            if found == "refused":
                wanted = f"; levels must be {' '.join(case.levels[name])}" if accepted(name, verdict) and name in case.levels else ""
                unsigned = before.get((name, case.original))
                print(f"  {case.name}: {name} REFUSES: {verdict}{wanted}{f'; unsigned: {unsigned}' if unsigned else ''}")
                told += 1
            elif found in ("cannot", "before"):
                excused.setdefault((case.original, name, found), case)
    for (original, name, found), case in excused.items():
        verdict = before[name, original] if found == "before" else case.verdicts[name]
        print(f"  {original.name}: {name} {'refuses it unsigned too' if found == 'before' else 'cannot judge it'}: {verdict[:200]}")
    if not told and not excused:
        print("  nothing")

    print(f"\n{'variant':<18} {'signed':>11}" + "".join(f"{name:>13}" for name in judges))
    for variant in dict.fromkeys(case.variant for case in cases):
        mine = [case for case in cases if case.variant == variant]
        done = [case for case in mine if not case.refused]
        counts = {name: Counter(states[case.name, name] for case in done) for name in judges}
        cells = [
            f"{count['pass']}" + "".join(f" {count[word]}{mark}" for word, mark in (("cannot", "c"), ("before", "b"), ("refused", "R")) if count[word])
            for count in counts.values()
        ]
        print(f"{variant:<18} {len(done):>4} of {len(mine):<3}" + "".join(f"{cell:>13}" for cell in cells))
    print("a number: accepted; c: the judge cannot judge such files; b: it refuses the unsigned file too; R: refused\n")
