"""Load from wrk, which costs next to nothing of the two cores it shares with the server."""

from __future__ import annotations

import re
import shutil
import signal
import subprocess
import tempfile
import time
from dataclasses import dataclass, field
from pathlib import Path

THREADS = 2
_UNITS = {"us": 0.001, "ms": 1.0, "s": 1000.0, "m": 60000.0}


@dataclass(frozen=True)
class Run:
    """What wrk saw: answers a second, the 99th percentile in milliseconds, answers that were no 2xx or 3xx, and what
    the script counted."""

    rate: float
    p99: float
    bad: int
    counted: dict[str, int] = field(default_factory=dict)
    done: int = 0
    seconds: float = 0.0


def wrk(
    url: str, *, connections: int, seconds: int = 5, headers: dict[str, str] | None = None, script: str | None = None
) -> Run:
    """One run against loopback, two threads. A script may end it before its time."""
    program = shutil.which("wrk")
    if program is None:
        raise SystemExit("wrk is missing: apt-get install wrk")
    command = [program, f"-t{THREADS}", f"-c{connections}", f"-d{seconds}s", "--latency", "--timeout", "30s"]
    for name, value in (headers or {}).items():
        command += ["-H", f"{name}: {value}"]
    with tempfile.TemporaryDirectory() as folder:
        if script is not None:
            path = Path(folder) / "load.lua"
            path.write_text(script.replace("@folder@", folder))
            command += ["-s", str(path)]
        process = subprocess.Popen([*command, url], stdout=subprocess.PIPE, text=True)
        if script is not None:
            _end_when_done(process, Path(folder))
        said, _nothing = process.communicate()
    if process.returncode:
        raise SystemExit(f"wrk ended with status {process.returncode}")
    return _read(said)


def _end_when_done(process: subprocess.Popen[str], folder: Path) -> None:
    """wrk rests until its time is over even when its threads have no more to do: interrupting it ends the rest."""
    while process.poll() is None:
        if len(list(folder.glob("done-*"))) == THREADS:
            process.send_signal(signal.SIGINT)
            return
        time.sleep(0.02)


def _read(said: str) -> Run:
    done, seconds = 0, 0.0
    if found := re.search(r"(\d+) requests in ([\d.]+)(us|ms|s|m)", said):
        done, seconds = int(found[1]), float(found[2]) * _UNITS[found[3]] / 1000
    p99 = re.search(r"99%\s+([\d.]+)(us|ms|s|m)", said)
    bad = re.search(r"Non-2xx or 3xx responses: (\d+)", said)
    sockets = re.search(r"Socket errors: connect (\d+), read (\d+), write (\d+), timeout (\d+)", said)
    counted = {name: int(number) for name, number in re.findall(r"^counted (\S+) (\d+)$", said, re.M)}
    # A script that stops its threads early makes wrk's own mean rate meaningless: what it did in its time counts.
    if "seconds_ms" in counted:
        seconds = counted.pop("seconds_ms") / 1000
        done = sum(counted.values())
    failed = (int(bad[1]) if bad else 0) + (sum(int(n) for n in sockets.groups()) if sockets else 0)
    return Run(
        rate=done / seconds if seconds else 0.0,
        p99=float(p99[1]) * _UNITS[p99[2]] if p99 else 0.0,
        bad=failed,
        counted=counted,
        done=done,
        seconds=seconds,
    )


COUNTED = """
-- Each thread sends its share once and stops; answers are counted by what they say.
local threads = {}
function setup(thread)
  thread:set("number", #threads)
  table.insert(threads, thread)
end
function init(args)
  ffi = require("ffi")
  pcall(ffi.cdef, "typedef struct { long s; long us; } tv; int gettimeofday(tv *t, void *z);")
  clock = ffi.new("tv")
  sent, answered, counts, last = 0, 0, {}, 0
  first = stamp()
  prepare()
end
function stamp()
  ffi.C.gettimeofday(clock, nil)
  return tonumber(clock.s) * 1000 + math.floor(tonumber(clock.us) / 1000)
end
function response(status, headers, body)
  local name = judge(status, headers, body)
  counts[name] = (counts[name] or 0) + 1
  answered = answered + 1
  last = stamp()
  if answered >= share then
    io.open("@folder@/done-" .. number, "w"):close()
    wrk.thread:stop()
  end
end
function done(summary, latency, requests)
  local total, begun, ended = {}, nil, 0
  for _, thread in ipairs(threads) do
    for key, value in pairs(thread:get("counts")) do total[key] = (total[key] or 0) + value end
    local f, l = thread:get("first"), thread:get("last")
    if begun == nil or f < begun then begun = f end
    if l > ended then ended = l end
  end
  for key, value in pairs(total) do print("counted " .. key .. " " .. value) end
  print("counted seconds_ms " .. (ended - begun))
end
"""
