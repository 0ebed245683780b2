"""What a student's process may reach: the isolation levels, their locks, and which of them work on this machine.

namespace  bubblewrap around the zygote (own users, processes, network and mounts; nothing writable but a tmpfs of
           64 kB), again namespaces for each child, and everything of the next level
landlock   Landlock (files that may be read), seccomp (system calls), resource limits, no capabilities
none       resource limits only: for one's own work
All locks are set through ctypes in the child itself, after the fork and before the student's first line; none of them
can be taken off again.
"""

import ctypes
import functools
import os
import platform
import resource
import shutil
import subprocess
import sys
from pathlib import Path

from coursekit.grading import syscalls

LEVELS = ("namespace", "landlock", "none")  # strongest first
MEMORY = 1 << 30  # bytes a child may map beyond what it starts with (torch alone maps about 600 MB)
OPEN_FILES = 256
TOTAL_CPU_SECONDS = 900  # a backstop: the grader's own limits per call are much lower

NEW_NAMESPACES = 0x10000000 | 0x20000000 | 0x08000000  # user, pid, ipc: bubblewrap's mounts and empty network will do
LANDLOCK_CREATE_RULESET, LANDLOCK_ADD_RULE, LANDLOCK_RESTRICT_SELF = 444, 445, 446  # on x86-64 and arm64 alike
READ_FILE, READ_DIR, ALL_FILE_RIGHTS = 1 << 2, 1 << 3, (13, 14, 15, 15, 16)  # rights known to versions 1 to 5
PR_SET_DUMPABLE, PR_SET_SECCOMP, SECCOMP_MODE_FILTER, PR_SET_NO_NEW_PRIVS = 4, 22, 2, 38
PR_SET_PDEATHSIG, PR_SET_CHILD_SUBREAPER, SIGKILL = 1, 36, 9

DEVICES = ("/dev/null", "/dev/zero", "/dev/urandom", "/dev/random")
SYSTEM = ("/usr/lib", "/usr/lib64", "/usr/local/lib", "/lib", "/lib64", "/usr/share/zoneinfo", "/etc/ld.so.cache")
libc = ctypes.CDLL(None, use_errno=True)


class SandboxError(RuntimeError):
    """The isolation that was asked for does not work on this machine."""


def _call(name: str, *arguments: int | bytes | ctypes.c_void_p) -> int:
    result = getattr(libc, name)(*arguments)
    if result == -1:
        raise OSError(ctypes.get_errno(), f"{name}: {os.strerror(ctypes.get_errno())}")
    return result


def _syscall(*arguments: object) -> int:
    return _call("syscall", *(ctypes.c_long(part) if isinstance(part, int) else part for part in arguments))


def prctl(option: int, value: int) -> None:
    _call("prctl", option, ctypes.c_ulong(value), *[ctypes.c_ulong(0)] * 3)


# Which files a child may read


def import_path() -> list[str]:
    """Where a child imports from: this interpreter's folders and, last, the one that holds coursekit."""
    prefixes = {sys.prefix, sys.base_prefix, sys.exec_prefix}
    folders = [str(Path(entry).resolve()) for entry in sys.path if entry and Path(entry).is_dir()]
    named = ("site-packages", "dist-packages")
    own = [f for f in folders if Path(f).name in named or any(Path(f).is_relative_to(prefix) for prefix in prefixes)]
    return [*dict.fromkeys(own), str(package().parent)]


def interpreter() -> str:
    """The Python that a zygote runs: the one behind this environment, since `import_path` replaces the environment."""
    return os.path.realpath(sys.executable)


def package() -> Path:
    """The folder of coursekit."""
    return Path(__file__).resolve().parents[1]


