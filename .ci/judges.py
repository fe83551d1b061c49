"""Signs the corpus' ordinary PDFs with the example `sign_pdf` and asks independent judges about every output. Run by .ci/judges.

A file and variant fails when
- `sign_pdf` does not sign it, or the original is not a byte prefix of what it wrote;
- a judge refuses the signed file, unless that judge cannot read the *unsigned* file either ("before"),
  or lacks what the file needs ("cannot": pyHanko judges no hybrid-reference files);
- qpdf warns about the signed file and did not about the unsigned one;
- our own `verify_pdf` does not pass it.
A judge that gives no answer has refused.

CHANCERY_SIGN_PDF and CHANCERY_VERIFY_PDF name other programs with the same arguments (to judge the judges); an empty
CHANCERY_VERIFY_PDF leaves `verify_pdf` out.
"""

import argparse
import concurrent.futures as futures
import csv
import importlib.util
import logging
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path

EVERY = {"all": 1, "quick": 4}  # of how many files one is taken; 4 keeps `quick` within two minutes on two cores
WORKERS = os.cpu_count() or 2
SECONDS = 60  # for one file and one judge
PASSWORD = "test"  # of the judges' own PKCS#12 files

HOME = Path(os.environ["JUDGES_HOME"])
PKI = HOME / "pki"
ROOT, INTERMEDIATE = str(PKI / "root.pem"), str(PKI / "int.pem")
VARIANTS = [(key, stamped) for key in ("rsa2048", "p256") for stamped in (False, True)]


@dataclass
class Case:
    """One file of the corpus in one variant."""

    original: Path
    key: str
    stamped: bool
    output: Path
    signing: str = ""  # why it was not signed, if it was not
    verdicts: dict = field(default_factory=dict)

    @property
    def variant(self):
        return self.key + ("+tsa" if self.stamped else "")

    @property
    def name(self):
        return f"{self.original.name} [{self.variant}]"


# ---- signing


def sign_pdf():
    return os.environ.get("CHANCERY_SIGN_PDF") or "target/release/examples/sign_pdf"


def sign(case, tsa):
    command = [sign_pdf(), str(case.original), str(case.output), "--p12", str(PKI / f"{case.key}.p12"), "--p12-password-env", "JUDGE_P12_PASSWORD"]
    if case.stamped:
        command += ["--level", "b-t", "--tsa", tsa, "--allow-loopback"]
    try:
        run = subprocess.run(command, capture_output=True, text=True, errors="replace", timeout=SECONDS, env={**os.environ, "JUDGE_P12_PASSWORD": PASSWORD})
    except subprocess.TimeoutExpired:
        case.signing = f"no answer within {SECONDS} s"
        return
    if run.returncode != 0:
        case.signing = f"exit {run.returncode}: {last_line(run.stderr) or last_line(run.stdout)}"
    elif not case.output.is_file():
        case.signing = "exit 0 and no output"
    else:
        before, after = case.original.read_bytes(), case.output.read_bytes()
        if len(after) <= len(before) or not after.startswith(before):
            case.signing = "the original is not a prefix of the output"


