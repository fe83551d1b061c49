"""Certified and locked documents, and fields with seed values, as the example `ruled_documents` makes them: does pyHanko read of each what it must, and does
it see what a later revision broke? EU DSS, pdfsig, OpenSSL, qpdf and MuPDF look at the mathematics and the structure. Run by .ci/judges.

pyHanko looks at the first signature: what DocMDP level it reads, whether the changes since are allowed, whether the seed values are kept.
"""

import csv
import logging
import shutil
import sys
from pathlib import Path

from asn1crypto import crl as asn1_crl
from judges_panel import Question, keep_definite_lengths, panel
from pyhanko.keys import load_certs_from_pemder
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.diff_analysis import SuspiciousModification
from pyhanko.sign.validation import validate_pdf_signature
from pyhanko_certvalidator import ValidationContext

JUDGES = ("dss", "pdfsig", "openssl", "qpdf", "mutool")
# What a judge does not know: EdDSA, and RSA with SHA-3.
UNKNOWN = {"pyhanko": ("sha3",), "dss": ("ed25519",), "pdfsig": ("ed25519", "sha3"), "openssl": ("ed25519",), "mutool": ("ed25519",)}


def look(path, context):
    """What pyHanko says of the first signature: its level, whether what came after it was allowed, and what else is wrong."""
    with path.open("rb") as file:
        signature = PdfFileReader(file).embedded_regular_signatures[0]
        level = signature.docmdp_level
        status = validate_pdf_signature(signature, signer_validation_context=context)
        since = signature.diff_result
        kept = status.docmdp_ok and not isinstance(since, SuspiciousModification)
        wrong = [] if status.intact and status.valid and status.trusted else [f"intact {status.intact}, valid {status.valid}, trusted {status.trusted}"]
        if status.seed_value_constraint_error is not None:
            wrong.append(f"seed values: {status.seed_value_constraint_error}")
        return level.value if level is not None else 0, kept, wrong, since if not kept else ""


def is_unknown(judge, path):
    return any(word in path.name for word in UNKNOWN.get(judge, ()))


def main():
    shared, folder = Path(sys.argv[1]).absolute(), Path(sys.argv[2]).absolute()
    keep_definite_lengths()
    logging.disable()  # what is forbidden is told in the verdict
    root = folder / "root.pem"
    lists = [asn1_crl.CertificateList.load(path.read_bytes()) for path in sorted(folder.glob("*.crl"))]
    rows = list(csv.DictReader((folder / "table.tsv").open(), delimiter="\t"))
    scratch = folder / "scratch"
    shutil.rmtree(scratch, ignore_errors=True)
    scratch.mkdir()
    judges = panel(shared, scratch, [str(root)])
    failures = []
    for row in rows:
        path = folder / row["file"]
        context = ValidationContext(trust_roots=list(load_certs_from_pemder([str(root)])), crls=lists, allow_fetching=False)
        try:
            level, kept, wrong, since = look(path, context)
        except Exception as error:  # whatever it is, the judge has not accepted the file
            failures.append(f"{path.name}: pyHanko: {type(error).__name__}: {error}")
            continue
        failures += [f"{path.name}: pyHanko: {what}" for what in wrong if not is_unknown("pyhanko", path)]
        if str(level) != row["level"]:
            failures.append(f"{path.name}: pyHanko reads level {level}, not {row['level']}")
        if kept != (row["kept"] == "true"):
            failures.append(f"{path.name}: pyHanko: what came later is {'allowed' if kept else 'forbidden'} ({since}), and must not be")
    # Who looks at signatures alone must pass what was changed since, too.
    questions = [Question(folder / row["file"]) for row in rows]
    for name in JUDGES:
        for question, verdict in zip(questions, judges[name](questions)):
            if not verdict.startswith(("PASS", "OK")) and not is_unknown(name, question.path):
                failures.append(f"{question.path.name}: {name}: {verdict}")
    broken = sum(row["kept"] != "true" for row in rows)
    print(f"{len(rows)} documents, {broken} of them broken on purpose; pyHanko, {', '.join(JUDGES)}: {len(failures)} failures")
    print("\n".join(failures))
    sys.exit(bool(failures))


if __name__ == "__main__":
    main()