def readable(paths: list[str], hidden: tuple[str, ...] = ()) -> list[str]:
    """Files and folders that a child may read so that imports work; coursekit without its checks and `hidden` modules.

    `paths` is what `import_path` returns. `hidden` holds names of modules such as "coursekit.theory".
    """
    prefixes = [sys.base_prefix] if sys.base_prefix not in ("/", "/usr", "/usr/local") else []
    found = [path for path in (*SYSTEM, *DEVICES, *prefixes, *paths[:-1]) if os.path.exists(path)]
    around = [part for path in found for part in _around(Path(path))]
    return around + _without(package(), {"coursekit.checks", *hidden})


def _around(path: Path) -> list[str]:
    """The path, or where coursekit is installed below it, everything below it but coursekit."""
    if not package().is_relative_to(path):
        return [str(path)]
    return [] if path == package() else [found for part in path.iterdir() for found in _around(part)]


def _without(folder: Path, hidden: set[str]) -> list[str]:
    found = []
    for part in folder.iterdir():
        name = ".".join(part.relative_to(package().parent).with_suffix("").parts)
        if name in hidden or part.name == "__pycache__":
            continue
        if part.is_dir() and any(module.startswith(name + ".") for module in hidden):
            found += _without(part, hidden)
        else:
            found.append(str(part))
    return found


# The locks


def lock(level: str, files: list[str], listed: list[str]) -> None:
    """Locks this process, which must have one thread: it computes, reads `files`, lists `listed`, and that is all."""
    limit_resources()
    if level == "none":
        return
    prctl(PR_SET_DUMPABLE, 0)
    drop_capabilities()
    prctl(PR_SET_NO_NEW_PRIVS, 1)
    restrict_files(files, listed)
    filter_calls()


def limit_resources() -> None:
    """Caps memory at what is mapped now plus MEMORY; no core dumps; few open files; a total of processor time."""
    with open("/proc/self/statm") as statm:
        mapped = int(statm.read().split()[0]) * resource.getpagesize()
    limits = {
        resource.RLIMIT_AS: mapped + MEMORY,
        resource.RLIMIT_CORE: 0,
        resource.RLIMIT_NOFILE: OPEN_FILES,
        resource.RLIMIT_CPU: TOTAL_CPU_SECONDS,
    }
    for which, most in limits.items():
        hard = resource.getrlimit(which)[1]
        most = most if hard == resource.RLIM_INFINITY else min(most, hard)
        resource.setrlimit(which, (most, most))


def drop_capabilities() -> None:
    """Gives up every capability: root's right to read, signal and trace what belongs to others."""
    version_3 = (ctypes.c_uint32 * 2)(0x20080522, 0)
    _call("capset", version_3, (ctypes.c_uint32 * 6)())


def landlock_version() -> int:
    """Version of the kernel's Landlock interface, 0 where there is none."""
    zero = ctypes.c_size_t(0)
    return max(libc.syscall(ctypes.c_long(LANDLOCK_CREATE_RULESET), None, zero, ctypes.c_uint32(1)), 0)


def restrict_files(files: list[str], listed: list[str]) -> None:
    """Landlock: only `files`, and what lies below the folders among them, can be opened, and only to read.

    Of the folders `listed` the names in them may be read too: Python imports nothing from a folder it cannot list.
    """
    version = landlock_version()
    rights = (1 << ALL_FILE_RIGHTS[min(version, 5) - 1]) - 1
    network = 0b11 if version >= 4 else 0  # no bind, no connect
    scoped = 0b11 if version >= 6 else 0  # no abstract sockets and no signals to the outside
    ruleset = (ctypes.c_uint64 * 3)(rights, network, scoped)
    size = 8 if version < 4 else 16 if version < 6 else 24
    fd = _syscall(LANDLOCK_CREATE_RULESET, ctypes.byref(ruleset), size, 0)
    rules = [(path, READ_FILE | READ_DIR if os.path.isdir(path) else READ_FILE) for path in files]
    for path, allowed in [*rules, *((folder, READ_DIR) for folder in listed)]:
        try:
            beneath = os.open(path, os.O_PATH | os.O_CLOEXEC)
        except OSError:
            continue  # a file that is not there needs no right
        rule = allowed.to_bytes(8, "little") + beneath.to_bytes(4, "little")  # landlock_path_beneath_attr
        _syscall(LANDLOCK_ADD_RULE, fd, 1, rule, 0)
        os.close(beneath)
    _syscall(LANDLOCK_RESTRICT_SELF, fd, 0)
    os.close(fd)


