"""Where figures come from: a figure without its machine, compiler and commit says nothing."""

import json
import os
import platform
import subprocess
from datetime import datetime, timezone
from pathlib import Path


def processor():
    for line in Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines():
        if line.startswith("model name"):
            return line.partition(":")[2].strip()
    return platform.machine()


def commit(source: Path):
    def git(*arguments):
        try:
            return subprocess.run(["git", "-C", source, *arguments], capture_output=True, text=True, check=False)
        except FileNotFoundError:
            return None

    head = git("rev-parse", "--short=12", "HEAD")
    if head is None or head.returncode != 0:
        return "none"
    changed = git("status", "--porcelain")
    return head.stdout.strip() + (" with changes" if changed is not None and changed.stdout.strip() else "")


def describe(source: Path, build: Path):
    info = build / "benchmarks" / "build.json"
    return {
        "when": datetime.now(timezone.utc).isoformat(timespec="seconds"),
        "machine": f"{processor()}, {len(os.sched_getaffinity(0))} cores, {platform.system()} {platform.release()}",
        "load": round(os.getloadavg()[0], 2),
        "commit": commit(source),
        "build": json.loads(info.read_text(encoding="utf-8")) if info.is_file() else {},
    }


def sentence(description):
    build = description["build"]
    tokio = f"tokio {build['tokio']} ({build['rustc']})" if build.get("tokio", "none") != "none" else "no tokio"
    text = (f"{description['machine']}; {build.get('compiler', 'unknown compiler')} {build.get('flags', '')}"
            f" ({build.get('build_type', '?')}); oneTBB {build.get('oneTBB', '?')}, Abseil {build.get('abseil', '?')},"
            f" moodycamel {build.get('moodycamel', '?')}, go {build.get('go', '?').removeprefix('go')}, {tokio};"
            f" commit {description['commit']}; load {description['load']}")
    if build.get("sanitizer"):
        text += f"\nThis is a build with the {build['sanitizer']} sanitizer: its figures mean nothing."
    if description["load"] > 0.5:
        text += "\nThe machine was busy before the first run; the spread tells how much to believe."
    return text
