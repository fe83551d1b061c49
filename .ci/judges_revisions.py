"""Draws signed documents before and after the revisions that the example `appended_revisions` appended to them, by PDFium and by MuPDF. Run by .ci/judges revisions.

A revision fails when
- a picture of a page is another, or there are more or fewer pages, and the document passes without a finding that names it (silent);
- the same with a finding, but nothing allows it: neither a certification that lets people fill or annotate, nor a further signature that draws itself;
- it changes what is not seen on every page (scripts, names, actions) and the document passes without a new finding;
- it is harmless, is in no certified document that allows nothing, and the document does not pass (false alarm).
Where a signature that was there is gone and others pass, the others answer for what is seen, or the file is as if it had been cut off before: counted, and no fault.
A page counts as another when one of the two draws it otherwise; a document that one of them cannot read is not drawn by it.

usage: judges_revisions.py FOLDER: the rows of FOLDER/table.tsv. What fails is kept in FOLDER/failed.
"""

import concurrent.futures as futures
import csv
import json
import os
import sys
from collections import Counter
from pathlib import Path

import pymupdf
import pypdfium2

SCALE = 0.75  # 54 dots per inch: a digit of 14 points has seven pixels, which are shades of grey
MOST_PAGES = 8  # the documents have three at most
# Layouts by which a change does not come into force, or the signature is no longer found: there only the pictures count.
WITHOUT_FORCE = {"Unlisted", "HybridOfTwoMinds", "PreviousSkipped", "StartLost"}
# What says nothing about what a revision changed.
SAYS_NOTHING = {"later-revision", "level", "revocation-unknown", "unusual-structure", "signature-added", "document-timestamp-added", "metadata-changed", "long-term-data-added", "not-revoked", "extensions-changed"}
# These allow no further field of a signature.
STRICT = ("certified-1", "locked-all", "certified-2-locked-but-note")


def by_pdfium(data):
    document = pypdfium2.PdfDocument(data)
    try:
        document.init_forms()
        count = len(document)
        pages = []
        for number in range(min(count, MOST_PAGES)):
            page = document[number]
            bitmap = page.render(scale=SCALE, grayscale=True, may_draw_forms=True)
            pages.append((bitmap.width, bitmap.height, bytes(bitmap.buffer)))
        return count, pages
    finally:
        document.close()


def by_mupdf(data):
    with pymupdf.open(stream=data, filetype="pdf") as document:
        count = document.page_count
        pages = []
        for number in range(min(count, MOST_PAGES)):
            picture = document[number].get_pixmap(matrix=pymupdf.Matrix(SCALE, SCALE), colorspace=pymupdf.csGRAY, annots=True)
            pages.append((picture.width, picture.height, bytes(picture.samples)))
        return count, pages


RENDERERS = {"PDFium": by_pdfium, "MuPDF": by_mupdf}


def drawn(renderer, data):
    try:
        return RENDERERS[renderer](data)
    except Exception as error:  # it does not read the file, whatever it says
        return f"{type(error).__name__}: {error}"


def different(before, after):
    """The numbers of the pages that are others, from 1; None if it was not drawn."""
    if isinstance(before, str) or isinstance(after, str):
        return None
    (count, pages), (later_count, later_pages) = before, after
    pages = {number for number, (one, other) in enumerate(zip(pages, later_pages), 1) if one != other}
    return pages | set(range(min(count, later_count) + 1, max(count, later_count) + 1))


def work(folder, rows):
    pymupdf.TOOLS.mupdf_display_errors(False)
    pymupdf.TOOLS.mupdf_display_warnings(False)
    bases, pictures, found = {}, {}, []
    with open(folder / "appended.bin", "rb") as appended:
        for row in rows:
            base = row["base"]
            if base not in bases:
                bases[base] = (folder / f"{base}.pdf").read_bytes()
                pictures[base] = {name: drawn(name, bases[base]) for name in RENDERERS}
            appended.seek(int(row["offset"]))
            data = bases[base] + appended.read(int(row["length"]))
            after = {name: drawn(name, data) for name in RENDERERS}
            found.append({name: different(pictures[base][name], after[name]) for name in RENDERERS})
    return found


