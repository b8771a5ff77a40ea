#!/usr/bin/python3
"""How the window starts and rests, beside other chat programs of the desktop in the same run.

    cargo build --release
    benches/desktop.py [--program target/release/super-chatter] [--rounds 5] [--idle 60]

Each round starts every program once, in turn, in a home of its own on a screen of its own (Xvfb with
openbox, OpenGL in software), and takes:

    window   from the start to a mapped window, ms (the window manager lists it)
    frame    from the start to the first picture that is the one the window rests at, ms
    CPU      processor time until then, ms
    RSS      resident memory after the pause, MiB
    own      the anonymous part of it, MiB: what the program allocated itself
    idle     processor time while nothing happens, percent of one processor, in the last round
    wakes    how often its threads woke up meanwhile, a second

The medians are printed. Nothing here decides: times depend on the machine and its load.
"""

import argparse
import collections
import os
import pathlib
import shutil
import signal
import statistics
import subprocess
import sys
import tempfile
import time
import zlib

NEEDED = {
    "Xvfb": "xvfb",
    "openbox": "openbox",
    "setpriv": "util-linux",
    "hexchat": "hexchat",
    "pidgin": "pidgin",
}
# What a window shows is taken so often, in seconds.
STEP = 0.004
# After this long a window rests, in seconds.
SETTLED = 4.0
# A program that shows no window within this time is given up, in seconds.
PATIENCE = 30.0
# Nobody: some programs refuse to run as root, or ask first.
UNPRIVILEGED = 65534


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n", 1)[0])
    parser.add_argument("--program", default="target/release/super-chatter")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--idle", type=float, default=60.0, help="seconds")
    options = parser.parse_args()
    missing = [package for name, package in NEEDED.items() if not shutil.which(name)]
    try:
        import Xlib.display
    except ImportError:
        missing.append("python3-xlib")
    if missing:
        sys.exit("apt-get install -y --no-install-recommends " + " ".join(missing))
    with tempfile.TemporaryDirectory() as folder:
        os.chmod(folder, 0o755)
        program = pathlib.Path(folder, "super-chatter")
        shutil.copy(options.program, program)
        commands = {
            "super-chatter": [str(program), "--bind", "127.0.0.1"],
            "hexchat": ["hexchat"],
            "pidgin": ["pidgin"],
        }
        with Screen() as screen:
            results = collections.defaultdict(list)
            for round_ in range(options.rounds):
                idle = options.idle if round_ == options.rounds - 1 else 0.0
                for name, command in commands.items():
                    results[name].append(screen.measure(folder, command, idle))
    print_table(results)


def print_table(results):
    load = " ".join(f"{value:.1f}" for value in os.getloadavg())
    print(f"load {load}; medians of {len(next(iter(results.values())))} rounds\n")
    print(f"{'':14} {'window':>7} {'frame':>7} {'CPU':>6} {'RSS':>6} {'own':>6} {'idle':>8} {'wakes':>6}")
    for name, rounds in results.items():
        median = lambda key: statistics.median(each[key] for each in rounds)
        last = rounds[-1]
        print(
            f"{name:14} {median('window'):7.0f} {median('frame'):7.0f} {median('cpu'):6.0f}"
            f" {median('rss'):6.1f} {median('own'):6.1f} {last['idle']:7.3f}% {last['wakes']:6.1f}"
        )


