# Runs the checks and prints what came of each.

import argparse
import logging
import pathlib
import signal
import sys
import time
import traceback
import warnings

import callbacks  # noqa: F401
import key_pairs  # noqa: F401
import shared_secrets  # noqa: F401
import tokens  # noqa: F401
from hook import CHECKS, Hook
from stage import Stage

REPOSITORY = pathlib.Path(__file__).resolve().parents[2]
PROGRAMS = ["millrace", "millrace-ingest", "millrace-worker"]


def main():
    parser = argparse.ArgumentParser(prog="run", description="Checks Millrace with the providers' own libraries.")
    parser.add_argument("--bin", type=pathlib.Path, help="where the programs are; else .build/debug or .build/release")
    parser.add_argument("--only", default="", help="only checks with this word in their provider or library")
    options = parser.parse_args()
    # Libraries tell in logs why they refuse, which here is what they shall do.
    logging.disable(logging.CRITICAL)
    warnings.simplefilter("ignore")
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))

    chosen = [check for check in CHECKS if options.only in f"{check.provider} {check.library}"]
    began = time.monotonic()
    stage = Stage(programs(options.bin))
    hooks = [Hook(check, stage) for check in chosen]
    try:
        secrets = {name: value for hook in hooks for name, value in hook.secrets().items()}
        stage.start([hook.workflow() for hook in hooks], secrets)
        failures = [problem for hook in hooks if (problem := run(hook))]
    finally:
        stage.stop()
    print(f"\n{len(chosen) - len(failures)} of {len(chosen)} passed in {time.monotonic() - began:.0f} s")
    return 1 if failures or not chosen else 0


def run(hook):
    check = hook.check
    try:
        check.run(hook)
        problem = None
    except Exception as error:
        place = traceback.extract_tb(error.__traceback__)[-1]
        problem = str(error) or f"{type(error).__name__} in line {place.lineno} of {pathlib.Path(place.filename).name}"
    library = f"{check.library} {check.version}"
    row = f"{check.provider:18} {library:36} {check.way:48} {'FAIL' if problem else 'ok'}"
    print(row, flush=True)
    if problem:
        print(f"    {problem}", flush=True)
    return problem


def programs(given):
    """The newer of the two builds, unless one is named."""
    folders = [given] if given else [REPOSITORY / ".build" / kind for kind in ("debug", "release")]
    found = [folder.resolve() for folder in folders if all((folder / name).is_file() for name in PROGRAMS)]
    if not found:
        raise SystemExit(f"no {', '.join(PROGRAMS)} in {' or '.join(str(folder) for folder in folders)}: swift build")
    return max(found, key=lambda folder: (folder / "millrace").stat().st_mtime)


if __name__ == "__main__":
    sys.exit(main())
