"""Two processes work the same envelopes over one SQLite ledger and are killed at random. Run by `.ci/judges workflow`.

The worker is the example `envelope_worker` of chancery-workflow. What it says it has done is recorded here, in a third process; what
it leaves is told by a process that only reads, and looked at with Python's own sqlite3. Every envelope must end as it should, once:
nothing stuck, nothing sealed twice, nothing that was acknowledged lost. Whatever is otherwise fails the run.
"""

import collections
import random
import signal
import sqlite3
import subprocess
import sys
import threading
import time
from pathlib import Path

WORKER, VERIFY, FOLDER, KILLS = sys.argv[1], sys.argv[2], Path(sys.argv[3]), int(sys.argv[4])
COUNT = 100
# What an acknowledged command must have left, among the events that it said are its.
LEFT = {
    "create": "envelope.draft-created",
    "send": "envelope.sent",
    "void": "envelope.voided",
    "open": "envelope.opened",
    "consent": "envelope.consent-given",
    "decline": "envelope.party-declined",
    "approve": "envelope.party-done",
    "acknowledge": "envelope.party-done",
    "begin": "envelope.signing-began",
    "sign": "envelope.signature-applied",
    "finalize": "envelope.finalize-started",
    "failed": "envelope.finalize-failed",
    "finish": "envelope.completed",
}


def ensure(holds, otherwise):
    if not holds:
        sys.exit(f"judges_workflow: {otherwise}")


class Worker:
    """A process that works, and what it has said so far, whole lines only."""

    all = []

    def __init__(self, file, seals, name):
        command = [WORKER, "work", str(file), str(seals), str(COUNT), name]
        self.process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        self.said, self.ended = [], False
        self.reader = threading.Thread(target=self.read, daemon=True)
        self.reader.start()
        Worker.all.append(self)

    def read(self):
        for line in self.process.stdout:
            words = line.decode().split()
            if not line.endswith(b"\n"):
                continue
            self.ended |= words[0] == "end"
            if words[0] in ("done", "again", "refused", "refused-again"):
                self.said.append((words[0], words[1], words[2], int(words[3]), int(words[4])))

    def end(self):
        error = self.process.stderr.read().decode()
        self.process.wait()
        self.reader.join()
        return error

    def kill(self):
        self.process.send_signal(signal.SIGKILL)
        self.end()


def expected(number):
    if number % 7 == 3:
        return "Voided"
    return "Declined" if number % 11 == 5 else "Completed"


def one_round(number, kills):
    """100 envelopes from nothing to their ends, with at most so many kills; gives how many there were, and what was said."""
    folder = FOLDER / f"round{number}"
    seals = folder / "seals"
    seals.mkdir(parents=True)
    file = folder / "ledger.sqlite"
    workers, dead, killed = [], [], 0
    while killed < kills:
        while len(workers) < 2:
            workers.append(Worker(file, seals, f"worker{number}.{len(dead)}.{len(workers)}"))
        time.sleep(0.03 + random.random() * 0.25)
        if any(worker.ended for worker in workers):
            break
        for worker in workers:
            ensure(worker.process.poll() is None or worker.ended, f"a worker ended by itself: {worker.process.returncode}")
        victim = workers.pop(random.randrange(2))
        victim.kill()
        dead.append(victim)
        killed += 1
    # Two are left in peace: what the dead held comes free, and everything ends.
    while len(workers) < 2:
        workers.append(Worker(file, seals, f"worker{number}.last.{len(workers)}"))
    deadline = time.monotonic() + 300
    while any(worker.process.poll() is None for worker in workers):
        if time.monotonic() > deadline:
            for worker in workers:
                worker.kill()
            ensure(False, f"stuck: {[line for line in tell(file)[1] if line[2] not in ('Completed', 'Voided', 'Declined')][:5]}")
        time.sleep(0.05)
    for worker in workers:
        error = worker.end()
        ensure(worker.process.returncode == 0 and worker.ended, f"a worker failed: {error}")
    said = [line for worker in dead + workers for line in worker.said]
    look(file, seals, said)
    return killed, len(said)


