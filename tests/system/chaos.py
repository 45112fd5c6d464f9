#!/usr/bin/env python3
"""Kills everything at random while documents go through, then asks the oracle.

chaos.py BIN_DIR [--documents N] [--kills N] [--seed N] [--keep]

Real processes: bilagd, workers, readers and their children, redis-server, all killed with SIGKILL; one FLUSHALL; once
Redis' folder is deleted under it. Work is handed in in waves so that there is always some to lose. Every wait is bounded.
"""
import argparse
import hashlib
import json
import os
import random
import shutil
import signal
import subprocess
import sys
import tempfile
import time

WAVES = 10
SETTLE_SECONDS = 420


class Line:
    """bilag up on a folder of its own, started again whenever it was killed."""

    def __init__(self, binaries, data):
        self.binaries, self.data, self.process = binaries, data, None
        self.env = dict(os.environ, BILAG_DATA=data, BILAG_CONFIG=os.path.join(data, "bilag.yaml"))
        with open(self.env["BILAG_CONFIG"], "w", encoding="utf-8") as f:
            f.write("workers: 2\ncompany:\n  name: Fjordlys Handel AS\n  registration_id: \"943100365\"\n"
                    "queue:\n  orphans: 20\n  crashes: 6\n")
        self.log = open(os.path.join(data, "bilagd.log"), "ab")

    def run(self, *words, check=False):
        return subprocess.run([os.path.join(self.binaries, "bilag"), *words], env=self.env, check=check,
                              stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=300)

    def keep_up(self):
        if self.process is None or self.process.poll() is not None:
            self.process = subprocess.Popen([os.path.join(self.binaries, "bilag"), "up"], env=self.env,
                                            stdin=subprocess.DEVNULL, stderr=self.log, stdout=self.log)

    def descendants(self):
        """(pid, name) of every living process below ours."""
        parents = {}
        for pid in filter(str.isdigit, os.listdir("/proc")):
            try:
                with open(f"/proc/{pid}/stat", encoding="utf-8", errors="replace") as f:
                    text = f.read()
            except OSError:
                continue
            name = text[text.index("(") + 1:text.rindex(")")]
            state, parent = text[text.rindex(")") + 2:].split()[:2]
            if state != "Z":
                parents[int(pid)] = (int(parent), name)
        mine, grown = {self.process.pid}, True
        while grown:
            more = {pid for pid, (parent, _) in parents.items() if parent in mine} - mine
            mine, grown = mine | more, bool(more)
        return [(pid, parents[pid][1]) for pid in mine if pid in parents]

    def stop(self):
        if self.process and self.process.poll() is None:
            self.process.terminate()
            self.process.wait(timeout=120)
        self.log.close()


def redis(line, *words):
    """As the administrator of the private server, because the service may not do such things."""
    with open(os.path.join(line.data, "redis.admin"), encoding="utf-8") as f:
        password = f.read()
    subprocess.run(["redis-cli", "-s", os.path.join(line.data, "redis/redis.sock"), "--user", "admin", *words],
                   env=dict(os.environ, REDISCLI_AUTH=password), check=False, stdin=subprocess.DEVNULL,
                   capture_output=True, timeout=30)


def make_documents(binaries, folder, count, seed):
    """Mostly born digital, so that it is quick; one in five is a scan, and some come twice."""
    for form, n in (("pdf", count - count // 5), ("tiff", count // 5)):
        subprocess.run([os.path.join(binaries, "bilag-generate"), "--out", os.path.join(folder, form), "--count", str(n),
                        "--seed", str(seed), "--forms", form, "--types", "invoice,credit_note,letter"],
                       check=True, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL)
    return sorted(os.path.join(folder, form, name) for form in ("pdf", "tiff")
                  for name in os.listdir(os.path.join(folder, form)) if not name.endswith(".jsonl"))


def submit(line, files, manifest):
    """Only what was acknowledged is owed: an answer that did not come is asked for again."""
    for _ in range(50):
        done = line.run("submit", *files)
        if done.returncode == 0:
            break
        time.sleep(0.2)
    else:
        sys.exit(f"submit never succeeded: {done.stderr}")
    with open(manifest, "a", encoding="utf-8") as out:
        for path in files:
            with open(path, "rb") as f:
                out.write(f"{hashlib.sha256(f.read()).hexdigest()} {os.path.basename(path)}\n")


def kill_one(line, chance, tally):
    victims = line.descendants()
    if not victims:
        return
    kinds = sorted({name for _, name in victims})
    kind = chance.choices(kinds, [1 if name == "bilagd" else 3 for name in kinds])[0]
    pid = chance.choice([p for p, name in victims if name == kind])
    try:
        os.kill(pid, signal.SIGKILL)
        tally[kind] = tally.get(kind, 0) + 1
    except ProcessLookupError:
        pass


def in_work(line):
    done = line.run("status", "--json")
    stages = [json.loads(text) for text in done.stdout.splitlines()]
    return sum(s["pending"] for s in stages if s["stage"] != "review") if stages else -1


def settle(line):
    deadline = time.monotonic() + SETTLE_SECONDS
    while time.monotonic() < deadline:
        line.keep_up()
        if in_work(line) == 0:
            return
        time.sleep(0.5)
    print(line.run("job", "ls", "--json").stdout[-4000:])
    sys.exit(f"work was still left after {SETTLE_SECONDS} seconds: {line.run('status').stdout}")


def storm(line, waves, manifest, arguments, chance):
    tally, kills_a_wave = {}, -(-arguments.kills // len(waves))
    for number, files in enumerate(waves):
        line.keep_up()
        submit(line, files, manifest)
        if number == len(waves) // 3:
            redis(line, "FLUSHALL")
            tally["FLUSHALL"] = 1
        if number == 2 * len(waves) // 3:
            shutil.rmtree(os.path.join(line.data, "redis"), ignore_errors=True)
            tally["redis folder deleted"] = 1
        goal = sum(tally.values()) + kills_a_wave
        while sum(tally.values()) < goal:
            time.sleep(chance.uniform(0.2, 0.8))
            kill_one(line, chance, tally)
            line.keep_up()
    return tally


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("binaries")
    parser.add_argument("--documents", type=int, default=100)
    parser.add_argument("--kills", type=int, default=100)
    parser.add_argument("--seed", type=int, default=int(time.time()))
    parser.add_argument("--keep", action="store_true", help="leave the data folder for a look")
    arguments = parser.parse_args()
    print(f"chaos: seed {arguments.seed}", flush=True)
    chance = random.Random(arguments.seed)
    folder = tempfile.mkdtemp(prefix="bilag-chaos-")
    data, manifest = os.path.join(folder, "d"), os.path.join(folder, "manifest")
    os.mkdir(data)
    files = make_documents(arguments.binaries, folder, arguments.documents, arguments.seed)
    chance.shuffle(files)
    waves = [files[i::WAVES] + files[i:i + 1] for i in range(WAVES)]
    waves[-1] += chance.sample(files, 5)
    line = Line(arguments.binaries, data)
    try:
        tally = storm(line, waves, manifest, arguments, chance)
        settle(line)
    finally:
        line.stop()
    print("chaos: killed " + ", ".join(f"{name} {n}" for name, n in sorted(tally.items())), flush=True)
    status = subprocess.run([sys.executable, os.path.join(os.path.dirname(__file__), "oracle.py"), data, manifest],
                            check=False).returncode
    if status == 0:
        status = line.run("audit", "verify").returncode
    if arguments.keep or status != 0:
        print(f"chaos: everything is in {folder}")
    else:
        shutil.rmtree(folder)
    sys.exit(status)


if __name__ == "__main__":
    main()
