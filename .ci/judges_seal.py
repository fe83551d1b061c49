"""judges_seal.py WRITER OFFICE FOLDER KILLS: processes that set seals are killed while they do; the example's PDFs are measured with other tools.
judges_seal.py WRITER - FOLDER KILLS ADDRESS: only the kills, over a ledger in PostgreSQL."""
import hashlib, os, random, re, signal, subprocess, sys, time

WRITER, OFFICE, FOLDER, KILLS = sys.argv[1], sys.argv[2], sys.argv[3], int(sys.argv[4])
ADDRESS = sys.argv[5] if len(sys.argv) > 5 else None


def kills():
    """Two processes over one ledger, killed while sealing; a third one counts what the key signs."""
    ledger, times = ADDRESS or f"{FOLDER}/ledger.sqlite", 1000 * KILLS
    signer = subprocess.Popen([WRITER, "signer", FOLDER])
    writers, killed = [], 0
    try:
        for _ in range(600):
            if os.path.exists(f"{FOLDER}/port"):
                break
            time.sleep(0.1)
        subprocess.run([WRITER, "setup", ledger, FOLDER, str(times)], check=True)
        def start(n):
            """Goes on after what it has acknowledged; what it was killed at it tries again."""
            done = sum(1 for line in open(f"{FOLDER}/done{n}") if line.endswith("\n"))
            return subprocess.Popen([WRITER, "write", ledger, FOLDER, f"w{n}", str(done)], stdout=open(f"{FOLDER}/done{n}", "a"))

        for n in range(2):
            open(f"{FOLDER}/done{n}", "w").close()
        writers = [start(n) for n in range(2)]
        while killed < KILLS:
            time.sleep(random.uniform(0.02, 0.25))
            n = random.randrange(2)
            ended = writers[n].poll()
            assert ended is None, f"writer {n} ended with {ended}"
            writers[n].send_signal(signal.SIGKILL)
            writers[n].wait()
            killed += 1
            writers[n] = start(n)
        for writer in writers:
            writer.send_signal(signal.SIGKILL)
            writer.wait()
        said = subprocess.run([WRITER, "check", ledger, FOLDER], check=True, capture_output=True, text=True).stdout
        attempts = {}
        for line in said.splitlines():
            if line.startswith("attempt "):
                _, key, imprint, tries, outcome = line.split()
                assert imprint not in attempts, f"{key} has two lines"
                attempts[imprint] = (key, int(tries), outcome)
        signed = {}
        for imprint in open(f"{FOLDER}/signed").read().split():
            signed[imprint] = signed.get(imprint, 0) + 1
        for imprint, many in signed.items():
            assert imprint in attempts, f"signed without an attempt: {imprint}"
            assert many <= attempts[imprint][1], f"{attempts[imprint]} was signed {many} times"
        outcomes = [outcome for _, _, outcome in attempts.values()]
        assert set(outcomes) <= {"sealed", "unknown"}, set(outcomes)
        balance = int(re.search(r"^balance (\d+)$", said, re.M)[1])
        assert balance == times - len(attempts), (balance, times, len(attempts))
        sealed = {key for key, _, outcome in attempts.values() if outcome == "sealed"}
        done = {line.split()[1] for n in range(2) for line in open(f"{FOLDER}/done{n}") if re.fullmatch(r"done w\d-\d+\n", line)}
        assert done <= sealed, f"acknowledged and not in the log: {done - sealed}"
        assert all(imprint in signed for imprint, (_, _, outcome) in attempts.items() if outcome == "sealed")
        assert re.search(r"^ledger CONSISTENT ONLY", said, re.M), said
        again = sum(many - 1 for many in signed.values())
        # One kill in five or so comes between an attempt and its outcome; of a hundred, certainly one.
        assert KILLS < 100 or again + outcomes.count("unknown") > 0, "no kill came between an attempt and its outcome"
        return f"{killed} kills: {len(attempts)} attempts, {outcomes.count('unknown')} unknown in the end, {sum(signed.values())} signatures, {again} of them again out of unknown; {len(done)} acknowledged, none lost; times left: {balance} of {times}"
    finally:
        for process in [signer, *writers]:
            process.kill()


def digests():
    """The three digests of the usage log, computed by Python from the files of eseal_office."""
    subprocess.run([OFFICE], cwd=FOLDER, check=True, stdout=subprocess.DEVNULL)
    folder = f"{FOLDER}/target/eseal"
    sha = lambda data: "SHA-256:" + hashlib.sha256(data).hexdigest()
    events = sum(1 for _ in open(f"{folder}/usage.jsonl")) - 1
    csv = open(f"{folder}/usage.csv").read()
    for name in ("contract", "invoice"):
        given, sealed = (open(f"{folder}/{name}{end}.pdf", "rb").read() for end in ("", "-sealed"))
        a, b, c, d = map(int, re.search(rb"/ByteRange\s*\[\s*(\d+)\s+(\d+)\s+(\d+)\s+(\d+)\s*\]", sealed).groups())
        row = next(line for line in csv.splitlines() if f",{name}.pdf," in line and ",sealed," in line)
        for what, digest in (("file", sha(given)), ("ByteRange", sha(sealed[a:a + b] + sealed[c:c + d])), ("finished file", sha(sealed))):
            assert digest in row, f"{name}: the digest of the {what}, {digest}, is not in {row}"
    return f"2 PDFs: the digests of file, ByteRange and finished file are those of the log; {events} events exported"


for show in (kills,) if ADDRESS else (digests, kills):
    start = time.monotonic()
    result = show()
    print(f"{show.__doc__.splitlines()[0]}\n  {result} ({time.monotonic() - start:.0f} s)", flush=True)