def tell(file):
    done = subprocess.run([WORKER, "tell", str(file)], capture_output=True, text=True)
    ensure(done.returncode == 0, f"envelope_worker tell: {done.stderr}")
    lines = [line.split() for line in done.stdout.splitlines()]
    return [line[1:] for line in lines if line[0] == "event"], [line for line in lines if line[0] == "envelope"]


def look(file, seals, said):
    events, envelopes = tell(file)
    ensure(len(envelopes) == COUNT, f"{len(envelopes)} envelopes, and {COUNT} were wanted")
    by_place = {int(place): (id, kind) for place, id, kind in events}
    kinds = collections.defaultdict(collections.Counter)
    for _, id, kind in events:
        kinds[id][kind] += 1
    numbers = {f"{number:016x}" + "0e" * 8: number for number in range(COUNT)}
    for _, id, status, head, signed, sessions in envelopes:
        number = numbers[id]
        ensure(status == expected(number), f"envelope {number} is {status}, and not {expected(number)}")
        ensure(int(head) == int(signed) == kinds[id]["envelope.signature-applied"], f"envelope {number}: {head} revisions, {signed} signatures")
        ends = [kinds[id][f"envelope.{end}"] for end in ("completed", "declined", "voided", "expired", "failed")]
        ensure(sum(ends) == 1, f"envelope {number} ended {sum(ends)} times")
        found = [path for path in seals.iterdir() if path.name.startswith(id)]
        if status == "Completed":
            ensure(int(signed) == 2 and int(sessions) == 0, f"envelope {number} is completed with {signed} signatures, {sessions} sessions")
            ensure(kinds[id]["envelope.all-satisfied"] == 1, f"envelope {number} was satisfied more than once")
            ensure(len(found) == 1, f"envelope {number} was sealed under {len(found)} keys")
        else:
            ensure(not found, f"envelope {number} is {status}, and was sealed")
    # What was acknowledged is there, under the places that were said, and no two say they did the same.
    owners = {}
    for word, id, what, first, last in said:
        own = [by_place.get(place, (None, None)) for place in range(first, last + 1)]
        if word in ("done", "again"):
            left = LEFT.get(what.split("-")[0])
            ensure(left is None or (id, left) in own, f"acknowledged and not there: {word} {what} of {id} at {first} to {last}: {own}")
        if word in ("done", "refused"):
            ensure(first not in owners, f"{what} of {id} at {first} was acknowledged twice: {owners.get(first)}")
            owners[first] = (id, what)
    # One delivery for each turn, one of the completion to each webhook, none twice.
    db = sqlite3.connect(f"file:{file}?mode=ro", uri=True)
    bodies = collections.Counter(
        (stream, bytes(body)) for stream, body in db.execute("SELECT stream, body FROM outbox WHERE kind = 'notice.completed'")
    )
    ensure(set(bodies.values()) <= {1}, "somebody is told twice of one completion")
    completed = sum(expected(number) == "Completed" for number in range(COUNT))
    senders = sum(b'"sender"' in body for _, body in bodies)
    ensure(senders == completed, f"the sender is told of {senders} completions, and there were {completed}")
    db.close()
    done = subprocess.run([VERIFY, str(file)], capture_output=True, text=True)
    ensure("CONSISTENT ONLY" in done.stdout, f"ledger_verify: {done.stdout}{done.stderr}")


def main():
    subprocess.run(["rm", "-rf", str(FOLDER)], check=True)
    killed, said, rounds = 0, 0, 0
    started = time.monotonic()
    while killed < KILLS:
        more, lines = one_round(rounds, KILLS - killed)
        killed, said, rounds = killed + more, said + lines, rounds + 1
        ensure(rounds < 20 + KILLS, "the workers end before anybody can kill them")
    ensure(said >= rounds * COUNT * 10, "too little was acknowledged to prove anything")
    print(
        f"{rounds} times {COUNT} envelopes, two processes at once, {killed} killed: all ended as they should, "
        f"{said} acknowledgements, none lost, nothing sealed twice ({time.monotonic() - started:.0f} s)"
    )


try:
    main()
finally:
    for worker in Worker.all:
        if worker.process.poll() is None:
            worker.process.kill()
