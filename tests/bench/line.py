#!/usr/bin/env python3
"""What a page costs, beside what it costs elsewhere, in one run.   line.py BIN_DIR [--pages N] [--born N] [--memory N] [DIR]

Prints the tables of docs/BENCHMARKS.md. CPU is what the kernel charged to a process and all it waited for; figures of
the line are without those of an idle line started and stopped in the same run. DIR holds scanned TIFF files to use
instead of generated ones. Rivals that are not installed are said to be missing.
"""
import argparse
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
    began, before = time.monotonic(), resource.getrusage(resource.RUSAGE_CHILDREN)
    done = subprocess.run(words, env=env, stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    if done.returncode not in (0, 6):
        sys.exit(f"{words[0]} failed: {done.stderr[-400:]}")
    cpu = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return time.monotonic() - began, cpu, done.stdout


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

    def line(self, files, workers, keep_log=False):
        """A whole line from start to stop: wall of the batch, CPU of everything, its log, peak kB of a worker."""
        data = tempfile.mkdtemp(dir=self.folder)
        env = dict(os.environ, BILAG_DATA=data, BILAG_WORKERS=str(workers), BILAG_LOG_LEVEL="info")
        log = os.path.join(data, "log")
        before = resource.getrusage(resource.RUSAGE_CHILDREN)
        with open(log, "wb") as out:
            up = subprocess.Popen([self.program("bilag"), "up"], env=env, stderr=out, stdin=subprocess.DEVNULL)
        for _ in range(200):
            if subprocess.run([self.program("bilag"), "queue", "ls"], env=env, capture_output=True).returncode == 0:
                break
            time.sleep(0.05)
        began = time.monotonic()
        if files:
            subprocess.run([self.program("bilag"), "submit", "--wait", *files], env=env, check=True,
                           stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        wall, peak = time.monotonic() - began, worker_peak_kb(up.pid)
        up.send_signal(signal.SIGTERM)
        up.wait()
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
        with open(log, encoding="utf-8", errors="replace") as f:
            text = f.read()
        shutil.rmtree(data)
        return wall, after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime, text, peak


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
    """CPU of `ocrmypdf --jobs 2` on the same pages as PDFs of pictures, one thread a page: its best case."""
    env = dict(os.environ, OMP_THREAD_LIMIT="1")
    if not shutil.which("ocrmypdf") or not shutil.which("img2pdf"):
        return None
    total_cpu = total_wall = 0.0
    for number, path in enumerate(files):
        pdf = os.path.join(bench.folder, f"rival-{number}.pdf")
        run(["img2pdf", path, "-o", pdf])
        wall, cpu, _ = run(["ocrmypdf", "--jobs", "2", "-l", languages, "-O0", "--output-type", "pdf", pdf, pdf + ".out"], env)
        total_cpu, total_wall = total_cpu + cpu, total_wall + wall
    return total_cpu, total_wall


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


def scanned(bench):
    files = scans(bench)
    model = os.path.join(bench.model, "Latin.traineddata")
    _, english = bare(bench, files, "/usr/share/tesseract-ocr/5/tessdata", "eng", 3)
    _, idle, _, _ = bench.line([], 2)
    # the yardstick before and after: the speed of a shared machine drifts by a tenth within minutes
    pages, before = bare(bench, files, os.path.dirname(model), "Latin", 4)
    wall_2, cpu, log, worker_kb = bench.line(files, 2)
    latin = (before + bare(bench, files, os.path.dirname(model), "Latin", 4)[1]) / 2
    wall_1, _, _, _ = bench.line(files, 1)
    rival, english_rival = ocrmypdf(bench, files, LANGUAGES), ocrmypdf(bench, files, "eng")
    cost = (cpu - idle) / pages
    table(f"Scanned pages through the whole line ({pages} A4 pages, posted and filed, 2 workers)", "what", "CPU-s a page",
          "wall-s a page", "bilag / it")
    row("**bilag, whole line, six languages**", f"{cost:.2f}", f"{wall_2 / pages:.2f}", "1")
    if rival:
        row(f"OCRmyPDF, six languages", f"{rival[0] / pages:.2f}", f"{rival[1] / pages:.2f}",
            f"{cost / (rival[0] / pages):.2f} (target 0.5: {judge(cost / (rival[0] / pages), 0.5)})")
        row("OCRmyPDF, English only", f"{english_rival[0] / pages:.2f}", f"{english_rival[1] / pages:.2f}",
            f"{cost / (english_rival[0] / pages):.2f}")
    else:
        row("OCRmyPDF", "not installed: scripts/install bench", "", "")
    row("bare libtesseract, lean Latin, PSM 4", f"{latin / pages:.2f}", "", f"{cost / (latin / pages):.2f} "
        f"(target 1.12: {judge(cost / (latin / pages), 1.12)})")
    row("bare libtesseract, English, PSM 3", f"{english / pages:.2f}", "", f"{cost / (english / pages):.2f}")
    print(f"\n2 workers are {wall_1 / wall_2:.2f} x as fast as 1 (target 1.9: {judge(1.9, wall_1 / wall_2)})")
    stage_shares(log, pages, sum_log(log, "recognise_us"))
    reader_kb = max([int(k) for k in re.findall(r"stage=read .*reader_kb=(\d+)", log)] or [0])
    table("Memory", "what", "MB", "target")
    row("reader child on a scanned page, peak", f"{reader_kb / 1024:.0f}", f"120: {judge(reader_kb / 1024, 120)}")
    row("worker after these pages, peak", f"{worker_kb / 1024:.0f}", f"30: {judge(worker_kb / 1024, 30)}")


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
    bench = Bench(parser.parse_args())
    try:
        scanned(bench)
        born_digital(bench)
        if bench.arguments.memory:
            memory(bench)
    finally:
        shutil.rmtree(bench.folder)


if __name__ == "__main__":
    main()
