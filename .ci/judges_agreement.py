"""Compares our indications and sub-indications with those of EU DSS, signature by signature. Run by `.ci/judges agreement`.

The example `agreement` walks the corpus, chooses anchors and moments by the rules written there, and says what we say; DssRows.java
says what EU DSS says. Rows that differ must be in agreement.tsv, with both answers, the reason and the clause: a difference that is
not there, or one that is there and is none any more, fails the run.
"""

import collections
import os
import subprocess
import sys
from pathlib import Path

MOMENTS = ("day-after", "now")
# Where the validation of a certificate path was not reached, or found none.
BEFORE_THE_CHAIN = {"NO_SIGNING_CERTIFICATE_FOUND", "NO_CERTIFICATE_CHAIN_FOUND", "FORMAT_FAILURE", "HASH_FAILURE", "SIG_CRYPTO_FAILURE", "SIGNED_DATA_NOT_FOUND", "GENERIC"}


def rows_of(text):
    return [line.split("\t") for line in text.splitlines() if line]


def ask_dss(folder):
    """EU DSS' rows; kept beside the jobs, since asking takes minutes."""
    judge = Path(os.environ["JUDGES_HOME"]) / "dss"
    command = ["nice", "java", "-XX:TieredStopAtLevel=1", "-cp", f"{judge}/lib/*", str(Path(__file__).with_name("DssRows.java")), str(folder / "jobs.tsv")]
    done = subprocess.run(command, stdout=subprocess.PIPE, text=True)
    if done.returncode:
        sys.exit("judges_agreement: EU DSS ended early")
    (folder / "dss.tsv").write_text(done.stdout)


def answers_of_ours(folder):
    """By file and moment: a list of (value, answer, why, distance of the anchor, what is not supported)."""
    answers = collections.defaultdict(list)
    for file, moment, _, _, value, indication, sub, distance, unsupported, why in rows_of((folder / "ours.tsv").read_text()):
        answers[file, moment].append((value, spoken(indication, sub), why, distance, unsupported))
    return answers


def answers_of_dss(folder):
    """The same of EU DSS: (value, answer, why)."""
    answers = collections.defaultdict(list)
    for file, moment, _, value, indication, sub, basic, basic_sub, form, said in rows_of((folder / "dss.tsv").read_text()):
        answers[file, moment].append((value, spoken(indication, sub), said if form == "-" else f"{form}; basic {spoken(basic, basic_sub)}; {said}"))
    return answers


def spoken(indication, sub):
    """The words of both in one spelling."""
    words = indication.replace("-", "_") if indication != "-" else "-"
    return words if sub == "-" else f"{words}/{sub}"


Row = collections.namedtuple("Row", "file moment signer ours theirs why said distance unsupported")


def pairs(ours, dss):
    """Rows of both, side by side: by the signature value; a file as a whole where one of them has no signature to show."""
    for key in sorted({*ours, *dss}):
        left = list(dss.get(key, []))
        number = 0
        whole = next((row for row in left if row[0] == "-"), None)
        for number, (value, answer, why, distance, unsupported) in enumerate(ours.get(key, []), 1):
            match = whole or next((row for row in left if row[0] == value), None)
            if match and not whole:
                left.remove(match)
            yield Row(*key, number, answer, match[1] if match else "ABSENT", why, match[2] if match else "", distance, unsupported)
        for row in () if whole else left:
            number += 1
            yield Row(*key, number, "ABSENT", row[1], "", row[2], "-", "-")


def table(path):
    """What differs and is explained: (file, moment, signer) to (ours, theirs)."""
    explained = {}
    for file, moments, signer, ours, theirs, reason, clause in rows_of(path.read_text())[1:]:
        if not reason or not clause:
            sys.exit(f"{path.name}: {file}: no reason or no clause")
        for moment in moments.split(","):
            if explained.setdefault((file, moment, int(signer)), (ours, theirs)) != (ours, theirs):
                sys.exit(f"{path.name}: {file}: written down twice")
    return explained


def main():
    folder = Path(sys.argv[1])
    if not (len(sys.argv) > 2 and sys.argv[2] == "again" and (folder / "dss.tsv").exists()):
        ask_dss(folder)
    explained = table(Path(__file__).with_name("agreement.tsv"))
    ours = answers_of_ours(folder)
    dss = answers_of_dss(folder)
    grid, agreed, met, wrong = collections.Counter(), 0, set(), []
    compared = reached = 0
    apart, distances = collections.defaultdict(collections.Counter), collections.Counter()
    log = []
    for row in pairs(ours, dss):
        nothing = ("UNREADABLE", "NO SIGNER")
        if row.ours in nothing and row.theirs in nothing:
            apart["no signature for either"][row.why] += 1
        elif row.theirs == "UNREADABLE":
            apart["EU DSS cannot read"][f"{row.said} (we say {row.ours})"] += 1
        elif row.unsupported != "-":
            apart["not supported here"][row.unsupported] += 1
        else:
            compared += 1
            distances[row.distance] += 1
            grid[row.ours, row.theirs] += 1
            reached += not {row.ours.rpartition("/")[2], row.theirs.rpartition("/")[2]} & BEFORE_THE_CHAIN
            key = row.file, row.moment, row.signer
            if row.ours == row.theirs:
                agreed += 1
                continue
            log.append("\t".join(map(str, row)))
            if explained.get(key) == (row.ours, row.theirs):
                met.add(key)
            else:
                wrong.append(f"{row.file} {row.moment} {row.signer}: we say {row.ours}, EU DSS {row.theirs}\n    we: {row.why}\n    DSS: {row.said}")
    for key in sorted(explained.keys() - met):
        wrong.append(f"{' '.join(map(str, key))}: written down as a difference, but does not differ, or differs otherwise")
    (folder / "differences.tsv").write_text("".join(f"{line}\n" for line in log))

    files = {file for file, _ in ours}
    print(f"{len(files)} files, {compared} rows (signatures at {' and '.join(MOMENTS)}): {agreed} agree, {len(met)} differ and are explained, {len(wrong)} wrong")
    for why, counts in apart.items():
        print(f"not compared, {counts.total()} rows: {why}")
        for what, count in counts.most_common():
            print(f"  {count:3} × {what}")
    print(f"past the certificate path on both sides: {reached} of {compared} ({100 * reached // max(compared, 1)} %)")
    print("anchors: " + ", ".join(f"{count} × {distance}" for distance, count in sorted(distances.items())))
    print(f"\n{'ours':62} {'EU DSS':62} rows")
    for (mine, theirs), count in sorted(grid.items(), key=lambda item: (-item[1], item[0])):
        print(f"{mine:62} {theirs if theirs != mine else '=':62} {count:4}")
    for name, place in (("ours", 0), ("EU DSS", 1)):
        totals = collections.Counter()
        for pair, count in grid.items():
            totals[pair[place]] += count
        print(f"\n{name}: " + ", ".join(f"{count} {word}" for word, count in totals.most_common()))
    if 2 * reached < compared:
        wrong.append("fewer than half of the rows get past the certificate path")
    print(*wrong, sep="\n")
    sys.exit(1 if wrong else 0)


main()