class Screen:
    """An X server with a window manager, and nothing on it."""

    def __enter__(self):
        from Xlib.display import Display

        reads, writes = os.pipe()
        arguments = ["-displayfd", str(writes), "-screen", "0", "1600x1000x24", "-nolisten", "tcp"]
        self.server = subprocess.Popen(["Xvfb", *arguments], pass_fds=[writes], stderr=subprocess.DEVNULL)
        os.close(writes)
        with os.fdopen(reads) as told:
            self.name = ":" + told.readline().strip()
        self.environment = dict(os.environ, DISPLAY=self.name, LIBGL_ALWAYS_SOFTWARE="1")
        for name in ["DBUS_SESSION_BUS_ADDRESS", "WAYLAND_DISPLAY", "XDG_RUNTIME_DIR"]:
            self.environment.pop(name, None)
        self.manager = subprocess.Popen(["openbox"], env=self.environment, stderr=subprocess.DEVNULL)
        self.display = Display(self.name)
        self.root = self.display.screen().root
        self.listed = self.display.intern_atom("_NET_CLIENT_LIST")
        while self.root.get_full_property(self.listed, 0) is None:
            time.sleep(STEP)
        return self

    def __exit__(self, *_):
        self.display.close()
        for process in [self.manager, self.server]:
            process.terminate()
            process.wait()

    def windows(self):
        return list(self.root.get_full_property(self.listed, 0).value)

    def measure(self, folder, command, idle):
        """One start of `command`, and its rest for `idle` seconds."""
        while self.windows():
            time.sleep(STEP)
        with tempfile.TemporaryDirectory(dir=folder) as home:
            os.chown(home, UNPRIVILEGED, UNPRIVILEGED)
            environment = dict(self.environment, HOME=home)
            for name in ["XDG_DATA_HOME", "XDG_CONFIG_HOME", "XDG_CACHE_HOME", "XDG_STATE_HOME"]:
                environment.pop(name, None)
            as_nobody = ["setpriv", f"--reuid={UNPRIVILEGED}", f"--regid={UNPRIVILEGED}", "--clear-groups"]
            if os.geteuid() != 0:
                as_nobody = []
            start = time.monotonic()
            process = subprocess.Popen(
                [*as_nobody, *command],
                env=environment,
                cwd=home,
                start_new_session=True,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
            )
            try:
                return self.watch(process, start, idle)
            finally:
                os.killpg(process.pid, signal.SIGKILL)
                process.wait()

    def watch(self, process, start, idle):
        while not self.windows():
            if time.monotonic() - start > PATIENCE or process.poll() is not None:
                sys.exit(f"{process.args}: no window")
            time.sleep(STEP)
        window = time.monotonic() - start
        pictures = []
        while time.monotonic() - start < window + SETTLED:
            # The time before the picture was taken: it was there at the latest then.
            used = cpu_seconds(process.pid)
            pictures.append((time.monotonic() - start, used, self.picture()))
            time.sleep(STEP)
        late = [picture for at, _, picture in pictures if at > window + SETTLED - 1.0]
        at_rest = collections.Counter(late).most_common(1)[0][0]
        frame, used, _ = next(entry for entry in pictures if entry[2] == at_rest)
        before = (time.monotonic(), cpu_seconds(process.pid), wakes(process.pid))
        time.sleep(idle)
        seconds = max(time.monotonic() - before[0], 1e-9)
        memory = smaps(process.pid)
        return {
            "window": window * 1000,
            "frame": frame * 1000,
            "cpu": used * 1000,
            "rss": memory["Rss"] / 1024,
            "own": memory["Anonymous"] / 1024,
            "idle": (cpu_seconds(process.pid) - before[1]) / seconds * 100,
            "wakes": (wakes(process.pid) - before[2]) / seconds,
        }

    def picture(self):
        """All that is on the screen, as a checksum."""
        from Xlib import X

        size = self.root.get_geometry()
        image = self.root.get_image(0, 0, size.width, size.height, X.ZPixmap, 0xFFFFFFFF)
        return zlib.crc32(image.data)


def tasks(pid):
    return pathlib.Path(f"/proc/{pid}/task").iterdir()


def cpu_seconds(pid):
    return sum(int((task / "schedstat").read_text().split()[0]) for task in tasks(pid)) / 1e9


def wakes(pid):
    lines = (line for task in tasks(pid) for line in (task / "status").read_text().splitlines())
    return sum(int(line.split()[1]) for line in lines if line.startswith("voluntary_ctxt_switches"))


def smaps(pid):
    """Kibibytes by kind."""
    lines = pathlib.Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()[1:]
    return {line.split(":")[0]: int(line.split()[1]) for line in lines}


if __name__ == "__main__":
    main()
