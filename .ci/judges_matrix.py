"""Every PDF of the corpus, and our own that claim to be PDF/A or PDF/UA, signed in every way by the example `pdf_matrix`, before every judge. Run by .ci/judges.

matrix: what counts as a failure is in judges_cases.py and judges_archive.py. Files of the corpus that are damaged or odd need not be signed, but then a clear
error must say why. archive: veraPDF alone, over what claims to be PDF/A or PDF/UA.
"""

import re
import shutil
import subprocess
import sys
from pathlib import Path

import judges_archive
from judges_cases import LEVELS, Case, examine, manifest, timed
from judges_panel import panel

SECONDS = 1800  # to sign everything
# The levels of the signatures, and whether revocation may be unknown.
VARIANTS = {
    "b-b": (("B-B",), True),
    "b-t": (("B-T",), True),
    "b-lt": (("B-LT",), False),
    "b-lta": (("B-LTA",), False),
    "renewed": (("B-LTA",), False),
    "two": (("B-B", "B-T"), True),
    "visible": (("B-B",), True),
}
# Where the root answers by OCSP for the authority below it, pyHanko asks for the revocation of the root when it looks into the future: B-T and no more.
OTHER_LEVELS = {("renewed", "pyhanko"): ("B-T",)}
# Archived ten years ago; the signer's certificate has ended. All evidence is in the file.
YEARS = ("years-crl", "years-ocsp", "years-crl-renewed", "years-ocsp-renewed")
VARIANTS.update((variant, (("B-LTA",), False)) for variant in YEARS)
# The same, but nobody asked after the newest timestamp in these ten years: what each says of that.
UNTOUCHED = "years-untouched"
VARIANTS[UNTOUCHED] = (("B-LTA",), False)
UNTOUCHED_SAID = {"chancery": "FAIL Some(Indeterminate)", "pyhanko": "FAIL", "dss": "PASS B-LTA"}  # DSS takes evidence of any age


def cases_of(outcomes, must_sign):
    cases = []
    for line in outcomes.read_text().splitlines()[1:]:
        file, variant, password, output, said, _ = line.split("\t")
        levels, soft = VARIANTS[variant]
        levels = {judge: OTHER_LEVELS.get((variant, judge), levels) for judge in LEVELS}
        original = Path(file)
        case = Case(original, variant, Path(output).absolute(), password, soft, levels, must_sign=must_sign.get(original, True))
        if output:
            case.verdicts["chancery"] = said
        else:
            # A defect, or silence, is no clear error.
            case.refused = said or "no reason is given"
            case.excused = original in must_sign and not must_sign[original] and bool(said) and not said.startswith("DEFECT")
        cases.append(case)
    return cases


def main():
    shared, program, mode, every = Path(sys.argv[1]).absolute(), sys.argv[2], sys.argv[3], int(sys.argv[4])
    wanted = sys.argv[5] if len(sys.argv) > 5 else ""
    results = Path("target/judges") / mode
    shutil.rmtree(results, ignore_errors=True)
    results.mkdir(parents=True)

    rows = [row for row in manifest(shared / "corpus/plain_pdf") if re.search(wanted, row["file"])][::every]
    files = {shared / "corpus/plain_pdf" / row["file"]: row for row in rows}
    if mode == "archive":
        files = {path: row for path, row in files.items() if any(judges_archive.claim_of(path.read_bytes()))}
    listing = results / "list"
    listing.write_text("".join(f"{path}" + (f"\t{row['password']}" if row["password_known"] == "yes" else "") + "\n" for path, row in files.items()))
    timed("signed", lambda: subprocess.run([program, str(results / "signed"), str(listing)], check=True, timeout=SECONDS))
    must_sign = {path: row["expected"] == "must_sign" for path, row in files.items()}
    cases = cases_of(results / "signed/outcomes.tsv", must_sign)
    cases.sort(key=lambda case: list(VARIANTS).index(case.variant))
    encrypted = sum(row["password_known"] == "yes" and must_sign[path] for path, row in files.items())
    print(f"{len(files)} files, of which {sum(must_sign.values())} must be signed ({encrypted} encrypted), and our own: {len(cases)} outputs", flush=True)

    failed = 0
    if mode == "matrix":
        failed += examine(cases, panel(shared, results, [str((results / "signed/root.pem").absolute())]), results)
        tell_refusals(cases)
        failed += ten_years_on(shared, results)
    failed += judges_archive.examine(cases, shared, results)
    sys.exit(1 if failed else 0)


def ten_years_on(shared, results):
    """Only these judges know that a signature may outlive its certificate."""
    print("ten years on:")
    folder = results / "signed/ten-years"
    judges = panel(shared, results, [str((folder / "root.pem").absolute())])
    judges = {name: judges[name] for name in ("pyhanko", "dss", "qpdf")}
    cases = sorted(cases_of(folder / "outcomes.tsv", {}), key=lambda case: list(VARIANTS).index(case.variant))
    own = folder.parent.parent / "ten-years"
    own.mkdir()
    failed = examine([case for case in cases if case.variant in YEARS], judges, own)
    untouched = [case for case in cases if case.variant == UNTOUCHED]
    for name in ("pyhanko", "dss"):
        for case, verdict in zip(untouched, judges[name]([case.question for case in untouched])):
            case.verdicts[name] = verdict
    for case in untouched:
        different = [f"{name} says {case.verdicts[name]}" for name, words in UNTOUCHED_SAID.items() if not case.verdicts[name].startswith(words)]
        print(f"  {case.name}: {'; '.join(different) or 'judged as it must be'}")
        failed += bool(different)
    print()
    return failed


def tell_refusals(cases):
    """The errors that are taken for clear: whoever reads this can disagree."""
    print("what need not be signed and was not:")
    for case in cases:
        if case.excused and case.variant == "b-b":
            print(f"  {case.original.name}: {case.refused[:200]}")
    print()


if __name__ == "__main__":
    main()