class Tsa:
    """The judges' timestamp authority on a free port of loopback."""

    def __init__(self, judges):
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port = probe.getsockname()[1]
        self.process = subprocess.Popen(["bash", str(judges / "services/tsa/start.sh"), str(self.port)], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        self.url = f"http://127.0.0.1:{self.port}/"

    def __enter__(self):
        for _ in range(100):
            with socket.socket() as probe:
                if probe.connect_ex(("127.0.0.1", self.port)) == 0:
                    return self
            if self.process.poll() is not None:
                break
            time.sleep(0.1)
        self.process.kill()
        sys.exit("the timestamp authority of the judges did not start")

    def __exit__(self, *_):
        self.process.terminate()
        self.process.wait(timeout=10)


# ---- judges: each takes a list of files and gives a list of verdicts, in the words of the judge


def last_line(text):
    lines = [line for line in text.splitlines() if line.strip()]
    return lines[-1].strip() if lines else ""


def each(command):
    """A judge that is asked about one file at a time; its last line is the verdict."""

    def one(path):
        try:
            run = subprocess.run(command(path), capture_output=True, text=True, errors="replace", timeout=SECONDS)
        except subprocess.TimeoutExpired:
            return f"ERROR no answer within {SECONDS} s"
        return last_line(run.stdout).removeprefix("VERDICT: ") or f"ERROR exit {run.returncode} {last_line(run.stderr)}"

    def judge(paths):
        with futures.ThreadPoolExecutor(WORKERS) as pool:
            return list(pool.map(one, paths))

    return judge


def listed(command, scratch, verdicts_of):
    """A judge that reads `@LIST` in one process: one list for each worker."""

    def run(part):
        number, paths = part
        listing = scratch / f"list-{os.getpid()}-{number}"
        # A second copy of the first file keeps a list of one in the list form of the output.
        listing.write_text("".join(f"{path}\n" for path in [*paths, paths[0]]))
        try:
            output = subprocess.run(command(f"@{listing}"), capture_output=True, text=True, errors="replace", timeout=SECONDS + 5 * len(paths)).stdout
        except subprocess.TimeoutExpired as late:
            output = (late.stdout or b"").decode(errors="replace")
        listing.unlink()
        found = verdicts_of(output)
        return [found.get(path, "ERROR no answer") for path in map(str, paths)]

    def judge(paths):
        parts = [(number, paths[number::WORKERS]) for number in range(WORKERS)]
        with futures.ThreadPoolExecutor(WORKERS) as pool:
            answers = list(pool.map(lambda part: run(part) if part[1] else [], parts))
        return [answers[index % WORKERS][index // WORKERS] for index in range(len(paths))]

    return judge


def pdfbox_verdicts(output):
    found, path = {}, None
    for line in output.splitlines():
        if line.startswith("FILE "):
            path = line.removeprefix("FILE ")
        elif line.startswith("VERDICT: ") and path:
            found[path] = line.removeprefix("VERDICT: ")
    return found


def dss_verdicts(names):
    """DSS names files without their folder: `names` gives the whole path back."""

    def read(output):
        found = {}
        for line in output.splitlines():
            name, _, rest = line.partition("\t")
            if rest.startswith("VERDICT: "):
                found[names[name]] = rest.removeprefix("VERDICT: ")
        return found

    return read


def judge_pyhanko_file(script, path):
    """all.sh's reading: strict first, lenient where the strict reader refuses to read; hybrid files cannot be judged."""
    module = pyhanko_module(script)

    def ask(lenient):
        arguments = argparse.Namespace(
            file=path, root=[ROOT], other=[INTERMEDIATE], tsa_root=[], crl=[], ocsp=[], at=None, online=False, revocation="soft-fail",
            any_key_usage=False, lenient=lenient, password=None, no_diff=False, compact=True, allow_weak=False)
        return module.asyncio.run(module.judge(arguments))

    def alarm(*_):
        raise TimeoutError(f"no answer within {SECONDS} s")

    signal.signal(signal.SIGALRM, alarm)
    signal.alarm(SECONDS)
    try:
        out, how = ask(False), ""
        if any(error.startswith("cannot read the PDF: PdfStrictReadError") for error in out["errors"]):
            out, how = ask(True), " (lenient)"
    except Exception as error:  # whatever it is, the judge has not accepted the file
        return f"ERROR {type(error).__name__}: {error}"
    finally:
        signal.alarm(0)
    problems = [*out["errors"], *(f"{s.get('field')}: {e}" for s in out["signatures"] for e in s["errors"] or ["not ok"] if not s["ok"])]
    if out["ok"]:
        return "PASS" + how
    if out["errors"] == ["no signature found"]:
        return "NOSIG" + how
    word = "CANNOT" if "in hybrid-reference files" in " ".join(problems) else "ERROR" if not out["signatures"] else "FAIL"
    return f"{word}{how} {'; '.join(problems)[:300]}"


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


def pyhanko(script):
    def judge(paths):
        with futures.ProcessPoolExecutor(WORKERS) as pool:
            return list(pool.map(judge_pyhanko_file, [script] * len(paths), map(str, paths), chunksize=4))

    return judge


def verify_pdf():
    program = os.environ.get("CHANCERY_VERIFY_PDF", "target/release/examples/verify_pdf")
    words = {0: "PASS", 1: "FAIL", 2: "INDETERMINATE", 3: "NOSIG", 4: "ERROR"}

    def one(path):
        command = [program, str(path), "--trust", ROOT, "--other", INTERMEDIATE, "--revocation", "when-known"]
        try:
            run = subprocess.run(command, capture_output=True, text=True, errors="replace", timeout=SECONDS)
        except subprocess.TimeoutExpired:
            return f"ERROR no answer within {SECONDS} s"
        return words.get(run.returncode, f"ERROR exit {run.returncode}") + ("" if run.returncode in (0, 3) else f" {last_line(run.stderr) or ' '.join(run.stdout.split())[:200]}")

    def judge(paths):
        with futures.ThreadPoolExecutor(WORKERS) as pool:
            return list(pool.map(one, paths))

    return judge if program else None


def judges(folder, scratch, names):
    script = lambda name: str(folder / name)
    dss = lambda listing: [script("judge_dss.sh"), listing, ROOT, "--other", INTERMEDIATE, "--soft-revocation", "--brief"]
    known = {
        "pyhanko": pyhanko(script("judge_pyhanko.py")),
        "dss": listed(dss, scratch, dss_verdicts(names)),
        "pdfsig": each(lambda path: [script("judge_pdfsig.sh"), str(path), ROOT, INTERMEDIATE]),
        "openssl": each(lambda path: ["python3", script("judge_openssl_pdf.py"), str(path), ROOT, INTERMEDIATE]),
        "pdfbox": listed(lambda listing: [script("judge_pdfbox.sh"), listing, ROOT, INTERMEDIATE], scratch, pdfbox_verdicts),
        "qpdf": each(lambda path: [script("judge_qpdf.sh"), str(path)]),
        "mutool": each(lambda path: [script("judge_mutool.sh"), str(path)]),
        "chancery": verify_pdf(),
    }
    return {name: judge for name, judge in known.items() if judge}


def accepted(judge, verdict):
    word = re.match(r"[A-Z]*", verdict)[0]
    return word in {"qpdf": ("OK", "WARN"), "mutool": ("PASS", "OK")}.get(judge, ("PASS",))


def state(judge, verdict, before):
    """pass, cannot, before (the judge refuses the unsigned file as well), or refused."""
    if verdict.startswith("CANNOT"):
        return "cannot"
    if judge == "qpdf" and verdict.startswith("WARN") and before.startswith("OK"):
        return "refused"
    if accepted(judge, verdict):
        return "pass"
    # An empty signature field is an "error" to two judges, but not one of reading.
    unreadable = before.startswith(("ERROR", "DAMAGED")) and before not in ("ERROR unverified", "ERROR none handled")
    return "before" if unreadable and judge != "chancery" else "refused"


# ---- the run


def must_sign(corpus):
    with open(corpus / "manifest.tsv", newline="") as manifest:
        rows = list(csv.DictReader(manifest, delimiter="\t"))
    chosen = [corpus / row["file"] for row in rows if row["expected"] == "must_sign" and "encrypted" not in row["traits"]]
    missing = [str(path) for path in chosen if not path.is_file()]
    if missing or not chosen:
        sys.exit(f"the manifest names files that are not there: {missing[:5]}" if missing else "the manifest names no file to sign")
    return sorted(chosen)


def timed(what, work):
    start = time.monotonic()
    result = work()
    print(f"{what}: {time.monotonic() - start:.0f} s", flush=True)
    return result


def main():
    shared, mode = Path(sys.argv[1]), sys.argv[2]
    if mode not in EVERY:
        sys.exit("usage: .ci/judges [quick|all]")
    results = Path("target/judges")
    outputs = results / "signed"
    shutil.rmtree(results, ignore_errors=True)
    outputs.mkdir(parents=True)

    files = must_sign(shared / "corpus/plain_pdf")
    sample = files[:: EVERY[mode]]
    cases = [
        Case(original, key, stamped, (outputs / f"{original.stem}.{key}{'.tsa' if stamped else ''}.pdf").absolute())
        for original in sample
        for key, stamped in VARIANTS
    ]
    print(f"{len(sample)} of {len(files)} files that must be signed, {len(VARIANTS)} variants: {len(cases)} outputs", flush=True)
    with Tsa(shared / "judges") as tsa, futures.ThreadPoolExecutor(WORKERS) as pool:
        timed("signed", lambda: list(pool.map(lambda case: sign(case, tsa.url), cases)))

    signed = [case for case in cases if not case.signing]
    names = {path.name: str(path) for path in [*(case.output for case in signed), *(path.absolute() for path in sample)]}
    panel = judges((shared / "judges").absolute(), results, names)
    before = {}
    for name, judge in panel.items():
        paths = [*(case.output for case in signed), *(path.absolute() for path in sample)]
        verdicts = timed(name, lambda: judge(paths))
        for case, verdict in zip(signed, verdicts):
            case.verdicts[name] = verdict
        before.update({(name, path): verdict for path, verdict in zip(sample, verdicts[len(signed) :])})

    states = {(case.name, name): state(name, case.verdicts[name], before[name, case.original]) for case in signed for name in panel}
    with open(results / "results.tsv", "w") as table:
        print("file", "variant", "judge", "state", "verdict", "before signing", sep="\t", file=table)
        for case in signed:
            for name in panel:
                print(case.original.name, case.variant, name, states[case.name, name], case.verdicts[name], before[name, case.original], sep="\t", file=table)
        for case in cases:
            if case.signing:
                print(case.original.name, case.variant, "sign_pdf", "refused", case.signing, "", sep="\t", file=table)

    report(cases, signed, panel, states, before)
    failed = len([case for case in cases if case.signing]) + len({name for (name, _), found in states.items() if found == "refused"})
    print(f"judges: {len(cases) - failed} passed, {failed} failed")
    sys.exit(1 if failed else 0)


def report(cases, signed, panel, states, before):
    print("\nwhat not every judge accepts:")
    for case in cases:
        if case.signing:
            print(f"  {case.name}: NOT SIGNED: {case.signing}")
        for name in panel if not case.signing else ():
            found, verdict = states[case.name, name], case.verdicts[name]
            if found == "refused":
                print(f"  {case.name}: {name} REFUSES: {verdict}; unsigned: {before[name, case.original]}")
    # What says nothing about us is the same in every variant: a line for each file.
    excused = {}
    for case in signed:
        for name in panel:
            if states[case.name, name] in ("cannot", "before"):
                excused.setdefault((case.original, name, states[case.name, name]), case)
    for (original, name, found), case in excused.items():
        verdict = before[name, original] if found == "before" else case.verdicts[name]
        print(f"  {original.name}: {name} {'refuses it unsigned too' if found == 'before' else 'cannot judge it'}: {verdict[:200]}")
    if not excused and len(signed) == len(cases) and "refused" not in states.values():
        print("  nothing")

    print(f"\n{'variant':<12} {'signed':>10}" + "".join(f"{name:>17}" for name in panel))
    for key, stamped in VARIANTS:
        mine = [case for case in cases if (case.key, case.stamped) == (key, stamped)]
        counts = {name: Counter(states[case.name, name] for case in mine if not case.signing) for name in panel}
        cells = [
            f"{count['pass']}" + "".join(f" {count[word]}{mark}" for word, mark in (("cannot", "c"), ("before", "b"), ("refused", "R")) if count[word])
            for count in counts.values()
        ]
        done = sum(not case.signing for case in mine)
        print(f"{mine[0].variant:<12} {done:>4} of {len(mine):<3}" + "".join(f"{cell:>17}" for cell in cells))
    print("a number: accepted; c: the judge cannot judge such files; b: it refuses the unsigned file too; R: refused\n")


if __name__ == "__main__":
    main()
