#!/usr/bin/env python3
"""What a page costs, beside what it costs elsewhere, in one run.
line.py BIN_DIR [--pages N] [--born N] [--memory N] [--batch N] [--rival-pages N] [--rounds N] [--only PART]… [DIR]

Prints the tables of docs/BENCHMARKS.md. CPU is what the kernel charged to a process and all it waited for; figures of
the line are without those of an idle line started and stopped in the same run. DIR holds scanned TIFF files to use
instead of generated ones. Rivals that are not installed are said to be missing.
"""
import argparse
import datetime
import itertools
import json
import math
import os
import re
import resource
import shutil
import signal
import subprocess
import sys
import tempfile
import time

LANGUAGES = "eng+nor+swe+dan+hun+deu"


def run(words, env=None):
    """Wall seconds, CPU seconds and standard output of one command and everything below it."""
    began, before = time.monotonic(), cpu_of_children()
    done = subprocess.run(words, env=env, stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False)
    if done.returncode not in (0, 6):
        sys.exit(f"{words[0]} failed: {done.stderr[-400:]}")
    return time.monotonic() - began, cpu_of_children() - before, done.stdout


class Bench:
    def __init__(self, arguments):
        self.binaries, self.folder = arguments.binaries, tempfile.mkdtemp(prefix="bilag-bench-")
        self.arguments = arguments
        self.model = os.path.join(arguments.binaries, "../share")

    def program(self, name):
        return os.path.join(self.binaries, name)

    def generate(self, name, count, form, types="invoice", degrade="office"):
        out = os.path.join(self.folder, name)
        run([self.program("bilag-generate"), "--out", out, "--count", str(count), "--seed", "7", "--forms", form,
             "--types", types, "--degrade", degrade])
        return sorted(os.path.join(out, f) for f in os.listdir(out) if not f.endswith(".jsonl"))

    def line(self, files, workers):
        """A whole line from start to stop: wall of the batch, CPU of everything, its log, peak kB of a worker.

        The wall runs from `bilag submit` to the end of the last job before the person, and from the moment posting may
        begin to the end of the last job: the ends are the log's. What the person's commands and our looking cost is in
        neither figure but for `bilag doc approve`, whose CPU is counted.
        """
        data = tempfile.mkdtemp(dir=self.folder)
        env = dict(os.environ, BILAG_DATA=data, BILAG_WORKERS=str(workers), BILAG_LOG_LEVEL="info")
        log = os.path.join(data, "log")
        before, self.looking = cpu_of_children(), 0
        with open(log, "wb") as out:
            up = subprocess.Popen([self.program("bilag"), "up"], env=env, stderr=out, stdin=subprocess.DEVNULL)
        for _ in range(200):
            if self.look(env, "queue", "ls").returncode == 0:
                break
            time.sleep(0.05)
        wall = 0
        if files:
            began = time.time()
            subprocess.run([self.program("bilag"), "submit", "--wait", *files], env=env, check=True,
                           stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
            wall = last_end(log) - began + self.approve(env, log)
        peak = worker_peak_kb(up.pid)
        up.send_signal(signal.SIGTERM)
        up.wait()
        with open(log, encoding="utf-8", errors="replace") as f:
            text = f.read()
        shutil.rmtree(data)
        return wall, cpu_of_children() - before - self.looking, text, peak

    def look(self, env, *words):
        """A command that only the bench needs."""
        before = cpu_of_children()
        done = subprocess.run([self.program("bilag"), *words], env=env, capture_output=True, text=True, check=False)
        self.looking += cpu_of_children() - before
        return done

    def documents(self, env, state):
        out = self.look(env, "doc", "ls", "--json", "--limit", "100000", "--state", state).stdout
        return [str(json.loads(line)["doc"]) for line in out.splitlines()]

    def approve(self, env, log):
        """What waits for a person gets one who says yes, so that every page is posted and filed that can be.

        Wall seconds of posting and filing: it begins when the person is done, whose pace is none of the line's.
        """
        waiting = self.documents(env, "waiting")
        self.look(env, "queue", "pause", "post")
        if waiting:
            subprocess.run([self.program("bilag"), "doc", "approve", "--why", "bench", *waiting], env=env,
                           capture_output=True, check=False)  # what lacks a required field stays
        left, ended = len(self.documents(env, "in_work")), len(ends(log))
        if not left:
            return 0
        self.look(env, "queue", "resume", "post")
        began = time.time()
        for i in itertools.count():
            # its own documents end in the log; to ask the line would be work for it
            if len([e for e in ends(log)[ended:] if e[1] == "file"]) >= left or (i % 50 == 49 and
                                                                                  not self.documents(env, "in_work")):
                return last_end(log) - began
            time.sleep(0.1)


def cpu_of_children():
    now = resource.getrusage(resource.RUSAGE_CHILDREN)
    return now.ru_utime + now.ru_stime


def ends(log):
    """When each job ended, in seconds since 1970, and its stage."""
    with open(log, encoding="utf-8", errors="replace") as f:
        found = re.findall(r"^(\S+) info \S+ job stage=(\w+) .* verdict=", f.read(), re.M)
    return [(seconds_of(t), stage) for t, stage in found]


def seconds_of(stamp):
    return datetime.datetime.fromisoformat(stamp.replace("Z", "+00:00")).timestamp()


def last_end(log):
    return max(e[0] for e in ends(log))


def worker_peak_kb(pid):
    peak = 0
    for child in subprocess.run(["pgrep", "-P", str(pid), "bilag-worker"], capture_output=True, text=True).stdout.split():
        with open(f"/proc/{child}/status", encoding="utf-8") as f:
            peak = max(peak, int(re.search(r"VmHWM:\s+(\d+)", f.read()).group(1)))
    return peak


def row(*cells):
    print("| " + " | ".join(str(c) for c in cells) + " |")


def table(title, *heads):
    print(f"\n### {title}\n")
    row(*heads)
    row(*["---"] * len(heads))


def judge(value, limit):
    return "met" if value <= limit else "MISSED"


def scans(bench):
    if bench.arguments.scans:
        folder = bench.arguments.scans
        return sorted(os.path.join(folder, f) for f in os.listdir(folder) if f.endswith((".tif", ".tiff")))
    return bench.generate("scans", bench.arguments.pages, "tiff")


def bare(bench, files, folder, model, mode):
    env = dict(os.environ, OMP_THREAD_LIMIT="1")
    out = run([bench.program("bare-tesseract"), folder, model, str(mode), *files], env)[2].split()
    return int(out[0]), float(out[1])


def ocrmypdf(bench, files, languages):
    """CPU and wall of `ocrmypdf --jobs 2` on the same pages as one PDF of pictures, one thread a page: its best case."""
    env = dict(os.environ, OMP_THREAD_LIMIT="1")
    if not shutil.which("ocrmypdf") or not shutil.which("img2pdf"):
        return None
    pdf = os.path.join(bench.folder, "rival.pdf")
    run(["img2pdf", *files, "-o", pdf])
    wall, cpu, _ = run(["ocrmypdf", "--jobs", "2", "-l", languages, "-O0", "--output-type", "pdf", pdf, pdf + ".out"], env)
    return cpu, wall


def sum_log(text, key):
    return sum(int(n) for n in re.findall(rf" {key}=(-?\d+)", text)) / 1e6


def stage_shares(text, pages, recognised):
    table("Where the line's CPU goes, ms a page", "stage", "worker", "reader", "of it cleaning", "bar codes",
          "recognition", "picture")
    for stage in ("open", "read", "sort", "extract", "post", "file"):
        lines = "\n".join(t for t in text.splitlines() if f" stage={stage} " in t)
        cells = [sum_log(lines, k) / pages * 1000
                 for k in ("cpu_us", "reader_us", "clean_us", "barcode_us", "recognise_us", "picture_us")]
        row(stage, *[f"{c:.1f}" if c else "" for c in cells])
    total = (sum_log(text, "cpu_us") + sum_log(text, "reader_us")) / pages
    print(f"\nreader and workers together {total * 1000:.0f} ms a page, recognition {recognised / pages * 1000:.0f} ms")


TESSDATA = "/usr/share/tesseract-ocr/5/tessdata"
KERNELS = ("vnni", "avx2")
# The study the targets come from: what libtesseract's recognition and its whole page took there, ms a page, and so many times
# as fast the study was on the same pages: recognition with each kernel, the whole page.
STUDY = {"eng": (660, 900, 15.7, 6.3, 21), "Latin": (1210, 1400, 15, 5.8, 18)}


def judged(ours, target, theirs, there):
    """A figure a page here, and on the study's machine: where libtesseract takes what it took there for the like. Machines
    and pages differ; what both do to the same page in the same minute does not."""
    scaled = ours * there / theirs
    return f"{ours:.0f} (target {target}: {judge(ours, target)})", f"{scaled:.0f} ({judge(scaled, target)})"


def recorded(bench, files, model, folder):
    """libtesseract cuts and reads the pages' lines, we read the same ones: lines and steps a page, its time, ours by kernel
    (ms a page), how many lines differ."""
    recording = os.path.join(bench.folder, model + ".rec")
    run([bench.program("bilag-oracle-record"), "--model", model, "--models", folder, "-o", recording, *files])
    out = run([bench.program("recogniser-bench"), recording, folder, *KERNELS])[2]
    lines, steps = re.search(r"([\d.]+) lines and (\d+) steps", out).groups()
    wrong = sum(int(x) for x in re.findall(r"(\d+) (?:lines' inputs|passes) differ", out))
    ours = {kernel: float(ms) for kernel, ms in re.findall(r"(\w+) +read +([\d.]+)", out)}
    return lines, steps, float(re.search(r"lines +([\d.]+) ms", out).group(1)), ours, wrong


def recognition(bench, files):
    """Our recogniser on the lines libtesseract cut and read in this very run, the least of some visits for both: what else
    runs on a shared machine comes and goes."""
    table("Recognition of libtesseract's own lines, ms a page, one thread", "model", "lines a page", "steps a page",
          "libtesseract", "kernel", "bilag", f"where libtesseract takes {STUDY['eng'][0]} (eng), {STUDY['Latin'][0]:,} (Latin)",
          "faster", "in the study", "different lines")
    models = (("eng", TESSDATA, (50, 110)), ("Latin", bench.model, (90, 220)))
    visits = [[recorded(bench, files, model, folder) for model, folder, _ in models]
              for _ in range(bench.arguments.visits)]
    for (model, _, targets), found in zip(models, zip(*visits)):
        lines, steps = found[0][:2]
        theirs, wrong = min(f[2] for f in found), sum(f[4] for f in found)
        for kernel, target, there in zip(KERNELS, targets, STUDY[model][2:]):
            if kernel in found[0][3]:
                ours = min(f[3][kernel] for f in found)
                row(model, lines, f"{int(steps):,}", f"{theirs:.0f}", kernel, *judged(ours, target, theirs, STUDY[model][0]),
                    f"{theirs / ours:.1f} x", f"{there} x", wrong)


def with_heap():
    """The reader's heap (workers/reader/reader_client.c), which asks for memory in huge pages and gives none back."""
    heap = {"hugetlb": 1, "mmap_threshold": 1 << 30, "trim_threshold": 1 << 30, "top_pad": 1 << 26}
    return dict(os.environ, GLIBC_TUNABLES=":".join(f"glibc.malloc.{k}={v}" for k, v in heap.items()))


def own(bench, files, model, kernel="-", rounds=1):
    """Pages, CPU seconds, private kB after the first round and after the last."""
    out = run([bench.program("bare-bilag"), model, kernel, str(rounds), *files], with_heap())[2].split()
    return int(out[0]), float(out[1]), int(out[2]), int(out[3])


def alone_and_beside(bench, files):
    """How much faster two programs are than one that share nothing but the machine: no line can do better."""
    words = [bench.program("bare-bilag"), os.path.join(bench.model, "Latin.traineddata"), "-", "3", *files]
    least = {1: math.inf, 2: math.inf}
    for _ in range(5):
        for count in least:
            began = time.monotonic()
            for program in [subprocess.Popen(words, env=with_heap(), stdout=subprocess.DEVNULL) for _ in range(count)]:
                program.wait()
            least[count] = min(least[count], time.monotonic() - began)
    return 2 * least[1] / least[2]


def command(files, folder, language, mode):
    """The `tesseract` command on each file: CPU of what people run by hand."""
    env = dict(os.environ, OMP_THREAD_LIMIT="1")
    return sum(run(["tesseract", "--tessdata-dir", folder, "-l", language, "--psm", str(mode), f, "-", "quiet"], env)[1]
               for f in files)


def whole_page(bench, files, model, folder, mode):
    """Pages, and ms a page: ours, libtesseract's."""
    tries = [own(bench, files, os.path.join(folder, model + ".traineddata")) for _ in range(5)]
    pages = tries[0][0]
    return pages, min(t[1] for t in tries) / pages * 1000, bare(bench, files, folder, model, mode)[1] / pages * 1000


def whole_pages(bench, files):
    table("A whole page, TIFF to words, CPU-ms a page, one thread", "model", "bilag",
          f"where libtesseract takes {STUDY['eng'][1]} (eng), {STUDY['Latin'][1]:,} (Latin)", "bare libtesseract",
          "the tesseract command", "faster than libtesseract", "in the study")
    models = (("eng", TESSDATA, 3, 55), ("Latin", bench.model, 4, 100))
    visits = [[whole_page(bench, files, *model[:3]) for model in models] for _ in range(bench.arguments.visits)]
    for (model, folder, mode, target), found in zip(models, zip(*visits)):
        pages, (ours, theirs) = found[0][0], (min(f[i] for f in found) for i in (1, 2))
        row(model, *judged(ours, target, theirs, STUDY[model][1]), f"{theirs:.0f}",
            f"{command(files, folder, model, mode) / pages * 1000:.0f}", f"{theirs / ours:.1f} x", f"{STUDY[model][4]} x")
    rounds = bench.arguments.rounds
    if rounds > 1:
        pages, _, first, last = own(bench, files, os.path.join(bench.model, "Latin.traineddata"), "-", rounds)
        print(f"\nprivate memory beside the mapped model: {first / 1024:.1f} MB after the first round of {pages // rounds} "
              f"pages, {last / 1024:.1f} MB after {pages} (target 32: {judge(last / 1024, 32)})")


def jobs_of(log):
    """Worker, beginning and end in seconds, CPU seconds with the reader's, stage: of each job, as they ended."""
    found = re.findall(r"^(\S+) info (\S+) job stage=(\w+) .* ms=(\d+) cpu_us=(\d+) reader_us=(\d+)", log, re.M)
    for at, worker, stage, ms, own, reader in found:
        end = seconds_of(at)
        yield worker, end - int(ms) / 1000, end, (int(own) + int(reader)) / 1e6, stage


def shares(log):
    """Pages, and ms a page: computing, waiting within a job (for a sync, a lock, a core), between two jobs; then the pages
    a second between the first and the last tenth of the pages that were read."""
    jobs, between = list(jobs_of(log)), 0
    for worker in {j[0] for j in jobs}:
        mine = sorted(j[1:3] for j in jobs if j[0] == worker)
        gaps = [after[0] - before[1] for before, after in zip(mine, mine[1:])]
        between += sum(gaps) - max(gaps)  # the longest is the person's
    reads = sorted(j[2] for j in jobs if j[4] == "read")
    cpu, busy, tenth = sum(j[3] for j in jobs), sum(j[2] - j[1] for j in jobs), len(reads) // 10
    steady = (len(reads) - 2 * tenth - 1) / (reads[-1 - tenth] - reads[tenth])
    return len(reads), [ms / len(reads) * 1000 for ms in (cpu, busy - cpu, between)], steady


def two_workers(bench, idle):
    """On enough pages that the last one does not decide; in turn, the fastest of each: machines drift."""
    files, best = bench.generate("many", 10 * bench.arguments.pages, "tiff"), {}
    for count in (1, 2, 2, 1) * ((bench.arguments.visits + 1) // 2):
        wall, cpu, log, _ = bench.line(files, count)
        pages, parts, steady = shares(log)
        best[count] = max(best.get(count, (0,)), (steady, wall, cpu - idle, parts))
    (steady_1, wall_1, cpu_1, parts_1), (steady_2, wall_2, cpu_2, parts_2) = best[1], best[2]
    print(f"\n2 workers are {steady_2 / steady_1:.2f} x as fast as 1 between the first and the last tenth of the pages of "
          f"{len(files)} documents (target 1.9: {judge(1.9, steady_2 / steady_1)}) and {wall_1 / wall_2:.2f} x from the first "
          f"byte to the last record, at {cpu_2 / pages:.3f} CPU-s a page. Two programs that share nothing but the machine "
          f"(`bare-bilag` twice) are {alone_and_beside(bench, files[:bench.arguments.pages]):.2f} x as fast as one")
    table("What a worker's time goes to, ms a page", "workers", "computing", "waiting within a job", "between two jobs",
          "cores busy, of the whole line")
    for count, parts, cpu, wall in ((1, parts_1, cpu_1, wall_1), (2, parts_2, cpu_2, wall_2)):
        row(count, *[f"{ms:.1f}" for ms in parts], f"{cpu / wall:.2f}")


def scanned(bench):
    files = scans(bench)
    recognition(bench, files)
    whole_pages(bench, files)
    _, idle, _, _ = bench.line([], 2)
    pages = own(bench, files, os.path.join(bench.model, "Latin.traineddata"))[0]
    wall_2, cpu, log, worker_kb = min((bench.line(files, 2) for _ in range(bench.arguments.visits)), key=lambda run: run[1])
    # the yardstick beside it: the speed of a shared machine drifts by a tenth within minutes
    latin = bare(bench, files, bench.model, "Latin", 4)[1]
    rival, english_rival = ocrmypdf(bench, files, LANGUAGES), ocrmypdf(bench, files, "eng")
    cost = (cpu - idle) / pages
    table(f"Scanned pages through the whole line ({pages} A4 pages, posted and filed, 2 workers)", "what", "CPU-s a page",
          "wall-s a page", "it / bilag")
    there = cost * STUDY["Latin"][1] / 1000 / (latin / pages)
    row("**bilag, whole line, six languages**", f"{cost:.3f} (target 0.18: {judge(cost, 0.18)}; where libtesseract takes "
        f"{STUDY['Latin'][1] / 1000} {there:.3f})", f"{wall_2 / pages:.3f}", "1")
    if rival:
        row("OCRmyPDF, six languages", f"{rival[0] / pages:.2f}", f"{rival[1] / pages:.2f}", f"{rival[0] / pages / cost:.0f} x")
        row("OCRmyPDF, English only", f"{english_rival[0] / pages:.2f}", f"{english_rival[1] / pages:.2f}",
            f"{english_rival[0] / pages / cost:.0f} x")
    else:
        row("OCRmyPDF", "not installed: scripts/install bench", "", "")
    row("bare libtesseract, lean Latin, PSM 4: words only", f"{latin / pages:.2f}", "", f"{latin / pages / cost:.0f} x")
    two_workers(bench, idle)
    stage_shares(log, pages, sum_log(log, "recognise_us"))
    reader_kb = max([int(k) for k in re.findall(r"stage=read .*reader_kb=(\d+)", log)] or [0])
    table("Memory", "what", "MB", "target")
    row("reader child on a scanned page, peak", f"{reader_kb / 1024:.0f}", f"120: {judge(reader_kb / 1024, 120)}")
    row("worker after these pages, peak", f"{worker_kb / 1024:.0f}", f"30: {judge(worker_kb / 1024, 30)}")


def batch(bench):
    """A day's mail: many mixed pages at once, and OCRmyPDF on the first of the same pages."""
    files = bench.generate("batch", bench.arguments.batch, "tiff", "invoice,credit_note,receipt,letter,reminder,order")
    pages, cpu, _, _ = own(bench, files, os.path.join(bench.model, "Latin.traineddata"))
    wall, _, _, worker_kb = bench.line(files, 2)
    some = files[:bench.arguments.rival_pages]
    some_pages = own(bench, some, os.path.join(bench.model, "Latin.traineddata"))[0]
    rival = ocrmypdf(bench, some, LANGUAGES)
    table(f"A batch of {pages} mixed scanned pages, 2 cores", "what", "pages a minute", "on")
    row("**bilag, the whole line**", f"{pages / wall * 60:.0f}", f"{pages} pages")
    row("bilag, line finder and recogniser alone, one core", f"{pages / cpu * 60:.0f}", f"{pages} pages")
    if rival:
        row("OCRmyPDF, --jobs 2, six languages", f"{some_pages / rival[1] * 60:.0f}", f"the first {some_pages} of them")
    print(f"\nworker peak {worker_kb / 1024:.0f} MB")


def born_digital(bench):
    count = bench.arguments.born
    files = bench.generate("born", count, "pdf")
    _, cpu, out = run([bench.program("bilag"), "read", "--jsonl", *files])
    pages = sum(len(re.findall(r"\d+", p)) for p in re.findall(r'"pages":\s?\[([\d, ]*)\]', out))
    _, idle, _, _ = bench.line([], 2)
    wall, line_cpu, log, worker_kb = bench.line(files, 2)
    cost, line_cost = cpu / pages * 1000, (line_cpu - idle) / pages * 1000
    table(f"Born-digital pages ({count} PDF invoices, {pages} pages)", "what", "CPU-ms a page", "target")
    row("`bilag read`", f"{cost:.1f}", f"10: {judge(cost, 10)}")
    row("the whole line, posted and filed", f"{line_cost:.1f}", f"25: {judge(line_cost, 25)}")
    print(f"\n{count / wall:.0f} documents a second through the whole line; worker peak {worker_kb / 1024:.0f} MB")
    stage_shares(log, pages, 0)


def memory(bench):
    """Is a worker flat over many documents?"""
    table("Worker memory over many documents", "documents", "peak MB")
    for count in (bench.arguments.memory // 10, bench.arguments.memory):
        files = bench.generate(f"memory-{count}", count, "pdf", "invoice,letter,credit_note")
        _, _, _, kb = bench.line(files, 2)
        row(count, f"{kb / 1024:.1f}")


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("binaries")
    parser.add_argument("scans", nargs="?", help="a folder of scanned TIFF files")
    parser.add_argument("--pages", type=int, default=12)
    parser.add_argument("--born", type=int, default=200)
    parser.add_argument("--memory", type=int, default=1000)
    parser.add_argument("--batch", type=int, default=0, help="documents of a mixed batch; 0 leaves it out")
    parser.add_argument("--rival-pages", type=int, default=60, help="how many files of the batch the rival reads")
    parser.add_argument("--visits", type=int, default=2, help="times a page's cost is taken, the least of each counting")
    parser.add_argument("--rounds", type=int, default=40, help="times all pages are read to see whether memory grows")
    parts = {"scanned": scanned, "born": born_digital, "memory": memory, "batch": batch}
    parser.add_argument("--only", action="append", choices=parts, help="this part, and others so named")
    bench = Bench(parser.parse_args())
    try:
        for name in bench.arguments.only or parts:
            if getattr(bench.arguments, name, 1):
                parts[name](bench)
    finally:
        shutil.rmtree(bench.folder)


if __name__ == "__main__":
    main()