def judged(row, pages):
    """What is wrong with the verdict; pages: those that are others."""
    passed = row["verdict"] == "passed"
    findings = [finding for finding in json.loads(row["findings"]) if finding["kind"] not in SAYS_NOTHING]
    if pages and passed:
        if not findings:
            return "silent"
        named = {finding["page"] for finding in findings if finding["page"]}
        if named and not named & pages:
            return f"tells of page {sorted(named)}, and {sorted(pages)} is another"
        # Whoever signs afterwards takes what was filled in for their own; a timestamp does not.
        # A lock of some fields leaves the others open.
        allows = row["base"].startswith(("certified-2", "certified-3", "locked-rent")) or "signature" in row["changes"] or row["cover"].startswith("Signed")
        return None if allows else "told, but nobody allowed it"
    if row["kind"] == "Told" and passed and row["layout"] not in WITHOUT_FORCE and not findings:
        return "passes without a word"
    if row["kind"] == "Harmless" and not passed and not row["base"].startswith(STRICT):
        return "harmless, and does not pass"
    return None


def main():
    folder = Path(sys.argv[1])
    with open(folder / "table.tsv", encoding="utf-8", newline="") as table:
        rows = list(csv.DictReader(table, delimiter="\t", quoting=csv.QUOTE_NONE))
    workers = os.cpu_count() or 2
    order = sorted(range(len(rows)), key=lambda place: rows[place]["base"])
    size = max(1, (len(rows) + 4 * workers - 1) // (4 * workers))
    parts = [order[start : start + size] for start in range(0, len(order), size)]
    pictures = [None] * len(rows)
    with futures.ProcessPoolExecutor(workers) as pool:
        for part, found in zip(parts, pool.map(work, [folder] * len(parts), [[rows[place] for place in part] for part in parts])):
            for place, one in zip(part, found):
                pictures[place] = one

    faults, verdicts, seen = [], Counter(), Counter()
    rendered = others = 0
    for row, picture in zip(rows, pictures):
        drawn_by = [pages for pages in picture.values() if pages is not None]
        pages = set().union(*drawn_by) if drawn_by else set()
        rendered += bool(drawn_by)
        others += bool(pages)
        verdicts[row["verdict"]] += 1
        seen[row["verdict"]] += bool(pages)
        if fault := judged(row, pages):
            faults.append((row, fault, sorted(pages)))
    failed = folder / "failed"
    failed.mkdir(exist_ok=True)
    appended = (folder / "appended.bin").read_bytes()
    for row, fault, pages in faults:
        start = int(row["offset"])
        data = (folder / f"{row['base']}.pdf").read_bytes() + appended[start : start + int(row["length"])]
        (failed / f"{row['number']}.pdf").write_bytes(data)
        print(f"{row['number']} {row['base']}: {row['changes']} ({row['layout']}, {row['cover']}): {fault}; {row['verdict']} [{row['new findings']}] pages {pages}")
    kinds = Counter(row["kind"] for row in rows)
    silent = sum(fault == "silent" for _, fault, _ in faults)
    print(f"{len(rows)} revisions ({kinds['Harmless']} harmless), {rendered} drawn, {others} with other pictures: ", end="")
    print(", ".join(f"{count} {verdict} ({seen[verdict]} of them look otherwise)" for verdict, count in sorted(verdicts.items())))
    gone = [row for row in rows if row["verdict"] == "passed without"]
    print(f"a signature is gone and others pass: {len(gone)}, of which {sum('signature-removed' in row['new findings'] for row in gone)} say so")
    print(f"silent passes: {silent}")
    print(f"{len(rows) - len(faults)} passed, {len(faults)} failed")
    if rendered < 0.8 * len(rows):
        sys.exit("too few could be drawn")
    sys.exit(1 if faults else 0)


if __name__ == "__main__":
    main()
