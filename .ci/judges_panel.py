"""The judges of signed PDFs. Each takes a list of questions and gives a list of verdicts, in the words of the judge, which begin with PASS or
another word; those that name levels add them (PASS B-B B-T). Each starts as few processes as it can: one for each worker and password."""

import argparse
import concurrent.futures as futures
import importlib.util
import logging
import os
import signal
import subprocess
from dataclasses import dataclass
from pathlib import Path

WORKERS = os.cpu_count() or 2
SECONDS = 60  # for one file and one judge
# What pyHanko says when it cannot judge, whatever was done: it refuses hybrid files by policy, and its comparison of revisions wants more of the original than
# it keeps to: a tree of structure or pages that is none, metadata that are no XMP, fields of one name or with a period in it, annotations that are no objects, streams that cannot be decrypted.
PYHANKO_LIMITS = (
    "in hybrid-reference files",
    "Circular reference in structure tree",
    "Circular reference in page tree",
    "Invalid page tree node",
    "Metadata does not look like XMP",
    "/Metadata XML syntax could not be validated",
    "Duplicate field name",
    "Partial names must not contain periods",
    "Array contains direct objects",
    "is not a multiple of the block length",
)
# Only where it reads leniently, it loses where the objects of an object stream came from.
PYHANKO_LENIENT_LIMITS = ("No container reference available",)


@dataclass(frozen=True)
class Question:
    """A file to be judged."""

    path: Path
    password: str = ""
    soft: bool = True  # revocation may be unknown; else it must be shown from what the file holds


def last_line(text):
    lines = [line for line in text.splitlines() if line.strip()]
    return lines[-1].strip() if lines else ""


def each(command):
    """A judge that is asked about one file at a time; its last line is the verdict."""

    def one(question):
        try:
            run = subprocess.run(command(question), capture_output=True, text=True, errors="replace", timeout=SECONDS)
        except subprocess.TimeoutExpired:
            return f"ERROR no answer within {SECONDS} s"
        return last_line(run.stdout).removeprefix("VERDICT: ") or f"ERROR exit {run.returncode} {last_line(run.stderr)}"

    def judge(questions):
        with futures.ThreadPoolExecutor(WORKERS) as pool:
            return list(pool.map(one, questions))

    return judge


def listed(command, scratch, verdicts_of):
    """A judge that reads `@LIST` in one process. `command` gets the list, the password and `soft`, which are the same for all in it."""

    def run(numbered):
        number, ((password, soft), questions) = numbered
        paths = [question.path for question in questions]
        listing = scratch / f"list-{os.getpid()}-{number}"
        # A second copy of the first file keeps a list of one in the list form of the output.
        listing.write_text("".join(f"{path}\n" for path in [*paths, paths[0]]))
        try:
            output = subprocess.run(command(f"@{listing}", password, soft), capture_output=True, text=True, errors="replace", timeout=SECONDS + 5 * len(paths)).stdout
        except subprocess.TimeoutExpired as late:
            output = (late.stdout or b"").decode(errors="replace")
        listing.unlink()
        found = verdicts_of(output, {path.name: str(path) for path in paths})
        return [(question, found.get(str(question.path), "ERROR no answer")) for question in questions]

    def judge(questions):
        groups = {}
        for question in questions:
            groups.setdefault((question.password, question.soft), []).append(question)
        # Only what takes longer than to start is worth a process more.
        parts = [(key, group[number::WORKERS]) for key, group in groups.items() if len(group) > 50 for number in range(WORKERS)]
        parts += [(key, group) for key, group in groups.items() if len(group) <= 50]
        with futures.ThreadPoolExecutor(WORKERS) as pool:
            answers = dict(answer for part in pool.map(run, enumerate(parts)) for answer in part)
        return [answers[question] for question in questions]

    return judge


def pdfbox_verdicts(output, _names):
    found, path = {}, None
    for line in output.splitlines():
        if line.startswith("FILE "):
            path = line.removeprefix("FILE ")
        elif line.startswith("VERDICT: ") and path:
            found[path] = line.removeprefix("VERDICT: ")
    return found


def dss_verdicts(output, names):
    """DSS names files without their folder: `names` gives the whole path back."""
    found, levels = {}, {}
    for line in output.splitlines():
        name, _, rest = line.partition("\t")
        fields = rest.split("\t")
        if fields[0] == "signature":
            levels.setdefault(name, []).append(fields[1].replace("PAdES-BASELINE-", "B-") + ("" if fields[2] == "TOTAL_PASSED" else f"={fields[2]}/{fields[3]}"))
        elif rest.startswith("VERDICT: ") and names[name] not in found:
            found[names[name]] = " ".join([rest.removeprefix("VERDICT: "), *sorted(levels.get(name, []))])
    return found


