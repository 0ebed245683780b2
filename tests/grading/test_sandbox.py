"""The filter of system calls is well-formed, files are listed as promised, and no level is taken silently."""

import platform
import struct

import pytest

from coursekit.grading import sandbox, syscalls


def verdict(machine: str, number: int, arguments: tuple[int, ...] = (), pid: int = 7) -> int:
    """Runs the filter's program on one system call, as the kernel would; an interpreter written apart from it."""
    data = struct.pack("<iIQ6Q", number, syscalls.ARCHITECTURES[machine], 0, *(*arguments, 0, 0, 0, 0, 0, 0)[:6])
    code = [
        struct.unpack("<HBBI", bytes(part)) for part in zip(*[iter(syscalls.program(machine, pid))] * 8, strict=True)
    ]
    at, value = 0, 0
    while True:
        operation, if_true, if_false, constant = code[at]
        at += 1
        match operation:
            case 0x20:
                value = struct.unpack_from("<I", data, constant)[0]
            case 0x15:
                at += if_true if value == constant else if_false
            case 0x45:
                at += if_true if value & constant else if_false
            case 0x06:
                return constant


ALLOW, KILL, EPERM, ENOSYS = 0x7FFF0000, 0x80000000, 0x00050001, 0x00050026
THREAD = 0x3D0F00  # the flags of pthread_create


@pytest.mark.parametrize(
    ("name", "arguments", "expected"),
    [
        ("read", (0,), ALLOW),
        ("get_mempolicy", (), ALLOW),
        ("execve", (), KILL),
        ("ptrace", (), KILL),
        ("openat", (-100 & 2**64 - 1, 0, 0), ALLOW),
        ("openat", (3, 0, 0o2000000), ALLOW),
        ("openat", (3, 0, 0o1), EPERM),
        ("openat", (3, 0, 0o1000), EPERM),
        ("openat", (3, 0, 0o102), EPERM),
        ("kill", (7, 9), ALLOW),
        ("kill", (8, 9), EPERM),
        ("kill", (2**64 - 1, 9), EPERM),
        ("kill", (0, 9), EPERM),
        ("tgkill", (7, 9), ALLOW),
        ("tgkill", (1, 9), EPERM),
        ("prctl", (15,), ALLOW),
        ("prctl", (16,), ALLOW),
        ("prctl", (1, 0), EPERM),
        ("prlimit64", (0, 9, 0), ALLOW),
        ("prlimit64", (0, 9, 0x7FFF00000000), EPERM),
        ("prlimit64", (0, 9, 0x1000), EPERM),
        ("prlimit64", (5, 9, 0), EPERM),
        ("fcntl", (3, 1), ALLOW),
        ("fcntl", (3, 8), EPERM),
        ("fcntl", (3, 10), EPERM),
        ("ioctl", (0, 0x5401), ALLOW),
        ("ioctl", (0, 0x5412), EPERM),
        ("clone", (THREAD,), ALLOW),
        ("clone", (17,), EPERM),
        ("clone", (THREAD | 0x10000000,), EPERM),
        ("clone3", (), ENOSYS),
    ],
)
@pytest.mark.parametrize("machine", syscalls.ARCHITECTURES)
def test_the_filter_decides_each_call_as_documented(machine, name, arguments, expected):
    known = syscalls.numbers(syscalls.ALLOWED + syscalls.ATTACKS + syscalls.BY_ARGUMENT, machine)
    assert verdict(machine, known[name], arguments) == expected


def test_calls_that_no_list_names_fail_and_a_foreign_architecture_is_killed():
    socket_x86, socket_x32 = 41, 0x40000000 + 41
    assert verdict("x86_64", socket_x86) == verdict("x86_64", socket_x32) == EPERM
    foreign = struct.pack("<HBBI", 0x15, 1, 0, syscalls.ARCHITECTURES["x86_64"])
    code = syscalls.program("x86_64", 1)
    assert code[8:16] == foreign and code[16:24] == struct.pack("<HBBI", 0x06, 0, 0, KILL)


def test_no_call_is_on_two_lists():
    for machine in syscalls.ARCHITECTURES:
        lists = [syscalls.numbers(t, machine) for t in (syscalls.ALLOWED, syscalls.ATTACKS, syscalls.BY_ARGUMENT)]
        every = [number for numbers in lists for number in numbers.values()]
        assert len(set(every)) == len(every)


def test_hidden_modules_and_checks_are_not_among_the_readable_files():
    paths = sandbox.import_path()
    files = sandbox.readable(paths, ("coursekit.theory", "coursekit.nets.mlp"))
    root = sandbox.package()
    assert str(root / "losses.py") in files and str(root / "nets" / "dcgan.py") in files
    hidden = [root / "theory.py", root / "nets" / "mlp.py", root / "checks", root / "__pycache__"]
    assert not any(path == file or str(path).startswith(file + "/") for path in map(str, hidden) for file in files)
    assert str(root.parent) not in files and str(root) not in files


def test_auto_never_takes_none(monkeypatch):
    lacking = {"namespace": "needs bubblewrap", "landlock": "needs a kernel", "none": ""}
    monkeypatch.setattr(sandbox, "obstacle", lacking.get)
    with pytest.raises(sandbox.SandboxError, match="needs bubblewrap.*needs a kernel"):
        sandbox.chosen("auto")
    assert sandbox.chosen("none") == "none"
    monkeypatch.setattr(sandbox, "obstacle", {"namespace": "needs bubblewrap", "landlock": ""}.get)
    assert sandbox.chosen("auto") == "landlock"
    with pytest.raises(sandbox.SandboxError, match="needs bubblewrap"):
        sandbox.chosen("namespace")
    with pytest.raises(sandbox.SandboxError, match="unknown"):
        sandbox.chosen("docker")


def test_each_level_says_whether_it_works(monkeypatch):
    assert list(sandbox.working_levels()) == list(sandbox.LEVELS) and sandbox.working_levels()["none"] == ""
    monkeypatch.setattr(platform, "machine", lambda: "riscv64")
    assert "riscv64" in sandbox.obstacle("landlock") and "container" in sandbox.obstacle("namespace")