def filter_calls() -> None:
    """Seccomp: the system calls of `syscalls.program`, for this process and every thread it starts."""
    code = syscalls.program(platform.machine(), os.getpid())

    class Program(ctypes.Structure):
        _fields_ = [("length", ctypes.c_ushort), ("filter", ctypes.c_char_p)]

    program = Program(len(code) // 8, code)
    _call("prctl", PR_SET_SECCOMP, ctypes.c_ulong(SECCOMP_MODE_FILTER), ctypes.byref(program))


def enter_namespaces() -> None:
    """New namespaces for the next fork: its own users and process numbers, no shared memory of others."""
    _call("unshare", NEW_NAMESPACES)


# What works here


def bubblewrap(paths: list[str]) -> list[str]:
    """The command that starts the zygote in its own namespaces, where only what it imports from exists."""
    command = [shutil.which("bwrap") or "bwrap", "--unshare-all", "--die-with-parent", "--new-session"]
    command += ["--size", "65536", "--tmpfs", "/tmp", "--dev", "/dev", "--proc", "/proc"]
    folders = [path for path in readable(paths) if not path.startswith(("/dev/", str(package())))]
    for path in sorted({*folders, str(package()), interpreter()}, key=len):
        command += ["--ro-bind", path, path]
    checks = package() / "checks"
    command += ["--tmpfs", str(checks)] if checks.is_dir() else []
    return [*command, "--remount-ro", "/dev", "--remount-ro", "/", "--chdir", "/"]


def obstacle(level: str) -> str:
    """Why a level does not work on this machine and what to do about it; "" if it works."""
    if level == "none":
        return ""
    if not sys.platform.startswith("linux") or platform.machine() not in syscalls.ARCHITECTURES:
        return f"needs Linux on x86-64 or arm64, this is {platform.system()} on {platform.machine()}: use a container"
    if not landlock_version():
        return "needs a kernel of 5.13 or newer that was started with Landlock (boot parameter lsm=landlock,...)"
    return _namespace_obstacle() if level == "namespace" else ""


@functools.cache
def _namespace_obstacle() -> str:
    if not shutil.which("bwrap"):
        return "needs bubblewrap: on Debian and Ubuntu `sudo apt install bubblewrap`"
    nested = f"import ctypes, sys; sys.exit(ctypes.CDLL(None).unshare({NEW_NAMESPACES}) != 0)"
    command = [*bubblewrap(import_path()), interpreter(), "-I", "-S", "-c", nested]
    done = subprocess.run(command, capture_output=True, stdin=subprocess.DEVNULL, text=True, errors="replace")
    if done.returncode == 0:
        return ""
    reason = (done.stderr.strip().splitlines() or ["user namespaces are refused"])[-1][:200]
    return f"{reason}: allow user namespaces (sysctl kernel.unprivileged_userns_clone=1, AppArmor) or use landlock"


def working_levels() -> dict[str, str]:
    """Each level with "" if it works here, else with what it lacks; strongest first."""
    return {level: obstacle(level) for level in LEVELS}


def chosen(isolation: str) -> str:
    """The level for "auto" (the best that works, at least landlock) or a level's name; SandboxError if it fails."""
    if isolation not in ("auto", *LEVELS):
        raise SandboxError(f"isolation {isolation!r} is unknown: choose auto or one of {', '.join(LEVELS)}")
    wanted = LEVELS[:2] if isolation == "auto" else (isolation,)
    reasons = {level: obstacle(level) for level in wanted}
    for level, reason in reasons.items():
        if not reason:
            return level
    told = "; ".join(f"{level} {reason}" for level, reason in reasons.items())
    raise SandboxError(f"no isolation: {told}. `--isolation none` is for your own work only")