def judge_pyhanko_file(script, roots, question):
    """all.sh's reading: strict first, lenient where the strict reader refuses to read; hybrid files cannot be judged."""
    module = pyhanko_module(script)
    root, *others = roots

    def ask(lenient):
        arguments = argparse.Namespace(
            file=str(question.path), root=[root], other=others, tsa_root=[], crl=[], ocsp=[], at=None, online=False,
            revocation="soft-fail" if question.soft else "require", any_key_usage=False, lenient=lenient, password=question.password or None,
            no_diff=False, compact=True, allow_weak=False)
        return module.asyncio.run(module.judge(arguments))

    def alarm(*_):
        raise TimeoutError(f"no answer within {SECONDS} s")

    signal.signal(signal.SIGALRM, alarm)
    signal.alarm(SECONDS)
    try:
        out, how = ask(False), ""
        if any("PdfStrictReadError" in error for error in [*out["errors"], *(error for signature in out["signatures"] for error in signature["errors"])]):
            out, how = ask(True), " (lenient)"
    except Exception as error:  # whatever it is, the judge has not accepted the file
        return f"ERROR {type(error).__name__}: {error}"
    finally:
        signal.alarm(0)
    problems = [*out["errors"], *(f"{s.get('field')}: {e}" for s in out["signatures"] for e in s["errors"] or ["not ok"] if not s["ok"])]
    if out["ok"]:
        levels = sorted(str(s["level"]) for s in out["signatures"] if s["type"] != "/DocTimeStamp")
        return " ".join(["PASS", *levels]) + how
    if out["errors"] == ["no signature found"]:
        # An original: it answers without having read anything of what is encrypted.
        return ("NOSIG" if opened_by_pyhanko(question) else "ERROR the password does not open it") + how
    limits = PYHANKO_LIMITS + (PYHANKO_LENIENT_LIMITS if how else ())
    word = "CANNOT" if any(limit in " ".join(problems) for limit in limits) else "ERROR" if not out["signatures"] else "FAIL"
    return f"{word}{how} {'; '.join(problems)[:300]}"


def opened_by_pyhanko(question):
    """Some encrypted files it does not open with the password with which qpdf and PDFBox do."""
    from pyhanko.pdf_utils.crypt import AuthStatus
    from pyhanko.pdf_utils.reader import PdfFileReader

    try:
        with open(question.path, "rb") as file:
            reader = PdfFileReader(file, strict=False)
            return not reader.encrypted or reader.decrypt(question.password).status != AuthStatus.FAILED
    except Exception:  # another kind of encryption, or none that it can read
        return False


def pyhanko_module(script, loaded={}):
    if script not in loaded:
        spec = importlib.util.spec_from_file_location("judge_pyhanko", script)
        loaded[script] = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(loaded[script])
        logging.lastResort = logging.NullHandler()  # what pyHanko logs while it reads is in its report
        keep_definite_lengths()
    return loaded[script]


def keep_definite_lengths():
    """asn1crypto takes every length whose last octet is 0x80 for the indefinite form and encodes the value anew, at a cost that grows
    exponentially with its depth: 16 s for one signature with a timestamp. A value that nobody changed is dumped as it was read."""
    from asn1crypto.core import Sequence

    dump = Sequence.dump

    def as_read(self, force=False):
        definite = self._header is not None and len(self._header) > 2
        if definite and not force and self._contents is not None and not self._is_mutated():
            return self._header + self._contents + self._trailer
        return dump(self, force)

    Sequence.dump = as_read


def pyhanko(script, roots):
    def judge(questions):
        with futures.ProcessPoolExecutor(WORKERS) as pool:
            count = len(questions)
            return list(pool.map(judge_pyhanko_file, [script] * count, [roots] * count, questions, chunksize=4))

    return judge


def panel(shared, scratch, roots):
    """All judges by their names. `roots`: the certificate to trust, and one below it where the signatures do not carry it."""
    folder = (shared / "judges").absolute()
    script = lambda name: str(folder / name)
    root, *others = roots

    def dss(listing, password, soft):
        command = [script("judge_dss.sh"), listing, root, *(word for other in others for word in ("--other", other)), "--brief"]
        return command + (["--soft-revocation"] if soft else []) + (["--password", password] if password else [])

    def pdfbox(listing, password, _soft):
        return [script("judge_pdfbox.sh"), listing, *roots, *(["--password", password] if password else [])]

    opened = lambda question: [question.password] if question.password else []
    return {
        "pyhanko": pyhanko(script("judge_pyhanko.py"), roots),
        "pdfsig": each(lambda asked: [script("judge_pdfsig.sh"), str(asked.path), *roots, *(["--", asked.password] if asked.password else [])]),
        "pdfbox": listed(pdfbox, scratch, pdfbox_verdicts),
        "qpdf": each(lambda asked: [script("judge_qpdf.sh"), str(asked.path), *opened(asked)]),
        "mutool": each(lambda asked: [script("judge_mutool.sh"), str(asked.path), *opened(asked)]),
        "dss": listed(dss, scratch, dss_verdicts),
        "openssl": each(lambda asked: ["python3", script("judge_openssl_pdf.py"), str(asked.path), *roots]),
    }
