"""Does what claims to be PDF/A or PDF/UA stay it? veraPDF names the rules that a file breaks, before it is signed and after: it must name none after that it
did not name before. Used by judges_matrix.py."""

import re
import subprocess
import zlib
from collections import Counter

from judges_cases import timed

SECONDS = 20  # for one file, on average


def examine(cases, shared, results):
    """Prints what veraPDF says of all cases whose originals claim something, and gives the number of those that broke a rule."""
    originals = list(dict.fromkeys(case.original for case in cases))
    # What claims nothing is PDF/A-1b to veraPDF. It judges by one claim; one that is made beside it is asked for by name.
    metadata = {path: claim_of(path.read_bytes()) for path in originals}
    originals = [path for path in originals if any(metadata[path])]
    claims = timed("claims", lambda: {(path, None): said for path, said in verapdf(shared, results, originals).items()})
    beside = {}
    for path in originals:
        if all(metadata[path]):
            beside.setdefault(f"ua{metadata[path][1]}", []).append(path)
    for flavour, paths in beside.items():
        claims.update({(path, flavour): said for path, said in verapdf(shared, results, paths, flavour).items()})

    failed, counts, table = 0, {}, []
    for flavour in [None, *beside]:
        claiming = {path for (path, asked), said in claims.items() if asked == flavour and said}
        mine = [case for case in cases if case.original in claiming and not case.refused]
        said = timed(f"veraPDF, {flavour or 'what they claim'}", lambda: verapdf(shared, results, [case.output for case in mine], flavour))
        for case in mine:
            (kind, before), after = claims[case.original, flavour], said[case.output]
            if after is None or after[0] != kind:
                verdict = f"is {after[0] if after else 'unreadable'} now, was {kind}"
            else:
                verdict = "; ".join(f"{rule} {after[1][rule][1]}" for rule in sorted(after[1].keys() - before.keys()))
            more = [rule for rule in before if after and rule in after[1] and after[1][rule][0] > before[rule][0]]
            word = "BROKEN" if verdict else "kept"
            if verdict:
                failed += 1
                print(f"  {case.name}: {kind} BROKEN: {verdict}")
            if more:
                print(f"  {case.name}: {kind}: broken before, more often now: {' '.join(sorted(more))}")
            counts.setdefault(case.variant, Counter())[kind, word] += 1
            table.append((case.original.name, case.variant, kind, word, verdict))
    for path in originals:
        if claims[path, None] is None:
            print(f"  {path.name}: veraPDF cannot read it unsigned")
    (results / "archive.tsv").write_text("".join("\t".join(row) + "\n" for row in table))

    kinds = sorted({kind for count in counts.values() for kind, _ in count})
    print(f"\n{'variant':<12}" + "".join(f"{kind:>9}" for kind in kinds))
    for variant, count in counts.items():
        cells = [f"{count[kind, 'kept']}" + (f" {count[kind, 'BROKEN']}R" if count[kind, "BROKEN"] else "") for kind in kinds]
        print(f"{variant:<12}" + "".join(f"{cell:>9}" for cell in cells))
    print("a number: no rule is broken that was not before; R: one is\n")
    print(f"archive: {sum(count.total() for count in counts.values()) - failed} kept, {failed} broken")
    return failed


def claim_of(pdf):
    """The parts of PDF/A and of PDF/UA that the metadata name, whether they are compressed or not; empty words where they name none."""
    texts = [pdf]
    for stream in re.finditer(rb"stream\r?\n", pdf):
        try:
            texts.append(zlib.decompressobj().decompress(pdf[stream.end() :], 1 << 20))
        except zlib.error:
            pass
    find = lambda schema: next((found[1].decode() for text in texts if (found := re.search(schema + rb":part(?:>|=[\"'])\s*(\d)", text))), "")
    return find(rb"pdfaid"), find(rb"pdfuaid")


def verapdf(shared, results, paths, flavour=None):
    """The claim of every file, and the rules that it breaks, how often, with what is said of them; None if it cannot be read."""
    if not paths:
        return {}
    listing = results / "archive-list"
    listing.write_text("".join(f"{path.absolute()}\n" for path in paths))
    command = [str(shared / "judges/judge_pdfa.sh"), f"@{listing}", *([flavour] if flavour else [])]
    output = subprocess.run(command, capture_output=True, text=True, errors="replace", timeout=60 + SECONDS * len(paths)).stdout
    listing.unlink()
    by_name, found, rules = {path.name: path for path in paths}, {path: None for path in paths}, {}
    for line in output.splitlines():
        fields = line.split("\t")
        if rule := re.match(r"    (\d+) x (\S+) (.*)", line):
            rules[rule[2]] = (int(rule[1]), rule[3])
        elif len(fields) == 3 and fields[0] in by_name and not fields[2].startswith("VERDICT: ERROR"):
            rules = {}
            found[by_name[fields[0]]] = (fields[1], rules)
    return found
